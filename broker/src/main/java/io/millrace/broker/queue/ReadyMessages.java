package io.millrace.broker.queue;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait, by priority and then by their place in the queue. Those that come back go
 * before all that came after them. Confined to the queue's mailbox.
 */
final class ReadyMessages {

  private static final Comparator<QueuedMessage> BY_POSITION =
      Comparator.comparingLong(each -> each.position);

  private final Level[] levels;
  private int count;
  private long bodyBytes;
  private long heapBytes;
  private final MessageSum inMemory = new MessageSum();
  private final MessageSum persistent = new MessageSum();

  private static final class Level {
    final ArrayDeque<QueuedMessage> arrived = new ArrayDeque<>(0);

    /** Null until one has come back. */
    private @Nullable Queue<QueuedMessage> returned;

    void restore(QueuedMessage queued) {
      Queue<QueuedMessage> to = returned;
      if (to == null) {
        to = new PriorityQueue<>(1, BY_POSITION);
        returned = to;
      }
      to.add(queued);
    }

    @Nullable QueuedMessage peek() {
      QueuedMessage first = arrived.peek();
      QueuedMessage back = returned == null ? null : returned.peek();
      return back == null || (first != null && first.position < back.position) ? first : back;
    }

    @Nullable QueuedMessage poll() {
      QueuedMessage first = arrived.peek();
      QueuedMessage back = returned == null ? null : returned.peek();
      return returned == null || back == null || (first != null && first.position < back.position)
          ? arrived.poll()
          : returned.poll();
    }
  }

  /**
   * @param highestPriority from 0
   */
  ReadyMessages(int highestPriority) {
    levels = new Level[highestPriority + 1];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = new Level();
    }
  }

  /** Adds one whose place is after all others. */
  void add(QueuedMessage queued) {
    levels[queued.priority].arrived.add(queued);
    count(queued, 1);
  }

  /** Adds one at its place among the others. */
  void restore(QueuedMessage queued) {
    levels[queued.priority].restore(queued);
    count(queued, 1);
  }

  /** The next one, or null. */
  @Nullable QueuedMessage peek() {
    for (int i = levels.length - 1; i >= 0; i--) {
      QueuedMessage next = levels[i].peek();
      if (next != null) {
        return next;
      }
    }
    return null;
  }

  /** Takes the next one, or null. */
  @Nullable QueuedMessage poll() {
    for (int i = levels.length - 1; i >= 0; i--) {
      QueuedMessage next = levels[i].poll();
      if (next != null) {
        count(next, -1);
        return next;
      }
    }
    return null;
  }

  private void count(QueuedMessage queued, int sign) {
    count += sign;
    bodyBytes += (long) sign * queued.bodyBytes;
    Message message = queued.message;
    if (message != null) {
      heapBytes += (long) sign * message.heapBytes();
      inMemory.add(sign, (long) sign * queued.bodyBytes);
    }
    if (queued.persistent) {
      persistent.add(sign, (long) sign * queued.bodyBytes);
    }
  }

  /** Whether there is none of a priority. */
  boolean isEmpty(int priority) {
    return levels[priority].peek() == null;
  }

  /** How many there are. */
  int size() {
    return count;
  }

  /** Bytes of their bodies. */
  long bodyBytes() {
    return bodyBytes;
  }

  /** What they take in memory, roughly. */
  long heapBytes() {
    return heapBytes;
  }

  /** Those whose bodies are in memory. */
  QueueFigures.Sum inMemory() {
    return inMemory.now();
  }

  /** Those that outlive the node. */
  QueueFigures.Sum persistent() {
    return persistent.now();
  }
}
