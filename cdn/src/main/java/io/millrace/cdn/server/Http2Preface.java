package io.millrace.cdn.server;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Whether a connection's first bytes are the client's preface of HTTP/2 (RFC 9113, 3.4). */
enum Http2Preface {
  ABSENT,
  /** All that has come so far is a beginning of it. */
  INCOMPLETE,
  PRESENT;

  private static final byte[] BYTES =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  static Http2Preface in(ByteBuf received) {
    int length = Math.min(BYTES.length, received.readableBytes());
    for (int i = 0; i < length; i++) {
      if (received.getByte(received.readerIndex() + i) != BYTES[i]) {
        return ABSENT;
      }
    }
    return length == BYTES.length ? PRESENT : INCOMPLETE;
  }
}
