package io.millrace.amqp.wire;

import io.netty.buffer.ByteBuf;

/**
 * Reads a field that mostly has the same text as the last time, which is then the same object.
 * Keeps up to 255 bytes. Confined to one thread.
 */
public final class RepeatedText {

  private byte[] bytes = {};
  private String text = "";

  /** A text of up to 255 bytes, as {@link Fields#shortText} reads it. */
  public String read(ByteBuf in) {
    int at = in.readerIndex();
    int length = Fields.bits(in);
    if (length != bytes.length || !isLast(in, at + 1)) {
      in.readerIndex(at);
      text = Fields.shortText(in);
      bytes = new byte[length];
      in.getBytes(at + 1, bytes);
      return text;
    }
    in.skipBytes(length);
    return text;
  }

  private boolean isLast(ByteBuf in, int at) {
    if (in.writerIndex() - at < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (in.getByte(at + i) != bytes[i]) {
        return false;
      }
    }
    return true;
  }
}
