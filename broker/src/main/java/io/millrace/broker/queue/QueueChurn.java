package io.millrace.broker.queue;

import java.util.concurrent.atomic.LongAdder;

/** How many queues of a virtual host came and went since the node started. Any thread. */
public final class QueueChurn {

  private final LongAdder declared = new LongAdder();
  private final LongAdder created = new LongAdder();
  private final LongAdder deleted = new LongAdder();

  void declare() {
    declared.increment();
  }

  void create() {
    created.increment();
  }

  void delete() {
    deleted.increment();
  }

  /** Declarations, of queues that were there too. */
  public long declared() {
    return declared.sum();
  }

  /** Queues that were made. */
  public long created() {
    return created.sum();
  }

  /** Queues that have gone, in whatever way. */
  public long deleted() {
    return deleted.sum();
  }
}
