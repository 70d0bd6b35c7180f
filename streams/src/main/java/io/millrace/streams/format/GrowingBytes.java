package io.millrace.streams.format;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes of one key or value, collected in a buffer that is used again for the next. */
final class GrowingBytes extends OutputStream {

  private byte[] bytes = new byte[256];
  private int length;
  private ByteBuffer view = ByteBuffer.wrap(bytes);

  void reset() {
    length = 0;
  }

  @Override
  public void write(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
  }

  @Override
  public void write(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  private void reserve(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
      view = ByteBuffer.wrap(bytes);
    }
  }

  /** What was written since the last reset; the same buffer object each time while it fits. */
  ByteBuffer view() {
    return view.clear().limit(length);
  }
}
