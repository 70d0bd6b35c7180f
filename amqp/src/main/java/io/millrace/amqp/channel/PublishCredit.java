package io.millrace.amqp.channel;

import io.millrace.broker.queue.Publication;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * What a connection may have on its way to queues that have not taken it yet: past it the
 * connection is not read until half of it has been taken. So a publisher that is faster than its
 * queues fills its own socket and not the node's memory.
 *
 * <p>Bytes are given back on any thread; the rest is for the connection's event loop.
 */
public final class PublishCredit {

  /** Most bytes on their way, but for what was read at once with the last of them. */
  public static final long MOST_BYTES = 8 << 20;

  private static final long RESUME_BYTES = MOST_BYTES / 2;

  private final Executor loop;
  private final Consumer<Boolean> hold;
  private final LongAdder holds;
  private final AtomicLong onTheirWay = new AtomicLong();
  private volatile boolean held;

  /**
   * Of a connection.
   *
   * @param loop its event loop
   * @param hold is told when the connection is not to be read, and when it is again
   * @param holds counts how often that happens
   */
  public PublishCredit(Executor loop, Consumer<Boolean> hold, LongAdder holds) {
    this.loop = loop;
    this.hold = hold;
    this.holds = holds;
  }

  /** What messages count for. */
  static long bytes(List<Publication> batch) {
    long bytes = 0;
    for (int i = 0; i < batch.size(); i++) {
      bytes += batch.get(i).message().heapBytes();
    }
    return bytes;
  }

  /** So much is on its way. */
  void take(long bytes) {
    if (onTheirWay.addAndGet(bytes) > MOST_BYTES && !held) {
      held = true;
      holds.increment();
      hold.accept(true);
    }
  }

  /** So much has been taken by its queue; any thread. */
  void give(long bytes) {
    if (onTheirWay.addAndGet(-bytes) <= RESUME_BYTES && held) {
      loop.execute(this::resume);
    }
  }

  private void resume() {
    if (held && onTheirWay.get() <= RESUME_BYTES) {
      held = false;
      hold.accept(false);
    }
  }
}
