package io.millrace.cdn.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a message's body is delimited (RFC 9112, section 6). */
public sealed interface Framing {

  /** There is no body. */
  record None() implements Framing {}

  /** The body has this many bytes, from 1 on. */
  record Length(long bytes) implements Framing {}

  /** The body comes in chunks. */
  record Chunked() implements Framing {}

  /** The body goes on until the sender closes the connection. Responses only. */
  record UntilClose() implements Framing {}

  /** The one without a body. */
  Framing NONE = new None();

  /** The one with chunks. */
  Framing CHUNKED = new Chunked();

  /** The one that ends with the connection. */
  Framing UNTIL_CLOSE = new UntilClose();

  /**
   * The framing of a request. Every shape that another server might read otherwise is refused.
   *
   * @throws HttpError the connection must be closed after the answer
   */
  static Framing ofRequest(RequestHead head) throws HttpError {
    Fields fields = head.fields();
    int length = fields.find("content-length", 0);
    int coding = fields.find("transfer-encoding", 0);
    if (coding < 0) {
      return length < 0 ? NONE : ofLength(contentLength(fields, length));
    }
    if (length >= 0) {
      throw new HttpError(400, "a request has both Content-Length and Transfer-Encoding");
    }
    if (!head.http11()) {
      throw new HttpError(400, "an HTTP/1.0 request has Transfer-Encoding");
    }
    if (fields.find("transfer-encoding", coding + 1) >= 0
        || !fields.value(coding).equalsIgnoreCase("chunked")) {
      throw new HttpError(501, "the only transfer coding of requests is one 'chunked'");
    }
    return CHUNKED;
  }

  /**
   * The framing of a response.
   *
   * @param method of the request that it answers
   */
  static Framing ofResponse(ResponseHead head, String method) throws HttpError {
    if (head.isBodiless() || method.equals("HEAD")) {
      return NONE;
    }
    Fields fields = head.fields();
    int length = fields.find("content-length", 0);
    List<String> codings = fields.all("transfer-encoding");
    if (codings.isEmpty()) {
      return length < 0 ? UNTIL_CLOSE : ofLength(contentLength(fields, length));
    }
    if (length >= 0) {
      throw new HttpError(502, "the origin's response has both Content-Length and chunks");
    }
    if (codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked")) {
      return CHUNKED;
    }
    throw new HttpError(502, "the origin's response has a transfer coding other than 'chunked'");
  }

  private static Framing ofLength(long length) {
    return length == 0 ? NONE : new Length(length);
  }

  private static long contentLength(Fields fields, int line) throws HttpError {
    if (fields.find("content-length", line + 1) >= 0) {
      throw new HttpError(400, "there is more than one Content-Length");
    }
    Long length = parseLength(fields.value(line));
    if (length == null) {
      throw new HttpError(400, "Content-Length is not a number of at most 18 digits");
    }
    return length;
  }

  private static @Nullable Long parseLength(String value) {
    if (value.isEmpty() || value.length() > 18) {
      return null;
    }
    long length = 0;
    for (int i = 0; i < value.length(); i++) {
      if (!Ascii.isDigit(value.charAt(i))) {
        return null;
      }
      length = length * 10 + value.charAt(i) - '0';
    }
    return length;
  }
}
