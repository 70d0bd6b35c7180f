package io.millrace.broker.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which stretches of the shared logs a queue still points to. Changed in the queue's mailbox; what
 * it publishes may be read by any thread.
 */
final class BodyReferences {

  private static final int STRETCH_BITS = 12;
  private static final long NOTHING = Long.MAX_VALUE;

  private final Map<SharedBody, int[]> counts = new HashMap<>();
  private final AtomicLongArray floors;
  private volatile boolean complete;

  /**
   * @param logs how many shared logs there are
   * @param complete whether nothing is left to be counted from before the node started
   */
  BodyReferences(int logs, boolean complete) {
    floors = new AtomicLongArray(logs);
    for (int i = 0; i < logs; i++) {
      floors.set(i, NOTHING);
    }
    this.complete = complete;
  }

  void add(SharedBody body) {
    SharedBody stretch = stretch(body);
    counts.computeIfAbsent(stretch, each -> new int[1])[0]++;
    if (stretch.offset() < floors.get(body.log())) {
      floors.set(body.log(), stretch.offset());
    }
  }

  void remove(SharedBody body) {
    SharedBody stretch = stretch(body);
    int[] count = counts.get(stretch);
    if (count != null && --count[0] == 0) {
      counts.remove(stretch);
      if (stretch.offset() == floors.get(body.log())) {
        floors.set(body.log(), lowest(body.log()));
      }
    }
  }

  private long lowest(int log) {
    long lowest = NOTHING;
    for (SharedBody each : counts.keySet()) {
      if (each.log() == log) {
        lowest = Math.min(lowest, each.offset());
      }
    }
    return lowest;
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
    return floors.get(log);
  }
}
