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
 */
public record CachePolicy(
    int maxObjectBytes, Duration negativeTtl, Duration staleIfError, boolean honoursRequests) {

  /** 8 MiB, one second, one hour, and requests are honoured. */
  public static final CachePolicy DEFAULT =
      new CachePolicy(8 << 20, Duration.ofSeconds(1), Duration.ofHours(1), true);
}
