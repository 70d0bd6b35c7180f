package io.millrace.broker.queue;

import io.millrace.core.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a queue that wait: its head in memory ({@link ReadyMessages}), the rest in its
 * log. Confined to the queue's mailbox.
 *
 * <p>Once the head has its full size, messages are written to the log only, and read from there
 * when the head has been used up:
 *
 * <pre>
 *   log     acknowledged │ out or in memory │ in the log only
 *           ─────────────┼──────────────────┼──────────────────→
 *                      floor             loadFrom             end
 * </pre>
 *
 * <p>A queue that tells priorities apart has all its messages at its head, without their bodies
 * where there are too many. A queue without a log has them in memory, as many as there is room for,
 * and the others in a {@link TransientTail}.
 */
final class QueueContents {

  static final long NEVER = Long.MAX_VALUE;

  /** So many windows of a durable queue a queue in memory has before it pages out. */
  private static final int WINDOWS_IN_MEMORY = 8;

  private final String name;
  private QueueOptions options;
  private final MessagingSettings settings;
  private final @Nullable QueueLog log;
  private final TransientTails tails;
  private final BooleanSupplier memoryTight;
  private final Clock clock;
  private final ReadyMessages ready;
  private @Nullable TransientTail tail;
  private long nextPosition;
  private long loadFrom;

  /** Bytes of the bodies of those that are in the log only. */
  private long pagedBytes;

  /** Acknowledged records from {@code loadFrom} on, which a crash left behind. */
  private long ackedAhead;

  /**
   * @param tails where a queue without a log pages out to
   * @param memoryTight whether the messages of all queues take much of what they may
   */
  QueueContents(
      String name,
      QueueOptions options,
      MessagingSettings settings,
      @Nullable QueueLog log,
      TransientTails tails,
      BooleanSupplier memoryTight,
      Clock clock) {
    this.name = name;
    this.tails = tails;
    this.memoryTight = memoryTight;
    this.options = options;
    this.settings = settings;
    this.log = log;
    this.clock = clock;
    ready = new ReadyMessages(options.maxPriority());
    if (log != null) {
      loadFrom = log.floor();
      ackedAhead = log.end() - log.floor() - log.unacknowledged();
      pagedBytes = log.sizeBytes() * log.unacknowledged() / Math.max(1, log.records());
    }
  }

  /** Takes other options, of the same highest priority. */
  void change(QueueOptions changed) {
    options = changed;
  }

  /** How many wait. */
  long count() {
    QueueLog storage = log;
    long paged =
        storage == null || !isPaged()
            ? 0
            : Math.max(0, storage.decidedEnd() - loadFrom - ackedAhead);
    return ready.size() + paged + (tail == null ? 0 : tail.count());
  }

  /** Bytes of their bodies; an estimate for those that lay in the log when the node started. */
  long bodyBytes() {
    return ready.bodyBytes() + (isPaged() ? pagedBytes : 0) + (tail == null ? 0 : tail.bodyBytes());
  }

  /** What they take in memory, roughly. */
  long heapBytes() {
    return ready.heapBytes();
  }

  /** Whether some are in the log only. */
  boolean isPaged() {
    return log != null && loadFrom < log.end();
  }

  // ---- in ----

  /** Adds messages after all others, and settles each once it is as durable as it has to be. */
  void add(List<Publication> batch) {
    QueueLog storage = log;
    long now = clock.millis();
    if (storage == null) {
      int paged = pageOut(batch);
      for (int i = 0; i < batch.size(); i++) {
        if (i >= paged) {
          add(QueuedMessage.IN_MEMORY, batch.get(i).message(), now);
        }
        batch.get(i).settle(true);
      }
      return;
    }
    boolean paging = isPaged() || isHeadFull();
    List<Publication> stored = new ArrayList<>(batch.size());
    List<Message> messages = new ArrayList<>(batch.size());
    for (Publication each : batch) {
      if (paging || each.message().properties().persistent()) {
        stored.add(each);
        messages.add(each.message());
      }
    }
    long[] offsets = new long[stored.size()];
    Arrays.fill(offsets, QueuedMessage.IN_MEMORY);
    storage.append(
        messages,
        (index, offset) -> offsets[index] = offset,
        (first, after, failure) -> {
          for (int i = first; i < after; i++) {
            stored.get(i).settle(failure == null);
          }
        });
    if (paging) {
      for (Message each : messages) {
        pagedBytes += each.body().length;
      }
    } else {
      loadFrom = storage.end();
      pagedBytes = 0;
      addToHead(batch, offsets, now);
    }
  }

  /** Adds messages that were stored at {@code offsets}, but for the transient ones among them. */
  private void addToHead(List<Publication> batch, long[] offsets, long now) {
    int index = 0;
    for (Publication each : batch) {
      if (!each.message().properties().persistent()) {
        add(QueuedMessage.IN_MEMORY, each.message(), now);
        each.settle(true);
      } else {
        long offset = offsets[index++];
        // What the disk refused has been refused to its publisher.
        if (offset >= 0) {
          add(offset, each.message(), now);
        }
      }
    }
  }

