package io.millrace.streams.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;

/** Reads what a {@link StateOutput} wrote, chunk after chunk. Confined to one thread. */
public final class StateInput {

  private final Iterator<ByteBuffer> chunks;
  private ByteBuffer chunk = ByteBuffer.allocate(0);
  private long left;

  /** Over the chunks in order; their positions are moved. */
  public StateInput(List<ByteBuffer> chunks) {
    this.chunks = chunks.iterator();
    for (ByteBuffer each : chunks) {
      left += each.remaining();
    }
  }

  /** Bytes not yet read. */
  public long left() {
    return left;
  }

  /** Reads one byte. */
  public byte readByte() {
    while (!chunk.hasRemaining()) {
      if (!chunks.hasNext()) {
        throw new IllegalStateException("the checkpoint ends too early");
      }
      chunk = chunks.next();
    }
    left--;
    return chunk.get();
  }

  /** Reads four bytes. */
  public int readInt() {
    int value = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      value = (value << 8) | (readByte() & 0xff);
    }
    return value;
  }

  /** Reads eight bytes. */
  public long readLong() {
    if (chunk.remaining() >= Long.BYTES) {
      left -= Long.BYTES;
      return chunk.getLong();
    }
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << 8) | (readByte() & 0xff);
    }
    return value;
  }

  /** Reads a count of things that take at least one byte each. */
  public int readCount() {
    int count = readInt();
    if (count < 0 || count > left) {
      throw new IllegalStateException(
          "the checkpoint claims " + count + " of something in " + left + " bytes");
    }
    return count;
  }

  /** Reads a length and that many bytes. */
  public byte[] readBytes() {
    byte[] bytes = new byte[readCount()];
    for (int at = 0; at < bytes.length; ) {
      if (chunk.hasRemaining()) {
        int part = Math.min(bytes.length - at, chunk.remaining());
        chunk.get(bytes, at, part);
        at += part;
        left -= part;
      } else {
        bytes[at++] = readByte();
      }
    }
    return bytes;
  }

  /** Reads a text. */
  public String readText() {
    return new String(readBytes(), StandardCharsets.UTF_8);
  }
}
