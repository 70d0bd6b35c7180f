package io.millrace.kafka.quota;

import io.millrace.core.Clock;

/**
 * What one holder may change in the metadata: a bucket of partitions that fills at the limit's rate
 * and holds what comes in over all windows (KIP-599). A change is made while the bucket is not
 * overdrawn, however large it is, and then overdraws it. Any thread.
 */
public final class MutationBucket {

  private final double windowsSeconds;
  private final Clock clock;
  private double limit;
  private double tokens;
  private long filledNanos;

  MutationBucket(double limit, QuotaSettings settings, Clock clock) {
    this.limit = limit;
    this.windowsSeconds = (double) settings.windows() * settings.window().toSeconds();
    this.clock = clock;
    this.tokens = limit * windowsSeconds;
    this.filledNanos = clock.nanos();
  }

  synchronized void limit(double changed) {
    fill();
    limit = changed;
  }

  /** Takes partitions if the bucket is not overdrawn. Returns whether it was not. */
  public synchronized boolean tryTake(int partitions) {
    fill();
    if (tokens < 0) {
      return false;
    }
    tokens -= partitions;
    return true;
  }

  /** Takes partitions in any case. */
  public synchronized void take(int partitions) {
    fill();
    tokens -= partitions;
  }

  /** Milliseconds until it is not overdrawn any more, 0 when it is not. */
  public synchronized int throttleMillis() {
    fill();
    return tokens >= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, Math.round(-tokens / limit * 1000));
  }

  synchronized boolean isIdle() {
    fill();
    return tokens >= limit * windowsSeconds;
  }

  private void fill() {
    long now = clock.nanos();
    double seconds = (now - filledNanos) / 1e9;
    filledNanos = now;
    tokens = Math.min(limit * windowsSeconds, tokens + seconds * limit);
  }
}
