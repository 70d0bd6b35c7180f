package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.HttpDate;
import org.jspecify.annotations.Nullable;

/** Conditional requests, decided on a response at hand (RFC 9110, section 13; RFC 9111, 4.3.2). */
public final class Preconditions {

  private Preconditions() {}

  /**
   * Whether a GET or HEAD is to be answered with 304: its If-None-Match names the entity tag, or,
   * where it has none, its If-Modified-Since is not before the response's last change.
   *
   * @param dateMillis of the response; stands in for a Last-Modified that it has not
   */
  public static boolean notModified(
      Fields request,
      @Nullable String etag,
      @Nullable String lastModified,
      long dateMillis,
      long nowMillis) {
    String tags = request.joined("if-none-match");
    if (tags != null) {
      return etag == null ? tags.strip().equals("*") : anyMatches(tags, etag);
    }
    String since = request.first("if-modified-since");
    if (since == null) {
      return false;
    }
    long asked = HttpDate.parse(since, nowMillis);
    if (asked == HttpDate.INVALID) {
      return false;
    }
    long changed = lastModified == null ? dateMillis : HttpDate.parse(lastModified, nowMillis);
    return changed != HttpDate.INVALID && changed <= asked;
  }

  /** Whether two entity tags are the same by weak comparison (RFC 9110, section 8.8.3.2). */
  static boolean sameTag(String one, String other) {
    return strip(one).equals(strip(other));
  }

  /** Weak comparison with each member of a list (RFC 9110, section 8.8.3.2). */
  private static boolean anyMatches(String tags, String etag) {
    String opaque = strip(etag);
    int at = 0;
    int length = tags.length();
    while (at < length) {
      char c = tags.charAt(at);
      if (c == ' ' || c == '\t' || c == ',') {
        at++;
        continue;
      }
      if (c == '*') {
        return true;
      }
      int open = tags.startsWith("W/", at) ? at + 2 : at;
      int end;
      if (open < length && tags.charAt(open) == '"') {
        int close = tags.indexOf('"', open + 1);
        end = close < 0 ? length : close + 1;
      } else {
        int comma = tags.indexOf(',', open);
        end = comma < 0 ? length : comma;
      }
      if (strip(tags.substring(open, end).strip()).equals(opaque)) {
        return true;
      }
      at = end;
    }
    return false;
  }

  /**
   * What weak comparison compares. The quotes are left out: some senders forget them, and a tag
   * means the same without.
   */
  private static String strip(String etag) {
    String tag = etag.startsWith("W/") ? etag.substring(2) : etag;
    return tag.length() >= 2 && tag.charAt(0) == '"' && tag.endsWith("\"")
        ? tag.substring(1, tag.length() - 1)
        : tag;
  }

  /** Whether a Range counts: If-Range is absent, or names exactly this response. */
  public static boolean rangeApplies(
      Fields request, @Nullable String etag, @Nullable String lastModified) {
    String condition = request.first("if-range");
    if (condition == null) {
      return true;
    }
    if (condition.startsWith("\"")) {
      return condition.equals(etag);
    }
    return !condition.startsWith("W/") && condition.equals(lastModified);
  }
}
