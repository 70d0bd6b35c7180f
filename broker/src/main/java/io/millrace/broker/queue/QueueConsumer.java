package io.millrace.broker.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Somebody who takes messages of one queue. A protocol extends it with how messages are handed
 * over.
 *
 * <p>What was handed over and not yet sent on is bounded: the protocol tells by {@link #sent}.
 */
public abstract class QueueConsumer {

  /** How many messages may be on their way to the consumer's thread. */
  private static final int MOST_UNSENT = 512;

  private static final int MOST_ROOM = 64;

  private final boolean autoAcknowledge;
  private final int prefetch;
  private final int priority;
  private final PrefetchWindow window;
  private final Map<String, Object> arguments;
  private final AtomicInteger unsent = new AtomicInteger();

  private volatile Activity activity = Activity.UP;

  /** Whether it is its turn to get messages. */
  public enum Activity {
    /** It gets messages, as the other consumers of its queue do. */
    UP,
    /** It gets all messages, as long as it is there. */
    SINGLE_ACTIVE,
    /** It gets messages once the single active consumer has gone, and those before it. */
    WAITING
  }

  // The queue's mailbox.
  private List<Delivery> batch = new ArrayList<>();
  private int unacknowledged;

  /**
   * @param autoAcknowledge whether a message is done once it is handed over
   * @param prefetch how many it may have unacknowledged; 0 for any number
   * @param priority consumers of a higher one are served first
   * @param window shared with the other consumers of its channel
   * @param arguments what else it asked for, of which each type of queue knows its own
   */
  protected QueueConsumer(
      boolean autoAcknowledge,
      int prefetch,
      int priority,
      PrefetchWindow window,
      Map<String, Object> arguments) {
    this.autoAcknowledge = autoAcknowledge;
    this.prefetch = prefetch;
    this.priority = priority;
    this.window = window;
    this.arguments = arguments;
  }

  /** What its protocol calls it; unique among the consumers of one channel. */
  public abstract String tag();

  /** Takes messages over, in order. On any thread, where it must not block; the list is its own. */
  protected abstract void deliver(List<Delivery> deliveries);

  /** The queue is no more, and so is this consumer of it. On any thread. */
  protected abstract void cancelled();

  /** Whether its peer takes more now; when that changes to true, the queue is to be told. */
  protected abstract boolean writable();

  /** Whether a message is done once it is handed over. */
  public final boolean autoAcknowledge() {
    return autoAcknowledge;
  }

  /** How many it may have unacknowledged; 0 for any number. */
  public final int prefetch() {
    return prefetch;
  }

  /** Whether there is a limit to what it and other consumers have together. */
  final boolean isLimitedWithOthers() {
    return window.isLimited();
  }

  /** What else it asked for. */
  public final Map<String, Object> arguments() {
    return arguments;
  }

  /** Consumers of a higher one are served first. */
  public final int priority() {
    return priority;
  }

  /**
   * Messages have been sent on.
   *
   * @return whether the queue is to be told, because it may be waiting for that
   */
  public final boolean sent(int messages) {
    int before = unsent.getAndAdd(-messages);
    return before >= MOST_UNSENT / 2 && before - messages < MOST_UNSENT / 2;
  }

  /** Whether it is its turn to get messages. Any thread. */
  public final Activity activity() {
    return activity;
  }

  // ---- the queue's mailbox ----

  final void show(Activity now) {
    activity = now;
  }

  final boolean take() {
    if (unsent.get() + batch.size() >= MOST_UNSENT
        || !writable()
        || (!autoAcknowledge && prefetch > 0 && unacknowledged >= prefetch)
        || (!autoAcknowledge && !window.tryTake())) {
      return false;
    }
    if (!autoAcknowledge) {
      unacknowledged++;
    }
    return true;
  }

  final void settled() {
    unacknowledged--;
    window.release();
  }

  final void add(Delivery delivery) {
    batch.add(delivery);
  }

  final void flush() {
    if (!batch.isEmpty()) {
      List<Delivery> full = batch;
      // As many again, mostly; a consumer that waits keeps the room, so it is little.
      batch = new ArrayList<>(Math.min(full.size(), MOST_ROOM));
      unsent.addAndGet(full.size());
      deliver(full);
    }
  }
}
