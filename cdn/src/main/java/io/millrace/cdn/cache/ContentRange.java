package io.millrace.cdn.cache;

import io.millrace.cdn.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a representation a 206 carries (RFC 9110, section 14.4).
 *
 * @param first index of its first byte
 * @param last index of its last byte
 * @param total bytes of the whole
 */
record ContentRange(int first, int last, int total) {

  /** How many bytes the part has. */
  int length() {
    return last - first + 1;
  }

  /**
   * The range of a response with one part, or null: it has several, does not say of how much it is
   * a part, contradicts its own length, or is of more than 2 GiB.
   */
  static @Nullable ContentRange of(ResponseHead head) {
    String value = head.fields().first("content-range");
    if (value == null || !value.regionMatches(true, 0, "bytes ", 0, 6)) {
      return null;
    }
    String range = value.substring(6).strip();
    int dash = range.indexOf('-');
    int slash = range.indexOf('/');
    if (dash < 0 || slash < dash) {
      return null;
    }
    long first = CacheControl.seconds(range.substring(0, dash));
    long last = CacheControl.seconds(range.substring(dash + 1, slash));
    long total = CacheControl.seconds(range.substring(slash + 1));
    if (first < 0 || last < first || total <= last || total > Integer.MAX_VALUE) {
      return null;
    }
    String length = head.fields().first("content-length");
    if (length != null && CacheControl.seconds(length) != last - first + 1) {
      return null;
    }
    return new ContentRange((int) first, (int) last, (int) total);
  }
}
