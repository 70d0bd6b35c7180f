package io.millrace.kafka.fetch;

import io.millrace.broker.topic.Partition;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Waits for one partition of a session to have more. It stays set over requests until it goes off,
 * so that a consumer with many partitions pays for those in which something happens.
 *
 * <p>Goes off on any thread, once; all else is confined to the connection's event loop.
 */
final class PartitionWatch implements Runnable {

  private final FetchSession session;
  private final FetchPartition partition;

  /**
   * Whether it is in the session's list of those that went off; once, even if a wait comes late.
   */
  private final AtomicBoolean listed = new AtomicBoolean();

  private @Nullable PartitionWatch nextListed;
  private @Nullable Partition watched;
  private @Nullable Runnable cancel;
  private long past;
  private boolean stable;

  PartitionWatch(FetchSession session, FetchPartition partition) {
    this.session = session;
    this.partition = partition;
  }

  FetchPartition partition() {
    return partition;
  }

  /**
   * Waits until the high watermark, or the last stable offset, lies past an offset. Costs nothing
   * where it does so already.
   */
  @SuppressWarnings("ReferenceEquality") // a topic that was made anew has other partitions
  void set(Partition where, long offset, boolean lastStable) {
    if (cancel != null && watched == where && past == offset && stable == lastStable) {
      return;
    }
    cancel();
    watched = where;
    past = offset;
    stable = lastStable;
    cancel = lastStable ? where.whenStablePast(offset, this) : where.whenPast(offset, this);
  }

  void cancel() {
    Runnable present = cancel;
    if (present != null) {
      cancel = null;
      present.run();
    }
  }

  /** The partition has more. Any thread. */
  @Override
  public void run() {
    if (listed.compareAndSet(false, true)) {
      session.wentOff(this);
    }
  }

  /** Has been taken from the list; it waits for nothing until it is set again. */
  void taken() {
    // What went off may have been the wait before this one.
    cancel();
    nextListed = null;
    listed.set(false);
  }

  @Nullable PartitionWatch nextListed() {
    return nextListed;
  }

  void nextListed(@Nullable PartitionWatch next) {
    nextListed = next;
  }
}
