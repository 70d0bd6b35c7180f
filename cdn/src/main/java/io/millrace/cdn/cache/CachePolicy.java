package io.millrace.cdn.cache;

import java.time.Duration;

/**
 * What a route decides where HTTP leaves the choice.
 *
 * @param maxObjectBytes larger bodies are passed on without being stored
 * @param negativeTtl how long 404, 410 and the like are fresh that carry no freshness of their own,
 *     and how long a failing origin is left alone; zero for not at all
 * @param staleIfError how long a stale response is served when the origin fails and the response
 *     does not say; zero for not at all. Never where the response forbids it
 * @param honoursRequests whether Cache-Control of requests counts. Without it a client cannot make
 *     the edge go to the origin
 * @param storesSetCookie whether responses that set cookies are stored like any other, which RFC
 *     9111, section 7.3, leaves to the origin's care; without it only if they say that they are for
 *     all
 * @param key which requests are for the same thing
 */
public record CachePolicy(
    int maxObjectBytes,
    Duration negativeTtl,
    Duration staleIfError,
    boolean honoursRequests,
    boolean storesSetCookie,
    KeyRule key) {

  /** 8 MiB, one second, one hour, requests are honoured, cookies are not shared. */
  public static final CachePolicy DEFAULT =
      new CachePolicy(8 << 20, Duration.ofSeconds(1), Duration.ofHours(1), true);

  /** One that does not share cookies, and tells resources apart by their whole targets. */
  public CachePolicy(
      int maxObjectBytes, Duration negativeTtl, Duration staleIfError, boolean honoursRequests) {
    this(maxObjectBytes, negativeTtl, staleIfError, honoursRequests, false, KeyRule.WHOLE_TARGET);
  }

  /** With another {@link #storesSetCookie}. */
  public CachePolicy storingSetCookie(boolean stores) {
    return new CachePolicy(maxObjectBytes, negativeTtl, staleIfError, honoursRequests, stores, key);
  }

  /** With another {@link #key}. */
  public CachePolicy keyedBy(KeyRule rule) {
    return new CachePolicy(
        maxObjectBytes, negativeTtl, staleIfError, honoursRequests, storesSetCookie, rule);
  }

  /**
   * How long past its lifetime a response is served when the origin fails, in milliseconds; 0 for
   * not at all.
   */
  long staleIfErrorMillis(CacheControl control) {
    if (control.forbidsStale()) {
      return 0;
    }
    return control.staleIfError() == CacheControl.NONE
        ? staleIfError.toMillis()
        : control.staleIfError() * 1000;
  }
}
