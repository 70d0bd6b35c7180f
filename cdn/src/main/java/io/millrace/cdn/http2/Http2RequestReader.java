package io.millrace.cdn.http2;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request's head of the fields that came, as strictly as one of HTTP/1.1 is read: it goes
 * on to origins as HTTP/1.1, so nothing may be in it that would be understood otherwise there (RFC
 * 9113, sections 8.2, 8.3 and 10.3).
 */
public final class Http2RequestReader {

  private static final AsciiString HOST = AsciiString.cached("host");
  private static final AsciiString COOKIE = AsciiString.cached("cookie");

  private Http2RequestReader() {}

  /**
   * The head of a request.
   *
   * @throws HttpError 400, 414 or 431; the stream ends with that answer
   */
  public static RequestHead read(Http2Headers came, HeadLimits limits) throws HttpError {
    AsciiString method = null;
    AsciiString path = null;
    AsciiString scheme = null;
    AsciiString authority = null;
    AsciiString host = null;
    StringBuilder cookies = null;
    Fields.Builder fields = new Fields.Builder();
    int lines = 0;
    boolean hostWritten = false;
    for (Map.Entry<CharSequence, CharSequence> field : came) {
      AsciiString name = AsciiString.of(field.getKey());
      AsciiString value = AsciiString.of(field.getValue());
      if (!name.isEmpty() && name.byteAt(0) == ':') {
        switch (name.toString()) {
          case ":method" -> method = once(name, method, value);
          case ":path" -> path = once(name, path, value);
          case ":scheme" -> scheme = once(name, scheme, value);
          case ":authority" -> authority = once(name, authority, value);
          default -> throw new HttpError(400, "there is a pseudo-header that is not known");
        }
        continue;
      }
      if (!hostWritten && authority != null) {
        // First, as HTTP/1.1 wants it.
        add(fields, HOST, authority);
        hostWritten = true;
      }
      if (++lines > limits.fieldLines()) {
        throw new HttpError(431, "the head has more than " + limits.fieldLines() + " field lines");
      }
      check(name, value);
      if (name.contentEquals(HOST)) {
        if (host != null) {
          throw new HttpError(400, "there is more than one Host");
        }
        host = value;
        if (authority == null) {
          add(fields, HOST, value);
          hostWritten = true;
        }
      } else if (name.contentEquals(COOKIE)) {
        // Clients split it for compression; it is one field elsewhere (section 8.2.3).
        cookies = cookies == null ? new StringBuilder() : cookies.append("; ");
        cookies.append(value);
      } else {
        add(fields, name, value);
      }
    }
    if (cookies != null) {
      add(
          fields,
          COOKIE,
          new AsciiString(cookies.toString().getBytes(StandardCharsets.ISO_8859_1)));
    }
    if (!hostWritten && authority != null) {
      add(fields, HOST, authority);
    }
    if (authority != null && host != null && !authority.contentEqualsIgnoreCase(host)) {
      throw new HttpError(400, "Host and :authority name different hosts");
    }
    return new RequestHead(method(method), target(path, scheme, limits), true, fields.build());
  }

  /**
   * How the request's body is framed for whoever gets it.
   *
   * @param ended whether its head was all of it
   * @throws HttpError 400 when Content-Length is malformed
   */
  public static Framing framing(RequestHead head, boolean ended) throws HttpError {
    Framing said = Framing.ofRequest(head);
    if (ended) {
      if (!(said instanceof Framing.None)) {
        throw new HttpError(400, "Content-Length announces a body, and there is none");
      }
      return Framing.NONE;
    }
    if (said instanceof Framing.None && !head.fields().has("content-length")) {
      return Framing.CHUNKED;
    }
    return said;
  }

  private static AsciiString once(AsciiString name, @Nullable AsciiString before, AsciiString value)
      throws HttpError {
    if (before != null) {
      throw new HttpError(400, "there is more than one " + name);
    }
    return value;
  }

  private static void check(AsciiString name, AsciiString value) throws HttpError {
    for (int i = 0; i < name.length(); i++) {
      byte b = name.byteAt(i);
      if (b >= 'A' && b <= 'Z') {
        throw new HttpError(400, "a field name has an upper-case letter");
      }
    }
    if (!value.isEmpty()
        && (isBlank(value.byteAt(0)) || isBlank(value.byteAt(value.length() - 1)))) {
      throw new HttpError(400, "a field value starts or ends with white space");
    }
    switch (name.toString()) {
      case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade" ->
          throw new HttpError(400, "HTTP/2 has no field " + name);
      case "te" -> {
        if (!value.contentEqualsIgnoreCase("trailers")) {
          throw new HttpError(400, "TE may only say 'trailers' in HTTP/2");
        }
      }
      default -> {}
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private static void add(Fields.Builder fields, AsciiString name, AsciiString value)
      throws HttpError {
    boolean added =
        fields.addIfValid(
            name.array(),
            name.arrayOffset(),
            name.length(),
            value.array(),
            value.arrayOffset(),
            value.length());
    if (!added) {
      throw new HttpError(400, "a field has a character that may not be in it");
    }
  }

  private static String method(@Nullable AsciiString method) throws HttpError {
    if (method == null || !Fields.isToken(method.array(), method.arrayOffset(), method.length())) {
      throw new HttpError(400, "the request has no :method, or one that is no token");
    }
    if (method.length() > 32) {
      throw new HttpError(501, "the method is longer than any this server knows");
    }
    return method.toString();
  }

  private static String target(
      @Nullable AsciiString path, @Nullable AsciiString scheme, HeadLimits limits)
      throws HttpError {
    if (scheme == null
        || !(scheme.contentEqualsIgnoreCase("http") || scheme.contentEqualsIgnoreCase("https"))) {
      throw new HttpError(400, "the request's :scheme is neither http nor https");
    }
    if (path == null || path.isEmpty()) {
      throw new HttpError(400, "the request has no :path");
    }
    if (path.length() > limits.targetBytes()) {
      throw new HttpError(
          414, "the request target is longer than " + limits.targetBytes() + " bytes");
    }
    if (path.byteAt(0) != '/' && !path.contentEquals("*")) {
      throw new HttpError(400, "the :path does not start with a slash");
    }
    for (int i = 0; i < path.length(); i++) {
      byte b = path.byteAt(i);
      if (b <= 0x20 || b == 0x7f) {
        throw new HttpError(400, "the :path is not printable ASCII");
      }
    }
    return path.toString();
  }
}
