package io.millrace.cdn.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for, in one spelling: equal resources have equal targets, so that a cache has
 * one entry for them and a route cannot be passed by with dots and percent signs.
 *
 * <p>The path is normalised by RFC 3986, section 6.2.2: dot segments are resolved, percent-encoded
 * unreserved characters are decoded, the others' digits are upper case. An encoded slash stays
 * encoded: it is no separator.
 *
 * @param host lower case, with the port if one was named; never empty
 * @param path starts with a slash, or is {@code *} for OPTIONS
 * @param query without its question mark, as sent; null when there was none
 */
public record RequestTarget(String host, String path, @Nullable String query) {

  private static final String HEX = "0123456789ABCDEF";

  /**
   * The target of a request, of its Host field and request line.
   *
   * @throws HttpError 400 when it names no host, two, or a malformed one, or the path is malformed
   */
  public static RequestTarget of(RequestHead head) throws HttpError {
    int line = head.fields().find("host", 0);
    if (line >= 0 && head.fields().find("host", line + 1) >= 0) {
      throw new HttpError(400, "there is more than one Host");
    }
    if (line < 0 && head.http11()) {
      throw new HttpError(400, "an HTTP/1.1 request needs a Host");
    }
    String host = line < 0 ? "localhost" : head.fields().value(line);
    String target = head.target();
    if (target.charAt(0) != '/') {
      if (target.equals("*") && head.method().equals("OPTIONS")) {
        return new RequestTarget(host(host), "*", null);
      }
      int authority = schemeLength(target);
      int slash = target.indexOf('/', authority);
      int question = target.indexOf('?', authority);
      int end = slash >= 0 && (question < 0 || slash < question) ? slash : question;
      // The request line's authority counts, whatever Host says (RFC 9112, section 3.2.2).
      host = end < 0 ? target.substring(authority) : target.substring(authority, end);
      target = end < 0 ? "/" : target.substring(end);
      if (target.charAt(0) == '?') {
        target = "/" + target;
      }
    }
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    String query = question < 0 ? null : target.substring(question + 1);
    if (query != null && query.indexOf('#') >= 0) {
      throw new HttpError(400, "the query has a number sign");
    }
    return new RequestTarget(host(host), normalise(path), query);
  }

  /** Whether it is the server as a whole, {@code *}. */
  public boolean isServer() {
    return path.equals("*");
  }

  /** Path and query, as an origin gets them. */
  public String pathAndQuery() {
    return query == null ? path : path + "?" + query;
  }

  /** The host without its port. */
  public String hostName() {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  /** The target as another URI reference within it names it, or null for another host's. */
  public @Nullable RequestTarget resolve(String reference) {
    try {
      String rest = reference;
      int fragment = rest.indexOf('#');
      if (fragment >= 0) {
        rest = rest.substring(0, fragment);
      }
      if (rest.regionMatches(true, 0, "http://", 0, 7)
          || rest.regionMatches(true, 0, "https://", 0, 8)
          || rest.startsWith("//")) {
        int authority = rest.indexOf("//") + 2;
        int end = authority;
        while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
          end++;
        }
        if (!host(rest.substring(authority, end)).equals(host)) {
          return null;
        }
        rest = end == rest.length() ? "/" : rest.substring(end);
        if (rest.charAt(0) == '?') {
          rest = "/" + rest;
        }
      }
      int question = rest.indexOf('?');
      String to = question < 0 ? rest : rest.substring(0, question);
      String toQuery = question < 0 ? null : rest.substring(question + 1);
      if (to.isEmpty()) {
        return new RequestTarget(host, path, toQuery);
      }
      if (to.charAt(0) != '/') {
        to = path.substring(0, path.lastIndexOf('/') + 1) + to;
      }
      return new RequestTarget(host, normalise(to), toQuery);
    } catch (HttpError e) {
      return null;
    }
  }

