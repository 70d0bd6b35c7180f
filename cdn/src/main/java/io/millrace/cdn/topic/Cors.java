package io.millrace.cdn.topic;

import io.millrace.cdn.http.Fields;
import org.jspecify.annotations.Nullable;

/** Which pages of other origins may use it (Fetch, section 3.2), and which may not write. */
final class Cors {

  private Cors() {}

  static void addTo(Fields.Builder answer, TopicApiSettings settings, Fields request) {
    if (settings.allowedOrigins().isEmpty()) {
      return;
    }
    String allowed = allowed(settings, request.first("origin"));
    if (!settings.allowedOrigins().contains("*")) {
      answer.add("Vary", "Origin");
    }
    if (allowed != null) {
      answer
          .add("Access-Control-Allow-Origin", allowed)
          .add("Access-Control-Expose-Headers", "Link, Millrace-Next-Offset, Retry-After");
    }
  }

  /** The value of Access-Control-Allow-Origin, or null for none. */
  static @Nullable String allowed(TopicApiSettings settings, @Nullable String origin) {
    if (settings.allowedOrigins().contains("*")) {
      return "*";
    }
    return origin != null && settings.allows(origin) ? origin : null;
  }

  static Answer preflight(String allow) {
    return new Answer(
        204,
        new Fields.Builder()
            .add("Allow", allow)
            .add("Cache-Control", Answer.NO_STORE)
            .add("Access-Control-Allow-Methods", allow)
            .add("Access-Control-Allow-Headers", "*")
            .add("Access-Control-Max-Age", "600"),
        new byte[0]);
  }

  /**
   * Refuses a write that a page of another origin makes a browser send: forms need nobody's leave.
   */
  static void checkWrite(TopicApiSettings settings, String host, Fields request) {
    String origin = request.first("origin");
    String site = request.first("sec-fetch-site");
    boolean same =
        origin == null
            ? site == null || site.equals("same-origin") || site.equals("none")
            : origin.equalsIgnoreCase("http://" + host)
                || origin.equalsIgnoreCase("https://" + host);
    if (!same && (origin == null || !settings.allows(origin))) {
      throw new Refusal(
          403,
          "Pages of other origins may not write here, unless edge.topics.allowed-origins names"
              + " them.");
    }
  }
}
