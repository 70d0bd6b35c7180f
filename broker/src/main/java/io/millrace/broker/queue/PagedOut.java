package io.millrace.broker.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a queue that is not durable, which memory has no room for: a {@link
 * TransientTail} for each of its priorities that has any. Those in memory of the same priority go
 * before them. Confined to the queue's mailbox.
 */
final class PagedOut {

  /** So many windows of a durable queue a queue in memory has before it pages out. */
  private static final int WINDOWS_IN_MEMORY = 8;

  private final String queue;
  private final TransientTails store;
  private final ReadyMessages ready;
  private final MessagingSettings settings;
  private final BooleanSupplier memoryTight;
  private final @Nullable TransientTail[] tails;
  private int open;

  /**
   * @param store where the tails lie
   * @param highestPriority from 0
   * @param ready those in memory
   * @param memoryTight whether the messages of all queues take much of what they may
   */
  PagedOut(
      String queue,
      TransientTails store,
      int highestPriority,
      ReadyMessages ready,
      MessagingSettings settings,
      BooleanSupplier memoryTight) {
    this.queue = queue;
    this.ready = ready;
    this.settings = settings;
    this.memoryTight = memoryTight;
    this.store = store;
    tails = new @Nullable TransientTail[highestPriority + 1];
  }

  /** The priority that the queue gives a message. */
  int priorityOf(Message message) {
    return Math.min(message.properties().priority(), tails.length - 1);
  }

  /**
   * Adds messages after all others, to those in memory or, where it has no room, to those on disk.
   *
   * @param memory takes those that stay in memory
   */
  void publish(List<Publication> batch, TransientTail.Reading memory, long nowMillis) {
    if (open == 0 && !isMemoryFull()) {
      batch.forEach(each -> memory.read(each.message(), nowMillis));
      return;
    }
    for (List<Publication> alike : byPriority(batch)) {
      // The order suffers when the disk refuses.
      int paged = append(priorityOf(alike.getFirst().message()), alike);
      for (int i = paged; i < alike.size(); i++) {
        memory.read(alike.get(i).message(), nowMillis);
      }
    }
  }

  /** The messages of a batch that have the same priority together, in their order. */
  private Iterable<List<Publication>> byPriority(List<Publication> batch) {
    if (tails.length == 1) {
      return List.of(batch);
    }
    TreeMap<Integer, List<Publication>> alike = new TreeMap<>();
    for (Publication each : batch) {
      alike.computeIfAbsent(priorityOf(each.message()), unused -> new ArrayList<>()).add(each);
    }
    return alike.values();
  }

  private boolean isMemoryFull() {
    return ready.size() >= WINDOWS_IN_MEMORY * settings.windowMessages()
        || ready.heapBytes() >= WINDOWS_IN_MEMORY * settings.windowBytes()
        || (ready.heapBytes() >= settings.windowBytes() && memoryTight.getAsBoolean());
  }

  /** Pages messages of one priority out, and answers how many the disk took. */
  private int append(int priority, List<Publication> batch) {
    TransientTail to = tails[priority];
    if (to == null && isMemoryFull()) {
      to = store.open(queue);
      if (to != null) {
        tails[priority] = to;
        open++;
      }
    }
    return to == null ? 0 : to.append(batch);
  }

  /** Reads messages back of the highest priority of which there are any, once they are next. */
  void fetch(TransientTail.Reading memory) {
    for (int priority = tails.length - 1; open > 0 && priority >= 0; priority--) {
      TransientTail from = tails[priority];
      while (from != null && ready.isEmpty(priority)) {
        from.take(memory);
        if (from.count() == 0) {
          long unused = drop(priority);
        }
        from = tails[priority];
      }
      if (!ready.isEmpty(priority)) {
        return;
      }
    }
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