  private static int schemeLength(String target) throws HttpError {
    if (target.regionMatches(true, 0, "http://", 0, 7)) {
      return 7;
    }
    if (target.regionMatches(true, 0, "https://", 0, 8)) {
      return 8;
    }
    throw new HttpError(400, "the request target is neither a path nor an http URI");
  }

  private static String host(String host) throws HttpError {
    if (host.isEmpty() || host.length() > 255 + 6) {
      throw new HttpError(400, "the host is empty or too long");
    }
    boolean lower = true;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !Ascii.isDigit(c) && ".-_:[]".indexOf(c) < 0) {
        throw new HttpError(400, "the host has a character that host names do not have");
      }
      lower &= c < 'A' || c > 'Z';
    }
    return lower ? host : host.toLowerCase(Locale.ROOT);
  }

  private static String normalise(String path) throws HttpError {
    boolean plain = true;
    for (int i = 0; i < path.length() && plain; i++) {
      char c = path.charAt(i);
      plain = c != '%' && c != '\\' && c != '#' && (c != '.' || path.charAt(i - 1) != '/');
    }
    return plain ? path : removeDotSegments(decodeUnreserved(path));
  }

  private static String decodeUnreserved(String path) throws HttpError {
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\' || c == '#') {
        throw new HttpError(400, "the path has a backslash or a number sign");
      }
      if (c != '%') {
        out.append(c);
        continue;
      }
      int high = i + 2 < path.length() ? Ascii.hex(path.charAt(i + 1)) : -1;
      int low = high < 0 ? -1 : Ascii.hex(path.charAt(i + 2));
      if (low < 0) {
        throw new HttpError(400, "a percent sign in the path is not followed by two digits");
      }
      int value = (high << 4) | low;
      if (value == 0) {
        throw new HttpError(400, "the path has a NUL");
      }
      if (isUnreserved(value)) {
        out.append((char) value);
      } else {
        out.append('%').append(HEX.charAt(high)).append(HEX.charAt(low));
      }
      i += 2;
    }
    return out.toString();
  }

  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || Ascii.isDigit(c)
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  /** RFC 3986, section 5.2.4, for absolute paths. */
  private static String removeDotSegments(String path) {
    StringBuilder out = new StringBuilder(path.length());
    int at = 0;
    while (at < path.length()) {
      int end = path.indexOf('/', at + 1);
      if (end < 0) {
        end = path.length();
      }
      String segment = path.substring(at, end);
      boolean last = end == path.length();
      switch (segment) {
        case "/." -> {
          if (last) {
            out.append('/');
          }
        }
        case "/.." -> {
          out.setLength(Math.max(0, out.lastIndexOf("/")));
          if (last) {
            out.append('/');
          }
        }
        default -> out.append(segment);
      }
      at = end;
    }
    return out.toString();
  }

  /**
   * The path with all percent-encoding resolved, or null when that gives no UTF-8 text or one with
   * a slash, backslash or control character that was hidden by the encoding.
   */
  public @Nullable String decodedPath() {
    String text = decode(path);
    if (text == null || text.equals(path)) {
      return text;
    }
    int slashes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' || c < 0x20) {
        return null;
      }
      slashes += c == '/' ? 1 : 0;
    }
    return slashes == path.chars().filter(c -> c == '/').count() ? text : null;
  }

  /**
   * Part of a normalised path with its percent-encoding resolved, or null when that gives no UTF-8
   * text.
   */
  public static @Nullable String decode(String encoded) {
    if (encoded.indexOf('%') < 0) {
      return encoded;
    }
    byte[] bytes = new byte[encoded.length()];
    int length = 0;
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        if (i + 2 >= encoded.length()) {
          return null;
        }
        c = (char) ((Ascii.hex(encoded.charAt(i + 1)) << 4) | Ascii.hex(encoded.charAt(i + 2)));
        i += 2;
      }
      bytes[length++] = (byte) c;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
