package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.HttpDate;
import io.millrace.cdn.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * How long a response is fresh and how old it was when it came (RFC 9111, section 4.2), in
 * milliseconds.
 *
 * @param lifetimeMillis from the response's making to its going stale
 * @param initialAgeMillis corrected initial age: how old it was at {@code responseMillis}
 * @param responseMillis when it came, by the edge's clock
 * @param dateMillis its Date, or when it came if it had none
 */
public record Freshness(
    long lifetimeMillis, long initialAgeMillis, long responseMillis, long dateMillis) {

  private static final long HEURISTIC_MOST_MILLIS = 24L * 3600 * 1000;

  /** Of a response as it came, at {@code responseMillis} for a request of {@code requestMillis}. */
  static Freshness of(
      ResponseHead head, long requestMillis, long responseMillis, CachePolicy policy) {
    return of(
        head.status(),
        head.fields(),
        CacheControl.ofResponse(head.fields()),
        requestMillis,
        responseMillis,
        policy);
  }

  /** Of a response that came at {@code responseMillis} for a request of {@code requestMillis}. */
  public static Freshness of(
      int status,
      Fields fields,
      CacheControl control,
      long requestMillis,
      long responseMillis,
      CachePolicy policy) {
    String dateText = fields.first("date");
    long date = dateText == null ? HttpDate.INVALID : HttpDate.parse(dateText, responseMillis);
    boolean dated = date != HttpDate.INVALID;
    if (!dated) {
      date = responseMillis;
    }
    long apparentAge = Math.max(0, responseMillis - date);
    long delay = Math.max(0, responseMillis - requestMillis);
    long correctedAge = ageMillis(fields) + delay;
    return new Freshness(
        lifetime(status, fields, control, date, responseMillis, policy),
        // Dates have whole seconds: a fraction of one is no age.
        Math.max(apparentAge < 1000 ? 0 : apparentAge, correctedAge),
        responseMillis,
        date);
  }

  /**
   * Of a list the first member counts, and one that is no number counts for nothing (RFC 9111,
   * section 5.1).
   */
  private static long ageMillis(Fields fields) {
    String value = fields.first("age");
    if (value == null) {
      return 0;
    }
    int comma = value.indexOf(',');
    long seconds = CacheControl.seconds(comma < 0 ? value : value.substring(0, comma).strip());
    return Math.max(0, seconds) * 1000;
  }

  private static long lifetime(
      int status,
      Fields fields,
      CacheControl control,
      long date,
      long responseMillis,
      CachePolicy policy) {
    if (control.sMaxAge() != CacheControl.NONE) {
      return control.sMaxAge() * 1000;
    }
    if (control.maxAge() != CacheControl.NONE) {
      return control.maxAge() * 1000;
    }
    if (!control.isTargeted()) {
      String expires = fields.first("expires");
      if (expires != null) {
        long at = HttpDate.parse(expires, responseMillis);
        return at == HttpDate.INVALID ? 0 : Math.max(0, at - date);
      }
    }
    if (!isHeuristicallyCacheable(status) && !control.isPublic()) {
      return 0;
    }
    long heuristic = heuristic(fields.first("last-modified"), date);
    return status >= 400 ? Math.max(heuristic, policy.negativeTtl().toMillis()) : heuristic;
  }

  /** A tenth of the time since the last change (RFC 9111, section 4.2.2), a day at most. */
  private static long heuristic(@Nullable String lastModified, long date) {
    if (lastModified == null) {
      return 0;
    }
    long modified = HttpDate.parse(lastModified, date);
    return modified == HttpDate.INVALID || modified > date
        ? 0
        : Math.min(HEURISTIC_MOST_MILLIS, (date - modified) / 10);
  }

  /** RFC 9110, section 15.1. */
  static boolean isHeuristicallyCacheable(int status) {
    return switch (status) {
      case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501 -> true;
      default -> false;
    };
  }

  Freshness withLifetime(long millis) {
    return new Freshness(millis, initialAgeMillis, responseMillis, dateMillis);
  }

  /** How old the response is. */
  public long ageMillis(long nowMillis) {
    return initialAgeMillis + Math.max(0, nowMillis - responseMillis);
  }

  /** How long it stays fresh yet; zero or less: for how long it has been stale. */
  public long leftMillis(long nowMillis) {
    return lifetimeMillis - ageMillis(nowMillis);
  }
}
