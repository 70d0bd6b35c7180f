package io.millrace.cdn.server;

import io.millrace.cdn.cache.ByteRange;
import io.millrace.cdn.cache.Outcome;
import io.millrace.cdn.cache.Preconditions;
import io.millrace.cdn.cache.StoredResponse;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.HopByHop;
import io.millrace.cdn.http.HttpDate;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ProxyError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.http.Statuses;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the heads of answers. Stored responses come with theirs encoded; only what differs from
 * answer to answer is added: Age, Cache-Status, Connection.
 */
final class AnswerEncoder {

  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] AGE = ascii("Age: ");
  private static final byte[] TTL = ascii("; ttl=");
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");

  private static final byte[] OPTIONS =
      ascii("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\nContent-Length: 0\r\n");

  private AnswerEncoder() {}

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** How the connection goes on after an answer. */
  enum Connection {
    /** As HTTP/1.1 has it: nothing is said. */
    STAYS,
    /** Said to an HTTP/1.0 client that asked for it. */
    KEPT,
    /** It ends. */
    CLOSES
  }

  /** The body that goes with a stored response's head: a part of it, or nothing. */
  record Part(long first, long length) {}

  /**
   * Writes the head that answers a request with a stored response: 200 and its like, 304, 206 or
   * 416.
   *
   * @return which part of the stored body follows
   */
  static Part stored(
      StoredResponse response,
      RequestHead request,
      Outcome outcome,
      Connection connection,
      long nowMillis,
      ByteBuf out) {
    Fields fields = request.fields();
    long length = response.body().length();
    boolean ok = response.head().status() == 200;
    if (ok
        && Preconditions.notModified(
            fields,
            response.etag(),
            response.lastModified(),
            response.freshness().dateMillis(),
            nowMillis)) {
      notModified(response, out);
      length = 0;
    } else {
      ByteRange range = ok ? range(response, request) : null;
      if (range != null) {
        part(response, range, out);
        finish(response, outcome, connection, nowMillis, out);
        return range.equals(ByteRange.UNSATISFIABLE)
            ? new Part(0, 0)
            : new Part(range.first(), range.length());
      }
      out.writeBytes(response.encodedHead());
    }
    finish(response, outcome, connection, nowMillis, out);
    return new Part(0, request.method().equals("HEAD") ? 0 : length);
  }

  private static @Nullable ByteRange range(StoredResponse response, RequestHead request) {
    String value = request.fields().first("range");
    if (value == null
        || !request.method().equals("GET")
        || !Preconditions.rangeApplies(
            request.fields(), response.etag(), response.lastModified())) {
      return null;
    }
    return ByteRange.parse(value, response.body().length());
  }

  /**
   * RFC 9110, section 15.4.5: a 304 carries no fields that describe the body, save those by which
   * caches behind this one keep theirs up to date.
   */
  private static void notModified(StoredResponse response, ByteBuf out) {
    ByteBufUtil.writeAscii(out, "HTTP/1.1 304 Not Modified\r\n");
    Fields fields = response.head().fields();
    for (int line = 0; line < fields.count(); line++) {
      if (!fields.named(line, "content-length") && !fields.named(line, "content-encoding")) {
        fields.writeLine(line, out);
      }
    }
  }

  private static void part(StoredResponse response, ByteRange range, ByteBuf out) {
    long total = response.body().length();
    boolean outside = range.equals(ByteRange.UNSATISFIABLE);
    ByteBufUtil.writeAscii(
        out,
        outside ? "HTTP/1.1 416 Range Not Satisfiable\r\n" : "HTTP/1.1 206 Partial Content\r\n");
    Fields fields = response.head().fields();
    for (int line = 0; line < fields.count(); line++) {
      if (!fields.named(line, "content-length")) {
        fields.writeLine(line, out);
      }
    }
    ByteBufUtil.writeAscii(
        out,
        outside
            ? "Content-Range: bytes */" + total + "\r\nContent-Length: 0\r\n"
            : "Content-Range: bytes "
                + range.first()
                + "-"
                + range.last()
                + "/"
                + total
                + "\r\nContent-Length: "
                + range.length()
                + "\r\n");
  }

  private static void finish(
      StoredResponse response,
      Outcome outcome,
      Connection connection,
      long nowMillis,
      ByteBuf out) {
    long age = response.freshness().ageMillis(nowMillis) / 1000;
    // Age says that this did not come from the origin just now; other caches' age is passed on.
    if (age > 0 || !outcome.isFromOrigin()) {
      out.writeBytes(AGE);
      writeNumber(out, age);
      out.writeBytes(CRLF);
    }
    out.writeBytes(outcome.line());
    out.writeBytes(TTL);
    writeNumber(out, Math.floorDiv(response.freshness().leftMillis(nowMillis), 1000L));
    out.writeBytes(CRLF);
    end(connection, out);
  }

  /** Writes the head of a response as it comes from an origin. Returns whether it is chunked. */
  static boolean passed(
      ResponseHead head,
      RequestHead request,
      Outcome outcome,
      Connection connection,
      long nowMillis,
      ByteBuf out) {
    startLine(head.status(), head.reason(), out);
    Fields fields = head.fields();
    for (int line = 0; line < fields.count(); line++) {
      if (!HopByHop.is(fields, line)) {
        fields.writeLine(line, out);
      }
    }
    if (!fields.has("date")) {
      date(nowMillis, out);
    }
    out.writeBytes(outcome.line());
    out.writeBytes(CRLF);
    boolean chunked =
        !fields.has("content-length")
            && !head.isBodiless()
            && !request.method().equals("HEAD")
            && request.http11();
    if (chunked) {
      out.writeBytes(CHUNKED);
    }
    end(connection, out);
    return chunked;
  }

  /** Writes an answer of the edge's own, with its body. */
  static void own(
      HttpError error, boolean headOnly, Connection connection, long nowMillis, ByteBuf out) {
    byte[] body = ascii(error.sentence() + "\n");
    startLine(error.status(), Statuses.reason(error.status()), out);
    ByteBufUtil.writeAscii(
        out,
        "Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\nContent-Length: "
            + body.length
            + "\r\n");
    date(nowMillis, out);
    out.writeBytes(Outcome.EDGE.line());
    out.writeBytes(CRLF);
    ProxyError why = error.proxyError();
    if (why != null) {
      ByteBufUtil.writeAscii(out, "Proxy-Status: millrace; error=" + why.token() + "\r\n");
    }
    end(connection, out);
    if (!headOnly) {
      out.writeBytes(body);
    }
  }

  /** Writes the answer to {@code OPTIONS *}: what the edge as a whole does. */
  static void options(Connection connection, long nowMillis, ByteBuf out) {
    startLine(200, Statuses.reason(200), out);
    out.writeBytes(OPTIONS);
    date(nowMillis, out);
    out.writeBytes(Outcome.EDGE.line());
    out.writeBytes(CRLF);
    end(connection, out);
  }

  private static void startLine(int status, String reason, ByteBuf out) {
    ByteBufUtil.writeAscii(out, "HTTP/1.1 " + status + " ");
    for (int i = 0; i < reason.length(); i++) {
      out.writeByte(reason.charAt(i));
    }
    out.writeBytes(CRLF);
  }

  /** RFC 9110, section 6.6.1: who has a clock adds what the sender left out. */
  private static void date(long nowMillis, ByteBuf out) {
    ByteBufUtil.writeAscii(out, "Date: " + HttpDate.format(nowMillis) + "\r\n");
  }

  private static void end(Connection connection, ByteBuf out) {
    switch (connection) {
      case STAYS -> {}
      case KEPT -> out.writeBytes(KEEP_ALIVE);
      case CLOSES -> out.writeBytes(CLOSE);
    }
    out.writeBytes(CRLF);
  }

  /** Decimal digits without a string in between. */
  static void writeNumber(ByteBuf out, long number) {
    long left = number;
    if (left < 0) {
      out.writeByte('-');
      left = -left;
    }
    long scale = 1;
    while (left / scale >= 10) {
      scale *= 10;
    }
    for (; scale > 0; scale /= 10) {
      out.writeByte((int) ('0' + left / scale % 10));
    }
  }
}
