package io.millrace.broker.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Which stretches of the shared logs a queue still points to. Changed in the queue's mailbox; what
 * it publishes may be read by any thread.
 */
final class BodyReferences {

  private static final int STRETCH_BITS = 12;
  private static final long NOTHING = Long.MAX_VALUE;

  private final int logs;
  private volatile @Nullable Stretches present;
  private volatile boolean complete;

  /** What a queue has that ever pointed to a shared body. */
  private static final class Stretches {
    final Map<SharedBody, int[]> counts = new HashMap<>();
    final AtomicLongArray floors;

    Stretches(int logs) {
      floors = new AtomicLongArray(logs);
      for (int i = 0; i < logs; i++) {
        floors.set(i, NOTHING);
      }
    }

    long lowest(int log) {
      long lowest = NOTHING;
      for (SharedBody each : counts.keySet()) {
        if (each.log() == log) {
          lowest = Math.min(lowest, each.offset());
        }
      }
      return lowest;
    }
  }

  /**
   * @param logs how many shared logs there are
   * @param complete whether nothing is left to be counted from before the node started
   */
  BodyReferences(int logs, boolean complete) {
    this.logs = logs;
    this.complete = complete;
  }

  void add(SharedBody body) {
    Stretches to = present;
    if (to == null) {
      to = new Stretches(logs);
      present = to;
    }
    SharedBody stretch = stretch(body);
    to.counts.computeIfAbsent(stretch, each -> new int[1])[0]++;
    if (stretch.offset() < to.floors.get(body.log())) {
      to.floors.set(body.log(), stretch.offset());
    }
  }

  void remove(SharedBody body) {
    Stretches from = present;
    if (from == null) {
      return;
    }
    SharedBody stretch = stretch(body);
    int[] count = from.counts.get(stretch);
    if (count != null && --count[0] == 0) {
      from.counts.remove(stretch);
      if (stretch.offset() == from.floors.get(body.log())) {
        from.floors.set(body.log(), from.lowest(body.log()));
      }
    }
  }

  private static SharedBody stretch(SharedBody body) {
    return new SharedBody(body.log(), body.offset() >>> STRETCH_BITS << STRETCH_BITS);
  }

  /** All that was there when the node started has been counted. */
  void completed() {
    complete = true;
  }

  /** Whether {@link #floor} can be relied on. */
  boolean isComplete() {
    return complete;
  }

  /** No reference is before that offset. */
  long floor(int log) {
    Stretches now = present;
    return now == null ? NOTHING : now.floors.get(log);
  }
}
