package io.millrace.broker.topic;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who wait for a partition's high watermark to pass an offset.
 *
 * <p>No wake-up is missed: a waiter is listed before the watermark is looked at, and the watermark
 * is moved before the list is looked at; each of the four is a volatile access, so at least one
 * side sees the other. With nobody waiting, an append pays one read. Waiters are called outside the
 * lock, each at most once.
 */
final class HighWatermarkWaiters {

  private static final Logger LOG = LoggerFactory.getLogger(HighWatermarkWaiters.class);

  private final Object lock = new Object();
  private int listed;

  /** As {@link #listed}, for those without the lock. */
  private volatile int waiting;

  private @Nullable Waiter first;

  /** Where the high watermark is read. */
  interface Watermark {
    long now();
  }

  /** See {@link Partition#whenPast}. */
  Runnable whenPast(long offset, Runnable wake, Watermark watermark) {
    if (watermark.now() > offset) {
      wake.run();
      return HighWatermarkWaiters::nothingToCancel;
    }
    Waiter waiter = new Waiter(offset, wake);
    add(waiter);
    if (watermark.now() > offset && remove(waiter)) {
      wake.run();
    }
    return waiter;
  }

  private static void nothingToCancel() {
    // It has been called already.
  }

  /** To be called after the high watermark has moved. */
  void movedTo(long highWatermark) {
    if (waiting != 0) {
      wake(takePassed(highWatermark));
    }
  }

  /** Wakes all: there will be no further record. */
  void wakeAll() {
    wake(takePassed(Long.MAX_VALUE));
  }

  int count() {
    return waiting;
  }

  private static void wake(@Nullable Waiter passed) {
    for (Waiter each = passed; each != null; each = each.next) {
      try {
        each.wake.run();
      } catch (RuntimeException e) {
        LOG.error("One who waited for a record failed when woken", e);
      }
    }
  }

  private void add(Waiter waiter) {
    synchronized (lock) {
      waiter.next = first;
      if (first != null) {
        first.previous = waiter;
      }
      first = waiter;
      waiter.listed = true;
      listed++;
      waiting = listed;
    }
  }

  private boolean remove(Waiter waiter) {
    synchronized (lock) {
      if (!waiter.listed) {
        return false;
      }
      unlink(waiter);
      return true;
    }
  }

  /** The caller holds the lock. */
  private void unlink(Waiter waiter) {
    if (waiter.previous == null) {
      first = waiter.next;
    } else {
      waiter.previous.next = waiter.next;
    }
    if (waiter.next != null) {
      waiter.next.previous = waiter.previous;
    }
    waiter.previous = null;
    waiter.next = null;
    waiter.listed = false;
    listed--;
    waiting = listed;
  }

  /** Takes those who are to be called out of the list, chained by {@code next}. */
  private @Nullable Waiter takePassed(long highWatermark) {
    synchronized (lock) {
      Waiter passed = null;
      Waiter each = first;
      while (each != null) {
        Waiter next = each.next;
        if (each.offset < highWatermark) {
          unlink(each);
          each.next = passed;
          passed = each;
        }
        each = next;
      }
      return passed;
    }
  }

  /** One who waits; running it cancels the wait. */
  private final class Waiter implements Runnable {
    private final long offset;
    private final Runnable wake;
    private @Nullable Waiter previous;
    private @Nullable Waiter next;
    private boolean listed;

    Waiter(long offset, Runnable wake) {
      this.offset = offset;
      this.wake = wake;
    }

    @Override
    public void run() {
      remove(this);
    }
  }
}
