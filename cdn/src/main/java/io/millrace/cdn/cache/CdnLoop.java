package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds requests that come back to the edge that forwarded them (RFC 8586): the edge adds its own
 * name to the CDN-Loop field of what it forwards, and refuses a request that has it already.
 *
 * @param name of one edge, so that edges may stand behind one another
 */
public record CdnLoop(String name) {

  private static final String FIELD = "cdn-loop";

  /** With a name that no other edge has. */
  public static CdnLoop unique() {
    return new CdnLoop(
        "millrace-" + Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE));
  }

  /** Whether a request has passed this edge before. */
  boolean isIn(Fields request) {
    for (int line = request.find(FIELD, 0); line >= 0; line = request.find(FIELD, line + 1)) {
      for (String member : request.value(line).split(",", -1)) {
        int parameters = member.indexOf(';');
        String each = parameters < 0 ? member : member.substring(0, parameters);
        if (each.strip().equalsIgnoreCase(name)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Says of a forwarded request, in place of the client's field, which edges it has passed. */
  void addTo(Fields.Builder forwarded, Fields request) {
    String before = request.joined(FIELD);
    forwarded.add("CDN-Loop", before == null ? name : before + ", " + name);
  }
}
