package io.millrace.kafka.net;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of requests that a node holds at one time, over all connections. A connection takes
 * from it before it holds more, and gives back when it holds less; one that gets nothing stops
 * reading its socket until it is woken.
 *
 * <p>Requests that have half arrived hold bytes too, and could hold all of them, each waiting for
 * the others. So one connection at a time, the first that asks, may take more than there is, until
 * its request is complete: the node holds at most the limit and one longest request.
 *
 * <p>Any thread may call; no call blocks.
 */
public final class InFlightBudget {

  private final long limit;
  private final AtomicLong held = new AtomicLong();
  private final AtomicReference<@Nullable ReadBuffer> overdrawnBy = new AtomicReference<>();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final LongAdder refusals = new LongAdder();

  /** With a limit in bytes. */
  public InFlightBudget(long limit) {
    this.limit = limit;
  }

  /** Bytes held now. */
  public long held() {
    return held.get();
  }

  /** Most bytes that may be held. */
  public long limit() {
    return limit;
  }

  /** How often somebody had to wait. */
  public long refusals() {
    return refusals.sum();
  }

  /** True when nothing more can be taken. */
  boolean exhausted() {
    return held.get() >= limit;
  }

  /** Takes bytes if they are there, or if nobody holds any (a request may exceed the limit). */
  boolean tryTake(long bytes) {
    long now = held.getAndAdd(bytes);
    if (now == 0 || now + bytes <= limit) {
      return true;
    }
    give(bytes);
    refusals.increment();
    return false;
  }

  /** Takes bytes for a request that has begun to arrive: the first to find none overdraws. */
  boolean tryTakePartial(long bytes, ReadBuffer owner) {
    if (tryTake(bytes)) {
      return true;
    }
    if (overdrawnBy.get() == owner || overdrawnBy.compareAndSet(null, owner)) {
      held.addAndGet(bytes);
      return true;
    }
    return false;
  }

  /** Takes bytes that have already come. */
  void take(long bytes) {
    held.addAndGet(bytes);
  }

  /** Gives bytes back, and wakes those who wait. */
  void give(long bytes) {
    held.addAndGet(-bytes);
    wake();
  }

  /** Ends the right to overdraw, if {@code owner} has it. */
  void endOverdraft(ReadBuffer owner) {
    if (overdrawnBy.get() == owner && overdrawnBy.compareAndSet(owner, null)) {
      wake();
    }
  }

  /**
   * Runs {@code then} once, after bytes have been given back, or at once if what was refused could
   * be had by now.
   *
   * @param bytes what was refused
   * @param partial whether to {@link #tryTakePartial}
   */
  void whenFree(long bytes, boolean partial, Runnable then) {
    waiting.add(then);
    long now = held.get();
    if (now == 0 || now + bytes <= limit || (partial && overdrawnBy.get() == null)) {
      wake();
    }
  }

  private void wake() {
    if (waiting.isEmpty()) {
      return;
    }
    int count = waiting.size();
    for (int i = 0; i < count; i++) {
      Runnable next = waiting.poll();
      if (next == null) {
        return;
      }
      next.run();
    }
  }
}
