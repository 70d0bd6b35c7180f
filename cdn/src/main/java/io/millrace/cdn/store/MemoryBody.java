package io.millrace.cdn.store;

/**
 * A body in memory.
 *
 * @param bytes shared, so only to be read
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity, as all bodies are
public record MemoryBody(byte[] bytes) implements Body {

  @Override
  public long length() {
    return bytes.length;
  }

  @Override
  public int memoryBytes() {
    return bytes.length;
  }

  @Override
  public boolean retain() {
    return true;
  }

  @Override
  public void release() {}
}
