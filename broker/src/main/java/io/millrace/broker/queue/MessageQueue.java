package io.millrace.broker.queue;

import io.millrace.broker.exchange.Destination;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue. Any thread may call any public method; all of them hand a task to the queue's mailbox,
 * and answers come on whichever thread runs it.
 *
 * <p>A message waits ({@link ReadyMessages}), is out with a consumer until it is settled, and may
 * come back. A durable queue keeps the head of what waits in memory; once that is full, messages
 * are written to the log only, and read from there when the head has been used up:
 *
 * <pre>
 *   log     acknowledged │ out or in memory │ in the log only
 *           ─────────────┼──────────────────┼──────────────────→
 *                      floor             loadFrom             end
 * </pre>
 */
public final class MessageQueue implements Destination.Queue {

  private static final Duration FLUSH_AFTER = Duration.ofMillis(5);
  private static final long NEVER = Long.MAX_VALUE;

  private final QueueDeclaration declaration;
  private final QueueOptions options;
  private final MessagingSettings settings;
  private final QueueHost host;
  private final Clock clock;
  private final Timer timer;
  private final Mailbox mailbox;
  private final @Nullable QueueLog log;

  private final ReadyMessages ready;
  private final QueueConsumers consumers;
  private final QueueExpiry expiry;
  private long nextPosition;
  private long loadFrom;
  private long ackedAhead;
  private int out;
  private boolean exclusiveConsumer;
  private boolean deleted;
  private boolean flushScheduled;
  private long wakeAt = NEVER;

  private volatile long readyFigure;
  private volatile long outFigure;
  private volatile int consumersFigure;

  /**
   * @param log null for a queue that stays in memory
   */
  MessageQueue(
      QueueDeclaration declaration,
      QueueOptions options,
      MessagingSettings settings,
      @Nullable QueueLog log,
      QueueHost host,
      Clock clock,
      Timer timer) {
    this.declaration = declaration;
    this.options = options;
    this.settings = settings;
    this.host = host;
    this.clock = clock;
    this.timer = timer;
    this.log = log;
    mailbox = log == null ? new Mailbox(declaration.name()) : log.mailbox();
    ready = new ReadyMessages(options.maxPriority());
    consumers = new QueueConsumers(options.singleActiveConsumer());
    expiry = new QueueExpiry(options.expiresMillis(), clock, timer);
    if (log != null) {
      loadFrom = log.floor();
      ackedAhead = log.end() - log.floor() - log.unacknowledged();
      watch(log);
    }
    mailbox.execute(
        () -> {
          expiry.used();
          expiry.schedule(this::expire);
          turn();
        });
  }

  @Override
  public String name() {
    return declaration.name();
  }

  /** How it was declared. */
  public QueueDeclaration declaration() {
    return declaration;
  }

  /** What its arguments mean. */
  public QueueOptions options() {
    return options;
  }

  /** Whether it is written down. */
  public boolean isStored() {
    return log != null;
  }

  /** Messages that wait, as far as is known to any thread. */
  public long readyCount() {
    return readyFigure;
  }

  /** Messages that are out with consumers. */
  public long outCount() {
    return outFigure;
  }

  /** How many consumers it has. */
  public int consumerCount() {
    return consumersFigure;
  }

  // ---- in ----

  /** Takes messages, in order; the list is the queue's from here on. */
  public void publish(List<Publication> batch) {
    mailbox.execute(
        () -> {
          take(batch);
          turn();
        });
  }

  private void take(List<Publication> batch) {
    if (deleted) {
      batch.forEach(each -> each.settle(true));
      return;
    }
    List<Publication> accepted = withinBounds(batch);
    QueueLog storage = log;
    if (storage == null) {
      for (Publication each : accepted) {
        add(QueuedMessage.IN_MEMORY, each.message(), clock.millis());
        each.settle(true);
      }
    } else {
      store(storage, accepted);
    }
    if (options.overflow() == QueueOptions.Overflow.DROP_HEAD) {
      dropHead();
    }
  }

