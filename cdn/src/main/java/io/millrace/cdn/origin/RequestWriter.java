package io.millrace.cdn.origin;

import io.millrace.cdn.http.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/** Writes the heads of requests to servers, as HTTP/1.1. */
final class RequestWriter {

  private static final byte[] CRLF = {'\r', '\n'};

  private RequestWriter() {}

  /**
   * A request's head.
   *
   * @param host what to send as Host, or null for the host of the request
   * @param upgrade the protocol to switch to, or null
   */
  static ByteBuf head(
      ByteBufAllocator allocator,
      OriginRequest request,
      @Nullable String host,
      @Nullable String upgrade) {
    ByteBuf out = allocator.buffer(512);
    ByteBufUtil.writeAscii(out, request.method());
    out.writeByte(' ');
    ByteBufUtil.writeAscii(out, request.target().pathAndQuery());
    ByteBufUtil.writeAscii(out, " HTTP/1.1\r\nHost: ");
    ByteBufUtil.writeAscii(out, host == null ? request.target().host() : host);
    out.writeBytes(CRLF);
    for (int line = 0; line < request.fields().count(); line++) {
      if (!request.fields().named(line, "host")
          && !request.fields().named(line, "content-length")) {
        request.fields().writeLine(line, out);
      }
    }
    if (upgrade != null) {
      ByteBufUtil.writeAscii(out, "Connection: Upgrade\r\nUpgrade: " + upgrade + "\r\n");
    }
    if (request.body() instanceof Framing.Length length) {
      ByteBufUtil.writeAscii(out, "Content-Length: " + length.bytes() + "\r\n");
    } else if (request.body() instanceof Framing.Chunked) {
      ByteBufUtil.writeAscii(out, "Transfer-Encoding: chunked\r\n");
    } else if (request.method().equals("POST") || request.method().equals("PUT")) {
      ByteBufUtil.writeAscii(out, "Content-Length: 0\r\n");
    }
    return out.writeBytes(CRLF);
  }
}
