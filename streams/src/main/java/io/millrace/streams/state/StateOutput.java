package io.millrace.streams.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Writes state as bytes, in chunks of a fixed size that are handed on as they fill: state larger
 * than any buffer can be written. Confined to one thread.
 */
public final class StateOutput {

  private final int chunkBytes;
  private final Consumer<ByteBuffer> full;
  private ByteBuffer chunk;
  private long written;

  /**
   * @param chunkBytes size of a chunk, at least 16
   * @param full takes each full chunk, ready to be read, and owns it from then on
   */
  public StateOutput(int chunkBytes, Consumer<ByteBuffer> full) {
    this.chunkBytes = chunkBytes;
    this.full = full;
    chunk = ByteBuffer.allocate(chunkBytes);
  }

  private void reserve(int bytes) {
    if (chunk.remaining() < bytes) {
      handOn();
    }
  }

  private void handOn() {
    ByteBuffer done = chunk.flip();
    chunk = ByteBuffer.allocate(chunkBytes);
    full.accept(done);
  }

  /** Writes one byte. */
  public void writeByte(int value) {
    reserve(1);
    chunk.put((byte) value);
    written++;
  }

  /** Writes four bytes. */
  public void writeInt(int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      writeByte(value >> shift);
    }
  }

  /** Writes eight bytes. */
  public void writeLong(long value) {
    if (chunk.remaining() >= Long.BYTES) {
      chunk.putLong(value);
      written += Long.BYTES;
    } else {
      for (int shift = 56; shift >= 0; shift -= 8) {
        writeByte((int) (value >> shift));
      }
    }
  }

  /** Writes a length and that many bytes. */
  public void writeBytes(byte[] bytes, int offset, int length) {
    writeInt(length);
    writeRaw(bytes, offset, length);
  }

  /** Writes bytes without their length. */
  public void writeRaw(byte[] bytes, int offset, int length) {
    int from = offset;
    int left = length;
    while (left > 0) {
      reserve(1);
      int part = Math.min(left, chunk.remaining());
      chunk.put(bytes, from, part);
      from += part;
      left -= part;
    }
    written += length;
  }

  /** Writes a length and the bytes between position and limit, which stay where they are. */
  public void writeBuffer(ByteBuffer bytes) {
    writeInt(bytes.remaining());
    writeRaw(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
  }

  /** Writes a text. */
  public void writeText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    writeBytes(bytes, 0, bytes.length);
  }

  /** Bytes written so far. */
  public long written() {
    return written;
  }

  /** The last chunk, not handed on, maybe empty. The output cannot be used after it. */
  public ByteBuffer finish() {
    return chunk.flip();
  }
}