  private List<Publication> withinBounds(List<Publication> batch) {
    if (options.overflow() == QueueOptions.Overflow.DROP_HEAD
        || (options.maxLength() < 0 && options.maxLengthBytes() < 0)) {
      return batch;
    }
    List<Publication> accepted = new ArrayList<>(batch.size());
    long count = waiting();
    long bytes = ready.bodyBytes();
    for (Publication each : batch) {
      if (isOver(count + 1, bytes + each.message().body().length)) {
        if (options.overflow() == QueueOptions.Overflow.REJECT_PUBLISH_DLX) {
          host.deadLetter(this, each.message(), DeathReason.MAXLEN, () -> {});
        }
        each.settle(false);
      } else {
        accepted.add(each);
        count++;
        bytes += each.message().body().length;
      }
    }
    return accepted;
  }

  private boolean isOver(long count, long bytes) {
    return (options.maxLength() >= 0 && count > options.maxLength())
        || (options.maxLengthBytes() >= 0 && bytes > options.maxLengthBytes());
  }

  private void store(QueueLog storage, List<Publication> accepted) {
    boolean paging = loadFrom < storage.end() || isWindowFull();
    List<Publication> stored = new ArrayList<>(accepted.size());
    List<Message> messages = new ArrayList<>(accepted.size());
    for (Publication each : accepted) {
      if (paging || each.message().properties().persistent()) {
        stored.add(each);
        messages.add(each.message());
      }
    }
    long[] offsets = new long[stored.size()];
    java.util.Arrays.fill(offsets, -1);
    if (!stored.isEmpty()) {
      storage.append(
          messages,
          (index, offset) -> offsets[index] = offset,
          (first, after, failure) -> {
            for (int i = first; i < after; i++) {
              stored.get(i).settle(failure == null);
            }
          });
    }
    if (paging) {
      return;
    }
    loadFrom = storage.end();
    int index = 0;
    long now = clock.millis();
    for (Publication each : accepted) {
      if (!each.message().properties().persistent()) {
        add(QueuedMessage.IN_MEMORY, each.message(), now);
        each.settle(true);
      } else if (offsets[index++] >= 0) {
        add(offsets[index - 1], each.message(), now);
      }
    }
  }

  private boolean isWindowFull() {
    return options.maxPriority() == 0
        && (ready.size() >= settings.windowMessages()
            || ready.heapBytes() >= settings.windowBytes());
  }

