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
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the heads of answers. Stored responses come with theirs encoded; only what differs from
 * answer to answer is added: Age, Cache-Status.
 */
final class AnswerEncoder {

  private AnswerEncoder() {}

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
      long nowMillis,
      HeadWriter out) {
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
        finish(response, outcome, nowMillis, out);
        return range.equals(ByteRange.UNSATISFIABLE)
            ? new Part(0, 0)
            : new Part(range.first(), range.length());
      }
      out.stored(response);
    }
    finish(response, outcome, nowMillis, out);
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
  private static void notModified(StoredResponse response, HeadWriter out) {
    out.status(304, Statuses.reason(304));
    Fields fields = response.head().fields();
    for (int line = 0; line < fields.count(); line++) {
      if (!fields.named(line, "content-length") && !fields.named(line, "content-encoding")) {
        out.line(fields, line);
      }
    }
  }

  private static void part(StoredResponse response, ByteRange range, HeadWriter out) {
    long total = response.body().length();
    boolean outside = range.equals(ByteRange.UNSATISFIABLE);
    int status = outside ? 416 : 206;
    out.status(status, Statuses.reason(status));
    Fields fields = response.head().fields();
    for (int line = 0; line < fields.count(); line++) {
      if (!fields.named(line, "content-length")) {
        out.line(fields, line);
      }
    }
    out.field(
        "Content-Range",
        outside ? "bytes */" + total : "bytes " + range.first() + "-" + range.last() + "/" + total);
    out.number("Content-Length", outside ? 0 : range.length());
  }

  private static void finish(
      StoredResponse response, Outcome outcome, long nowMillis, HeadWriter out) {
    long age = response.freshness().ageMillis(nowMillis) / 1000;
    // Age says that this did not come from the origin just now; other caches' age is passed on.
    if (age > 0 || !outcome.isFromOrigin()) {
      out.number("Age", age);
    }
    out.cacheStatus(outcome, Math.floorDiv(response.freshness().leftMillis(nowMillis), 1000L));
  }

  /** Writes the head of a response as it comes from an origin. */
  static void passed(
      ResponseHead head, RequestHead request, Outcome outcome, long nowMillis, HeadWriter out) {
    out.status(head.status(), head.reason());
    Fields fields = head.fields();
    for (int line = 0; line < fields.count(); line++) {
      if (!HopByHop.is(fields, line)) {
        out.line(fields, line);
      }
    }
    if (!fields.has("date")) {
      date(nowMillis, out);
    }
    out.cacheStatus(outcome);
    if (!fields.has("content-length") && !head.isBodiless() && !request.method().equals("HEAD")) {
      out.undelimited();
    }
  }

  /** Writes the head with which an origin switches to another protocol (RFC 9110, 15.2.2). */
  static void switched(ResponseHead head, HeadWriter out) {
    out.status(101, Statuses.reason(101));
    Fields fields = head.fields();
    for (int line = 0; line < fields.count(); line++) {
      if (!HopByHop.is(fields, line)) {
        out.line(fields, line);
      }
    }
    out.field("Connection", "Upgrade");
    out.field("Upgrade", String.valueOf(fields.first("upgrade")));
  }

  /** Writes the head of an answer of the edge's own. Returns the body that goes with it. */
  static byte[] own(HttpError error, long nowMillis, HeadWriter out) {
    byte[] body = (error.sentence() + "\n").getBytes(StandardCharsets.US_ASCII);
    out.status(error.status(), Statuses.reason(error.status()));
    out.field("Content-Type", "text/plain; charset=utf-8");
    out.field("Cache-Control", "no-store");
    out.number("Content-Length", body.length);
    date(nowMillis, out);
    out.cacheStatus(Outcome.EDGE);
    ProxyError why = error.proxyError();
    if (why != null) {
      out.field("Proxy-Status", "millrace; error=" + why.token());
    }
    return body;
  }

  /** Writes the answer to {@code OPTIONS *}: what the edge as a whole does. */
  static void options(long nowMillis, HeadWriter out) {
    out.status(200, Statuses.reason(200));
    out.field("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    out.number("Content-Length", 0);
    date(nowMillis, out);
    out.cacheStatus(Outcome.EDGE);
  }

  /** Writes the answer that sends a client elsewhere, for good and with the same method. */
  static void redirect(String location, long nowMillis, HeadWriter out) {
    out.status(308, Statuses.reason(308));
    out.field("Location", location);
    out.number("Content-Length", 0);
    date(nowMillis, out);
    out.cacheStatus(Outcome.EDGE);
  }

  /** Writes the head of a stream of Server-Sent Events. */
  static void events(@Nullable String allowedOrigin, long nowMillis, HeadWriter out) {
    out.status(200, Statuses.reason(200));
    out.field("Content-Type", "text/event-stream");
    out.field("Cache-Control", "no-store");
    out.field("X-Accel-Buffering", "no");
    out.endless();
    date(nowMillis, out);
    if (allowedOrigin != null) {
      out.field("Access-Control-Allow-Origin", allowedOrigin);
    }
  }

  /** RFC 9110, section 6.6.1: who has a clock adds what the sender left out. */
  private static void date(long nowMillis, HeadWriter out) {
    out.field("Date", HttpDate.format(nowMillis));
  }
}
