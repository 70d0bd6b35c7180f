package io.millrace.cdn.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.cdn.http.HttpError;
import io.millrace.core.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Failures of origins that are remembered for a while, each for the resource that was asked for, so
 * that a dead origin is left alone (negative caching). Any thread calls it.
 */
final class OriginFailures {

  private static final int MOST_RESOURCES = 100_000;

  private final Clock clock;
  private final Cache<String, Failure> failures =
      Caffeine.newBuilder().maximumSize(MOST_RESOURCES).executor(Runnable::run).build();

  private record Failure(HttpError error, long untilNanos) {}

  OriginFailures(Clock clock) {
    this.clock = clock;
  }

  /** Remembers a failure for that long, which may be not at all. */
  void add(String key, HttpError error, Duration ttl) {
    if (!ttl.isZero()) {
      failures.put(key, new Failure(error, clock.nanos() + ttl.toNanos()));
    }
  }

  /** How the origin failed when it was last asked for a resource, or null. */
  @Nullable HttpError find(String key) {
    Failure failure = failures.getIfPresent(key);
    if (failure == null) {
      return null;
    }
    if (failure.untilNanos - clock.nanos() > 0) {
      return failure.error;
    }
    forget(key);
    return null;
  }

  /** The origin has answered after all. */
  void forget(String key) {
    failures.invalidate(key);
  }
}
