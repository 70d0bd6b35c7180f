package io.millrace.log;

import io.millrace.log.PartitionLog.DurabilityListener;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who waits for which offset of one log to be durable, in the order of appends. The writer adds,
 * the thread that forces the log answers.
 */
final class CommitQueue {

  private static final Logger LOG = LoggerFactory.getLogger(CommitQueue.class);

  private record Waiter(long offset, DurabilityListener then) {}

  private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();

  void add(long offset, DurabilityListener then) {
    waiters.add(new Waiter(offset, then));
  }

  /** Answers all that wait for an offset up to {@code offset}. */
  void completeTo(long offset) {
    Waiter first = waiters.peek();
    while (first != null && first.offset <= offset) {
      // The writer may have answered it meanwhile, when it cut the log off.
      if (waiters.remove(first)) {
        tell(first.then, null);
      }
      first = waiters.peek();
    }
  }

  /** Tells all that wait for an offset past {@code offset} that it will not be durable. */
  void failAfter(long offset, LogException failure) {
    for (Waiter waiter : waiters) {
      if (waiter.offset > offset && waiters.remove(waiter)) {
        tell(waiter.then, failure);
      }
    }
  }

  static void tell(DurabilityListener then, @Nullable LogException failure) {
    try {
      then.durable(failure);
    } catch (RuntimeException | Error e) {
      LOG.error("A listener for durable appends failed", e);
    }
  }
}
