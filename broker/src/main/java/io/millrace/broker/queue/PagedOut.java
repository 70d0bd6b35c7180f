package io.millrace.broker.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a queue that is not durable, which memory has no room for: a {@link
 * TransientTail} for each of its priorities that has any. Those in memory of the same priority go
 * before them. Confined to the queue's mailbox.
 */
final class PagedOut {

  private final String queue;
  private final TransientTails store;
  private final @Nullable TransientTail[] tails;
  private int open;

  /**
   * @param store where the tails lie
   * @param highestPriority from 0
   */
  PagedOut(String queue, TransientTails store, int highestPriority) {
    this.queue = queue;
    this.store = store;
    tails = new @Nullable TransientTail[highestPriority + 1];
  }

  /** The priority that the queue gives a message. */
  int priorityOf(Message message) {
    return Math.min(message.properties().priority(), tails.length - 1);
  }

  /** The messages of a batch that have the same priority together, in their order. */
  Iterable<List<Publication>> byPriority(List<Publication> batch) {
    if (tails.length == 1) {
      return List.of(batch);
    }
    TreeMap<Integer, List<Publication>> alike = new TreeMap<>();
    for (Publication each : batch) {
      alike.computeIfAbsent(priorityOf(each.message()), unused -> new ArrayList<>()).add(each);
    }
    return alike.values();
  }

  /** Whether there are messages. */
  boolean isAny() {
    return open > 0;
  }

  /** Whether there are messages of a priority. */
  boolean has(int priority) {
    return tails[priority] != null;
  }

  /** How many messages there are. */
  long count() {
    long count = 0;
    if (open > 0) {
      for (TransientTail each : tails) {
        count += each == null ? 0 : each.count();
      }
    }
    return count;
  }

  /** Bytes of their bodies. */
  long bodyBytes() {
    long bytes = 0;
    if (open > 0) {
      for (TransientTail each : tails) {
        bytes += each == null ? 0 : each.bodyBytes();
      }
    }
    return bytes;
  }

  /**
   * Adds messages of one priority after all others of it.
   *
   * @param full whether they are to be paged out also when no other one of their priority is
   * @return how many of them were; the others are to stay in memory
   */
  int append(int priority, List<Publication> batch, boolean full) {
    TransientTail to = tails[priority];
    if (to == null && full) {
      to = store.open(queue);
      if (to != null) {
        tails[priority] = to;
        open++;
      }
    }
    return to == null ? 0 : to.append(batch);
  }

  /** Takes messages of one priority out, in order; as many as are read at once. */
  void take(int priority, TransientTail.Reading to) {
    TransientTail from = tails[priority];
    if (from == null) {
      return;
    }
    from.take(to);
    if (from.count() == 0) {
      long unused = drop(priority);
    }
  }

  /** Drops all, and answers how many there were. */
  long drop() {
    long count = 0;
    for (int priority = 0; open > 0 && priority < tails.length; priority++) {
      count += drop(priority);
    }
    return count;
  }

  private long drop(int priority) {
    TransientTail dropped = tails[priority];
    if (dropped == null) {
      return 0;
    }
    tails[priority] = null;
    open--;
    long count = dropped.count();
    dropped.delete();
    return count;
  }
}
