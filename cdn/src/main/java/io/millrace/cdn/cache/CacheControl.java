package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The directives of a Cache-Control field (RFC 9111, section 5.2; RFC 5861; RFC 8246), or of the
 * CDN-Cache-Control that takes its place (RFC 9213). Times are seconds; {@link #NONE} where a
 * directive is absent. A directive given twice counts as first given; a time that is no number
 * counts as 0, which makes the response stale.
 */
public final class CacheControl {

  /** The directive is absent. */
  public static final long NONE = -1;

  /** The largest time: RFC 9111, section 1.2.2, asks for at least 2^31 when there is overflow. */
  public static final long MOST_SECONDS = 1L << 31;

  /** No directives at all. */
  public static final CacheControl EMPTY = new CacheControl();

  private boolean noStore;
  private boolean noCache;
  private boolean isPrivate;
  private boolean isPublic;
  private boolean mustRevalidate;
  private boolean proxyRevalidate;
  private boolean mustUnderstand;
  private boolean onlyIfCached;
  private boolean targeted;
  private long maxAge = NONE;
  private long sMaxAge = NONE;
  private long minFresh = NONE;
  private long maxStale = NONE;
  private long staleWhileRevalidate = NONE;
  private long staleIfError = NONE;
  private final List<String> fieldsNotToReuse = new ArrayList<>(0);

  private CacheControl() {}

  /** Of a request. Pragma: no-cache counts where there is no Cache-Control. */
  public static CacheControl ofRequest(Fields fields) {
    String value = fields.joined("cache-control");
    if (value != null) {
      return parse(value);
    }
    if (fields.hasToken("pragma", "no-cache")) {
      return parse("no-cache");
    }
    return EMPTY;
  }

  /** Of a response: CDN-Cache-Control if it has a valid one, else Cache-Control. */
  public static CacheControl ofResponse(Fields fields) {
    String target = fields.joined("cdn-cache-control");
    if (target != null && TargetedControl.isValid(target)) {
      return parse(target, true);
    }
    String value = fields.joined("cache-control");
    return value == null ? EMPTY : parse(value);
  }

  /** Parses a field's value. What is not understood is passed over. */
  public static CacheControl parse(String value) {
    return parse(value, false);
  }

  private static CacheControl parse(String value, boolean targeted) {
    CacheControl parsed = new CacheControl();
    parsed.targeted = targeted;
    int length = value.length();
    int at = 0;
    while (at < length) {
      char c = value.charAt(at);
      if (c == ' ' || c == '\t' || c == ',') {
        at++;
        continue;
      }
      int end = endOfMember(value, at);
      parsed.directive(value.substring(at, end).strip());
      at = end + 1;
    }
    return parsed;
  }

  /** The comma that ends a member, outside of quotes. */
  private static int endOfMember(String value, int from) {
    boolean quoted = false;
    for (int i = from; i < value.length(); i++) {
      char c = value.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        return i;
      }
    }
    return value.length();
  }

  private void directive(String text) {
    int equals = text.indexOf('=');
    String name = (equals < 0 ? text : text.substring(0, equals)).toLowerCase(Locale.ROOT);
    String argument = equals < 0 ? null : text.substring(equals + 1);
    if (targeted && argument != null && argument.indexOf('"') < 0 && argument.indexOf(';') >= 0) {
      // Parameters mean nothing here (RFC 9213, section 2.1).
      argument = argument.substring(0, argument.indexOf(';'));
    }
    switch (name) {
      case "no-store" -> noStore = true;
      case "no-cache" -> noCache |= !listed(argument);
      case "private" -> isPrivate |= !listed(argument);
      case "public" -> isPublic = true;
      case "must-revalidate" -> mustRevalidate = true;
      case "proxy-revalidate" -> proxyRevalidate = true;
      case "must-understand" -> mustUnderstand = true;
      case "only-if-cached" -> onlyIfCached = true;
      case "max-age" -> maxAge = first(maxAge, argument, 0);
      case "s-maxage" -> sMaxAge = first(sMaxAge, argument, 0);
      case "min-fresh" -> minFresh = first(minFresh, argument, NONE);
      case "max-stale" ->
          maxStale = argument == null ? MOST_SECONDS : first(maxStale, argument, NONE);
      case "stale-while-revalidate" ->
          staleWhileRevalidate = first(staleWhileRevalidate, argument, NONE);
      case "stale-if-error" -> staleIfError = first(staleIfError, argument, NONE);
      default -> {
        // Extensions that are not understood are ignored (RFC 9111, section 5.2.3).
      }
    }
  }

  /** Whether no-cache or private names fields; these are then not reused. */
  private boolean listed(@Nullable String argument) {
    if (argument == null || argument.isEmpty()) {
      return false;
    }
    for (String name : unquote(argument).split(",", -1)) {
      if (!name.isBlank()) {
        fieldsNotToReuse.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return !fieldsNotToReuse.isEmpty();
  }

  private static String unquote(String text) {
    return text.length() >= 2 && text.charAt(0) == '"' && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  private static long first(long present, @Nullable String argument, long invalid) {
    if (present != NONE) {
      return present;
    }
    long seconds = argument == null ? NONE : seconds(unquote(argument));
    return seconds == NONE ? invalid : seconds;
  }

  /** A delta-seconds (RFC 9111, section 1.2.2), or {@link #NONE} when it is none. */
  static long seconds(String digits) {
    if (digits.isEmpty()) {
      return NONE;
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return NONE;
      }
      value = Math.min(MOST_SECONDS, value * 10 + c - '0');
    }
    return value;
  }

  /** The response must not be stored; or, in a request, its response must not. */
  public boolean noStore() {
    return noStore;
  }

  /** What is stored must be validated before use. */
  public boolean noCache() {
    return noCache;
  }

  /** For one user only. */
  public boolean isPrivate() {
    return isPrivate;
  }

  /** May be stored also where that is not the rule. */
  public boolean isPublic() {
    return isPublic;
  }

  /**
   * A shared cache must not serve it stale, whatever happens. Since s-maxage means
   * proxy-revalidate, it forbids that too, unless the response itself says when stale use is
   * welcome: who writes {@code s-maxage=60, stale-while-revalidate=300} means both.
   */
  public boolean forbidsStale() {
    return mustRevalidate
        || proxyRevalidate
        || noCache
        || (sMaxAge != NONE && staleWhileRevalidate == NONE && staleIfError == NONE);
  }

  /** Whether a response to a request with Authorization may be stored (RFC 9111, section 3.5). */
  public boolean allowsAuthorized() {
    return isPublic || mustRevalidate || sMaxAge != NONE;
  }

  /** To be stored only where its status is understood. */
  public boolean mustUnderstand() {
    return mustUnderstand;
  }

  /** The client wants a stored response or none. */
  public boolean onlyIfCached() {
    return onlyIfCached;
  }

  /** Whether this came from CDN-Cache-Control, so that Expires does not count. */
  public boolean isTargeted() {
    return targeted;
  }

  /** How long a response is fresh for anybody, or how old a client accepts it. */
  public long maxAge() {
    return maxAge;
  }

  /** How long a response is fresh in a shared cache. */
  public long sMaxAge() {
    return sMaxAge;
  }

  /** How long a client wants the response to stay fresh yet. */
  public long minFresh() {
    return minFresh;
  }

  /** How stale a client accepts the response. */
  public long maxStale() {
    return maxStale;
  }

  /** How long after going stale a response may be served while it is fetched anew. */
  public long staleWhileRevalidate() {
    return staleWhileRevalidate;
  }

  /** How long after going stale a response may be served when the origin fails. */
  public long staleIfError() {
    return staleIfError;
  }

  /** Fields, in lower case, that private and no-cache except from reuse. */
  public List<String> fieldsNotToReuse() {
    return fieldsNotToReuse;
  }
}
