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
 * and the others {@link PagedOut}.
 */
final class QueueContents {

  static final long NEVER = Long.MAX_VALUE;

  private QueueOptions options;
  private final MessagingSettings settings;
  private final @Nullable QueueLog log;
  private final Clock clock;
  private final ReadyMessages ready;
  private final PagedOut pagedOut;
  private long nextPosition;
  private long loadFrom;

  /** Bytes of the bodies of those that are in the log only. */
  private long pagedBytes;

  /** The transient ones among them. */
  private final MessageSum pagedTransient = new MessageSum();

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
    this.options = options;
    this.settings = settings;
    this.log = log;
    this.clock = clock;
    ready = new ReadyMessages(options.maxPriority());
    pagedOut = new PagedOut(name, tails, options.maxPriority(), ready, settings, memoryTight);
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
    return ready.size() + inLogOnly(storage) + pagedOut.count();
  }

  private long inLogOnly(@Nullable QueueLog storage) {
    return storage == null || !isPaged()
        ? 0
        : Math.max(0, storage.decidedEnd() - loadFrom - ackedAhead);
  }

  /** Where they are, and those that are out. */
  QueueFigures figures(OutMessages out, QueueFigures.Sum dead) {
    QueueFigures.Sum onDisk = new QueueFigures.Sum(inLogOnly(log), isPaged() ? pagedBytes : 0);
    QueuedMessage next = ready.peek();
    Message head = next == null ? null : next.message;
    String timestamp = head == null ? null : head.property("timestamp");
    return new QueueFigures(
        ready.inMemory(),
        out.all(),
        out.inMemory(),
        new QueueFigures.Sum(
                onDisk.messages() - pagedTransient.messages(),
                onDisk.bytes() - pagedTransient.bytes())
            .plus(ready.persistent())
            .plus(out.persistent()),
        new QueueFigures.Sum(
            pagedOut.count() + pagedTransient.messages(),
            pagedOut.bodyBytes() + pagedTransient.bytes()),
        dead,
        timestamp != null && timestamp.matches("[0-9]{1,18}") ? Long.valueOf(timestamp) : null);
  }

  /** Bytes of their bodies; an estimate for those that lay in the log when the node started. */
  long bodyBytes() {
    return ready.bodyBytes() + (isPaged() ? pagedBytes : 0) + pagedOut.bodyBytes();
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
      pagedOut.publish(
          batch, (message, since) -> add(QueuedMessage.IN_MEMORY, message, since), now);
      batch.forEach(each -> each.settle(true));
      return;
    }
    boolean paging = isPaged() || isHeadFull();
    boolean storesAll = paging || isHeadOfPrioritiesFull();
    List<Publication> stored = new ArrayList<>(batch.size());
    List<Message> messages = new ArrayList<>(batch.size());
    for (Publication each : batch) {
      if (storesAll || each.message().properties().persistent()) {
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
        if (!each.properties().persistent()) {
          pagedTransient.add(1, each.body().length);
        }
      }
    } else {
      loadFrom = storage.end();
      pagedBytes = 0;
      pagedTransient.clear();
      addToHead(batch, offsets, storesAll, now);
    }
  }

  /**
   * Adds messages that were stored at {@code offsets}: all of them, or all but the transient ones.
   */
  private void addToHead(List<Publication> batch, long[] offsets, boolean all, long now) {
    int index = 0;
    for (Publication each : batch) {
      if (!all && !each.message().properties().persistent()) {
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

  /** Drops all messages that have been paged out and not taken back, and answers how many. */
  long dropPagedOut() {
    return pagedOut.drop();
  }

  private boolean isHeadFull() {
    return options.maxPriority() == 0
        && (ready.size() >= settings.windowMessages()
            || ready.heapBytes() >= settings.windowBytes());
  }

  /** Whether a queue that keeps the places of all its messages is to keep no more bodies. */
  private boolean isHeadOfPrioritiesFull() {
    return options.maxPriority() > 0 && ready.heapBytes() >= settings.windowBytes();
  }

  private void add(long offset, Message message, long sinceMillis) {
    ready.add(placed(offset, message, sinceMillis));
  }

  /** The message at its place, which is after all others of its priority. */
  private QueuedMessage placed(long offset, Message message, long sinceMillis) {
    int priority = pagedOut.priorityOf(message);
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
    return queued;
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
      pagedOut.fetch((message, since) -> add(QueuedMessage.IN_MEMORY, message, since));
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
      if (!message.properties().persistent() && !storage.isFromBefore(read.offset())) {
        pagedTransient.add(-1, -message.body().length);
      }
    }
    if (message == null
        || (storage.isFromBefore(read.offset()) && !message.properties().persistent())) {
      // It was never confirmed, or written for want of memory, which does not outlive the node.
      storage.acknowledge(read.offset(), message == null ? null : message.shared());
    } else {
      QueuedMessage queued = placed(read.offset(), message, read.timestampMillis());
      queued.returns = storage.counts().of(read.offset());
      ready.add(queued);
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
   * @param counted whether it is written down that the message is out
   * @return whether somebody may have got it before
   */
  boolean handOut(QueuedMessage queued, boolean counted) {
    boolean redelivered = queued.redelivered;
    if (queued.offset >= 0 && log != null) {
      redelivered |= log.wasHandedOut(queued.offset);
      log.handOut(queued.offset);
      if (counted) {
        log.counts().out(queued.offset);
      }
      // While it is out its body need not be kept here.
      queued.message = null;
    }
    return redelivered;
  }

  /** It came back, which is written down. */
  void countReturn(QueuedMessage queued) {
    if (queued.offset >= 0 && log != null) {
      log.counts().back(queued.offset, queued.returns);
    }
  }

  /** It is done with. */
  void done(QueuedMessage queued) {
    if (queued.offset >= 0 && log != null) {
      log.acknowledge(queued.offset, queued.shared);
    }
  }
}