  private void add(long offset, Message message, long sinceMillis) {
    int priority =
        options.maxPriority() == 0
            ? 0
            : Math.min(message.properties().priority(), options.maxPriority());
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

  /** Messages that wait, those in the log only included. */
  private long waiting() {
    QueueLog storage = log;
    long paged =
        storage == null || loadFrom == storage.end()
            ? 0
            : Math.max(0, storage.end() - loadFrom - ackedAhead);
    return ready.size() + paged;
  }

  private void load() {
    QueueLog storage = log;
    if (storage == null) {
      return;
    }
    while (loadFrom < storage.end() && (ready.size() == 0 || options.maxPriority() > 0)) {
      loadFrom = storage.read(loadFrom, settings.windowMessages(), this::loaded);
      storage.lookedAtTo(loadFrom);
    }
  }

  private void loaded(QueueLog.Read read) {
    QueueLog storage = java.util.Objects.requireNonNull(log);
    if (storage.isAcked(read.offset())) {
      ackedAhead--;
      return;
    }
    storage.found(read);
    Message message = read.message();
    if (message == null
        || (storage.isFromBefore(read.offset()) && !message.properties().persistent())) {
      // It was never confirmed, or written for want of memory, which does not outlive the node.
      storage.acknowledge(read.offset(), message == null ? null : message.shared());
    } else {
      add(read.offset(), message, read.timestampMillis());
    }
  }

  /** Wakes the queue when somebody else has written to its topic. */
  private void watch(QueueLog storage) {
    long end = storage.end();
    Runnable unused =
        storage.partition().whenPast(end, () -> mailbox.execute(() -> written(storage, end)));
  }

  private void written(QueueLog storage, long after) {
    // When the topic has been deleted, all who wait are woken for nothing.
    if (!deleted && storage.partition().highWatermark() > after) {
      watch(storage);
      if (loadFrom < storage.end()) {
        turn();
      }
    }
  }

  // ---- out ----

  /** Adds a consumer; {@code done} gets null, or why it is refused, before any message comes. */
  public void consume(
      QueueConsumer consumer, boolean exclusive, Consumer<@Nullable TopologyException> done) {
    mailbox.execute(
        () -> {
          if (deleted) {
            done.accept(notFound());
            return;
          }
          if (exclusiveConsumer || (exclusive && consumers.size() > 0)) {
            done.accept(
                new TopologyException(
                    Reason.ACCESS_REFUSED,
                    "queue '"
                        + name()
                        + "' in vhost '"
                        + declaration.virtualHost()
                        + "' in exclusive use"));
            return;
          }
          exclusiveConsumer = exclusive;
          consumers.add(consumer);
          expiry.used();
          done.accept(null);
          turn();
        });
  }

  /** Takes a consumer away; what it has stays out until it is settled. */
  public void cancel(QueueConsumer consumer, Runnable done) {
    mailbox.execute(
        () -> {
          consumer.gone = true;
          if (consumers.remove(consumer)) {
            exclusiveConsumer = false;
            expiry.used();
            expiry.schedule(this::expire);
            if (declaration.autoDelete() && consumers.size() == 0 && !deleted) {
              host.outlived(this);
            }
          }
          done.run();
          turn();
        });
  }

  /** A consumer has room again. */
  public void resume() {
    mailbox.execute(this::turn);
  }

  /** Takes one message; the callback gets it, or null, and how many wait after it. */
  public void get(boolean autoAcknowledge, BiConsumer<@Nullable Delivery, Long> done) {
    mailbox.execute(
        () -> {
          expiry.used();
          QueuedMessage next = deleted ? null : nextLive();
          if (next == null) {
            done.accept(null, 0L);
          } else {
            QueuedMessage unused = ready.poll();
            done.accept(handOut(next, null, autoAcknowledge), waiting());
          }
          turn();
        });
  }

  /** Says what became of messages that were handed out; each once. */
  public void settle(List<Delivery> deliveries, Settlement settlement) {
    mailbox.execute(
        () -> {
          for (Delivery each : deliveries) {
            settle(each, settlement);
          }
          turn();
        });
  }

  private void settle(Delivery delivery, Settlement settlement) {
    out--;
    QueueConsumer consumer = delivery.consumer();
    if (consumer != null) {
      consumer.settled();
    }
    QueuedMessage queued = delivery.queued;
    switch (settlement) {
      case ACKNOWLEDGE -> done(queued);
      case REJECT -> giveUp(queued, DeathReason.REJECTED);
      case REQUEUE -> {
        queued.redelivered = true;
        queued.returns++;
        if (options.deliveryLimit() >= 0 && queued.returns > options.deliveryLimit()) {
          giveUp(queued, DeathReason.DELIVERY_LIMIT);
        } else if (!deleted) {
          if (queued.offset < 0) {
            queued.message = delivery.message();
          }
          ready.restore(queued);
        }
      }
    }
  }

  /** Hands out what there is to those who have room, and sees to what follows from the change. */
  private void turn() {
    if (!deleted) {
      QueuedMessage next = nextLive();
      while (next != null) {
        QueueConsumer consumer = consumers.next();
        if (consumer == null) {
          break;
        }
        QueuedMessage unused = ready.poll();
        consumer.add(handOut(next, consumer, consumer.autoAcknowledge()));
        next = nextLive();
      }
      consumers.flush();
      scheduleWake(next);
    }
    scheduleFlush();
    readyFigure = waiting();
    outFigure = out;
    consumersFigure = consumers.size();
  }

  /** The next message, those that have waited too long being given up. */
  private @Nullable QueuedMessage nextLive() {
    while (true) {
      if (ready.size() == 0) {
        load();
      }
      QueuedMessage next = ready.peek();
      if (next == null || next.expiresAtMillis == NEVER) {
        return next;
      }
      if (next.expiresAtMillis > clock.millis()) {
        return next;
      }
      QueuedMessage unused = ready.poll();
      giveUp(next, DeathReason.EXPIRED);
    }
  }

  private Delivery handOut(
      QueuedMessage queued, @Nullable QueueConsumer consumer, boolean autoAcknowledge) {
    boolean redelivered = queued.redelivered;
    Message message = messageOf(queued);
    if (queued.offset >= 0 && log != null) {
      redelivered |= log.wasHandedOut(queued.offset);
      log.handOut(queued.offset);
      queued.message = null;
    }
    if (autoAcknowledge) {
      done(queued);
    } else {
      out++;
    }
    return new Delivery(this, consumer, queued, message, redelivered);
  }

  private Message messageOf(QueuedMessage queued) {
    Message message = queued.message;
    if (message == null && log != null) {
      message = log.read(queued.offset);
    }
    if (message == null) {
      throw new IllegalStateException("a message of " + name() + " is not in its log any more");
    }
    return message;
  }

  private void done(QueuedMessage queued) {
    if (queued.offset >= 0 && log != null) {
      log.acknowledge(queued.offset, queued.shared);
    }
  }

  /** Dead-letters a message; it stays in the log until those who get it have it. */
  private void giveUp(QueuedMessage queued, DeathReason reason) {
    if (options.deadLetterExchange() == null || deleted) {
      done(queued);
    } else {
      host.deadLetter(
          this,
          messageOf(queued),
          reason,
          () ->
              mailbox.execute(
                  () -> {
                    done(queued);
                    scheduleFlush();
                  }));
    }
  }

  private void dropHead() {
    while (isOver(waiting(), ready.bodyBytes())) {
      if (ready.size() == 0) {
        load();
      }
      QueuedMessage oldest = ready.poll();
      if (oldest == null) {
        return;
      }
      giveUp(oldest, DeathReason.MAXLEN);
    }
  }

  // ---- time ----

  private void scheduleWake(@Nullable QueuedMessage next) {
    if (next != null && next.expiresAtMillis < wakeAt) {
      wakeAt = next.expiresAtMillis;
      timer.after(
          Duration.ofMillis(Math.max(1, wakeAt - clock.millis())),
          () ->
              mailbox.execute(
                  () -> {
                    wakeAt = NEVER;
                    turn();
                  }));
    }
  }

  private void scheduleFlush() {
    if (log != null && log.isDirty() && !flushScheduled) {
      flushScheduled = true;
      timer.after(FLUSH_AFTER, () -> mailbox.execute(this::flush));
    }
  }

  private void flush() {
    flushScheduled = false;
    if (log != null && !deleted) {
      log.flush();
    }
  }

  private void expire() {
    mailbox.execute(
        () -> {
          if (deleted || consumers.size() > 0) {
            return;
          }
          if (expiry.isDue()) {
            host.outlived(this);
          } else {
            expiry.schedule(this::expire);
          }
        });
  }

  // ---- the whole queue ----

  /** Tells how many messages wait, once all that was acknowledged is written down. */
  public void status(Consumer<Long> done) {
    mailbox.execute(
        () -> {
          flush();
          expiry.used();
          done.accept(waiting());
        });
  }

  /** Drops all messages that wait; the callback gets how many. */
  public void purge(Consumer<Long> done) {
    mailbox.execute(
        () -> {
          long count = waiting();
          while (nextLive() != null) {
            QueuedMessage dropped = ready.poll();
            if (dropped != null) {
              done(dropped);
            }
          }
          done.accept(count);
          turn();
        });
  }

  /**
   * Ends the queue; the callback gets how many messages were dropped, or why it is refused.
   *
   * @param ifUnused refuse while there are consumers
   * @param ifEmpty refuse while messages wait
   */
  void delete(
      boolean ifUnused, boolean ifEmpty, BiConsumer<Long, @Nullable TopologyException> done) {
    mailbox.execute(
        () -> {
          if (deleted) {
            done.accept(0L, null);
          } else if (ifUnused && consumers.size() > 0) {
            done.accept(0L, inWay("in use"));
          } else if (ifEmpty && waiting() > 0) {
            done.accept(0L, inWay("not empty"));
          } else {
            long count = waiting();
            deleted = true;
            if (log != null) {
              log.delete();
            }
            List<QueueConsumer> left = List.copyOf(consumers.all());
            left.forEach(consumers::remove);
            left.forEach(QueueConsumer::cancelled);
            done.accept(count, null);
          }
        });
  }

  /** Writes down where the queue is, at the end of the node. */
  void close() {
    mailbox.execute(
        () -> {
          if (log != null && !deleted) {
            log.close();
          }
          deleted = true;
        });
  }

  private TopologyException inWay(String what) {
    return new TopologyException(
        Reason.PRECONDITION_FAILED,
        "queue '" + name() + "' in vhost '" + declaration.virtualHost() + "' " + what);
  }

  private TopologyException notFound() {
    return new TopologyException(
        Reason.NOT_FOUND, "no queue '" + name() + "' in vhost '" + declaration.virtualHost() + "'");
  }

  /** Its arguments. */
  public Map<String, Object> arguments() {
    return declaration.arguments();
  }
}