  /**
   * Writes messages to the tail, where there is one or memory is to take no more.
   *
   * @return how many of them; the others stay in memory, though the order suffers when the disk
   *     refuses
   */
  private int pageOut(List<Publication> batch) {
    TransientTail to = tail;
    if (to == null && isMemoryFull()) {
      to = tails.open(name);
      tail = to;
    }
    return to == null ? 0 : to.append(batch);
  }

  private boolean isMemoryFull() {
    return options.maxPriority() == 0
        && (ready.size() >= WINDOWS_IN_MEMORY * settings.windowMessages()
            || ready.heapBytes() >= WINDOWS_IN_MEMORY * settings.windowBytes()
            || (ready.heapBytes() >= settings.windowBytes() && memoryTight.getAsBoolean()));
  }

  private void takeFromTail() {
    while (tail != null && ready.size() == 0) {
      TransientTail from = tail;
      from.take((message, since) -> add(QueuedMessage.IN_MEMORY, message, since));
      if (from.count() == 0) {
        long unused = dropTail();
      }
    }
  }

  /** Drops all messages that have been paged out and not taken back, and answers how many. */
  long dropTail() {
    TransientTail dropped = tail;
    if (dropped == null) {
      return 0;
    }
    tail = null;
    long count = dropped.count();
    dropped.delete();
    return count;
  }

  private boolean isHeadFull() {
    return options.maxPriority() == 0
        && (ready.size() >= settings.windowMessages()
            || ready.heapBytes() >= settings.windowBytes());
  }

  private void add(long offset, Message message, long sinceMillis) {
    int priority = Math.min(message.properties().priority(), options.maxPriority());
    long ttl = message.properties().expirationMillis();
    if (options.messageTtlMillis() >= 0) {
      ttl = ttl < 0 ? options.messageTtlMillis() : Math.min(ttl, options.messageTtlMillis());
    }
    QueuedMessage queued =
        new QueuedMessage(
            nextPosition++, offset, message, priority, ttl < 0 ? NEVER : sinceMillis + ttl);
    if (offset >= 0 && ready.heapBytes() >= settings.windowBytes()) {
      queued.message = null;
    }
    ready.add(queued);
  }

  /** Puts one back in its place. */
  void restore(QueuedMessage queued) {
    ready.restore(queued);
  }

  // ---- out ----

  /** The next one, or null when none waits. */
  @Nullable QueuedMessage peek() {
    load();
    return ready.peek();
  }

  /** Takes the next one, or null when none waits. */
  @Nullable QueuedMessage poll() {
    load();
    return ready.poll();
  }

  private void load() {
    QueueLog storage = log;
    if (storage == null) {
      takeFromTail();
      return;
    }
    while (loadFrom < storage.decidedEnd() && (ready.size() == 0 || options.maxPriority() > 0)) {
      loadFrom = storage.read(loadFrom, settings.windowMessages(), new Loading(storage));
      storage.lookedAtTo(loadFrom);
    }
  }

  /** Takes up what is read, in order. */
  private final class Loading implements QueueLog.Reading {

    private final QueueLog storage;

    Loading(QueueLog storage) {
      this.storage = storage;
    }

    @Override
    public void record(QueueLog.Read read) {
      loaded(storage, read);
    }

    @Override
    public void nothing(long from, long before) {
      for (long offset = from; offset < before; offset++) {
        if (storage.isAcked(offset)) {
          ackedAhead--;
        } else {
          storage.acknowledge(offset, null);
        }
      }
    }
  }

  private void loaded(QueueLog storage, QueueLog.Read read) {
    if (storage.isAcked(read.offset())) {
      ackedAhead--;
      return;
    }
    storage.found(read);
    Message message = read.message();
    if (message != null) {
      pagedBytes = Math.max(0, pagedBytes - message.body().length);
    }
    if (message == null
        || (storage.isFromBefore(read.offset()) && !message.properties().persistent())) {
      // It was never confirmed, or written for want of memory, which does not outlive the node.
      storage.acknowledge(read.offset(), message == null ? null : message.shared());
    } else {
      add(read.offset(), message, read.timestampMillis());
    }
  }

  /** The message itself, read again when only its place is known. */
  Message messageOf(QueuedMessage queued) {
    Message message = queued.message;
    if (message == null && log != null) {
      message = log.read(queued.offset);
    }
    if (message == null) {
      throw new IllegalStateException("the message at " + queued.offset + " is not in its log");
    }
    return message;
  }

  /**
   * Notes that somebody gets it.
   *
   * @return whether somebody may have got it before
   */
  boolean handOut(QueuedMessage queued) {
    boolean redelivered = queued.redelivered;
    if (queued.offset >= 0 && log != null) {
      redelivered |= log.wasHandedOut(queued.offset);
      log.handOut(queued.offset);
      // While it is out its body need not be kept here.
      queued.message = null;
    }
    return redelivered;
  }

  /** It is done with. */
  void done(QueuedMessage queued) {
    if (queued.offset >= 0 && log != null) {
      log.acknowledge(queued.offset, queued.shared);
    }
  }
}
