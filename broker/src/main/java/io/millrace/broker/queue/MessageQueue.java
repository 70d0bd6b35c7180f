package io.millrace.broker.queue;

import static io.millrace.broker.queue.QueueContents.NEVER;

import io.millrace.broker.exchange.Destination;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.queue.QueueOptions.Overflow;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue. Any thread may call any public method; all of them hand a task to the queue's mailbox,
 * and answers come on whichever thread runs it.
 *
 * <pre>
 *   published → waits ({@link QueueContents}) → out with a consumer → acknowledged: done
 *                 ↑                                 │  rejected, expired, too many: dead-lettered
 *                 └──────────── requeued ───────────┘
 * </pre>
 */
public final class MessageQueue implements Destination.Queue {

  private static final Duration FLUSH_AFTER = Duration.ofMillis(5);

  private final QueueDeclaration declaration;
  private final QueueOptions options;
  private final QueueHost host;
  private final Clock clock;
  private final Timer timer;
  private final Mailbox mailbox;
  private final @Nullable QueueLog log;

  private final QueueContents contents;
  private final QueueConsumers consumers;
  private final QueueExpiry expiry;
  private final MessageCounter counter = new MessageCounter();
  private int out;

  /** What messages take that are out and in no log. */
  private long outHeap;

  private boolean exclusiveConsumer;
  private boolean deleted;
  private boolean flushScheduled;
  private long wakeAt = NEVER;

  private volatile long readyFigure;
  private volatile long outFigure;
  private volatile int consumersFigure;
  private volatile long readyBytesFigure;
  private volatile long heapFigure;

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
    this.host = host;
    this.clock = clock;
    this.timer = timer;
    this.log = log;
    mailbox = log == null ? new Mailbox(declaration.name()) : log.mailbox();
    contents = new QueueContents(options, settings, log, clock);
    consumers = new QueueConsumers(options.singleActiveConsumer());
    expiry = new QueueExpiry(options.expiresMillis(), clock, timer);
    if (log != null) {
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

  /** Whether it is written down, and its messages too. */
  @Override
  public boolean isDurable() {
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

  /** What its messages take in memory, roughly, in bytes. */
  public long heapBytes() {
    return heapFigure;
  }

  /** Bytes of the bodies of the messages that wait. */
  public long readyBytes() {
    return readyBytesFigure;
  }

  /** How many consumers it has. */
  public int consumerCount() {
    return consumersFigure;
  }

  /** What it has handled since it was made, or since the node started. */
  public MessageCounts counts() {
    return counter.counts();
  }

  // ---- in ----

  /** Takes messages, in order; the list is the queue's from here on. */
  public void publish(List<Publication> batch) {
    mailbox.execute(
        () -> {
          if (deleted) {
            batch.forEach(each -> each.settle(true));
            return;
          }
          List<Publication> accepted = withinBounds(batch);
          counter.add(Count.PUBLISH, accepted.size());
          contents.add(accepted);
          dropHead();
          turn();
        });
  }

  /** Refuses what would be too many, where the queue is to refuse and not to drop. */
  private List<Publication> withinBounds(List<Publication> batch) {
    if (options.overflow() == Overflow.DROP_HEAD || !options.isBounded()) {
      return batch;
    }
    List<Publication> accepted = new ArrayList<>(batch.size());
    long count = contents.count();
    long bytes = contents.bodyBytes();
    for (Publication each : batch) {
      int bodyBytes = each.message().body().length;
      if (!options.isOver(count + 1, bytes + bodyBytes)) {
        accepted.add(each);
        count++;
        bytes += bodyBytes;
        continue;
      }
      if (options.overflow() == Overflow.REJECT_PUBLISH_DLX) {
        host.deadLetter(this, each.message(), DeathReason.MAXLEN, () -> {});
      }
      each.settle(false);
    }
    return accepted;
  }

  private void dropHead() {
    if (options.overflow() == Overflow.DROP_HEAD && options.isBounded()) {
      while (options.isOver(contents.count(), contents.bodyBytes())) {
        QueuedMessage oldest = contents.poll();
        if (oldest == null) {
          return;
        }
        giveUp(oldest, DeathReason.MAXLEN);
      }
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
      if (contents.isPaged()) {
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
            done.accept(refusal(Reason.NOT_FOUND, "no " + declaration.where()));
          } else if (exclusiveConsumer || (exclusive && consumers.size() > 0)) {
            done.accept(refusal(Reason.ACCESS_REFUSED, declaration.where() + " in exclusive use"));
          } else {
            exclusiveConsumer = exclusive;
            consumers.add(consumer);
            expiry.used();
            done.accept(null);
            turn();
          }
        });
  }

  /** Takes a consumer away; what it has stays out until it is settled. */
  public void cancel(QueueConsumer consumer, Runnable done) {
    mailbox.execute(
        () -> {
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
            counter.add(Count.GET_EMPTY, 1);
            done.accept(null, 0L);
          } else {
            QueuedMessage unused = contents.poll();
            done.accept(handOut(next, null, autoAcknowledge), contents.count());
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
    if (queued.offset < 0) {
      outHeap -= delivery.message().heapBytes();
    }
    switch (settlement) {
      case ACKNOWLEDGE -> {
        counter.add(Count.ACK, 1);
        contents.done(queued);
      }
      case REJECT -> {
        remember(delivery);
        giveUp(queued, DeathReason.REJECTED);
      }
      case REQUEUE -> {
        queued.redelivered = true;
        queued.returns++;
        remember(delivery);
        if (options.deliveryLimit() >= 0 && queued.returns > options.deliveryLimit()) {
          giveUp(queued, DeathReason.DELIVERY_LIMIT);
        } else if (!deleted) {
          contents.restore(queued);
        }
      }
    }
  }

  /** Takes the message back from its delivery, when it is in no log. */
  private static void remember(Delivery delivery) {
    QueuedMessage queued = delivery.queued;
    if (queued.offset < 0) {
      queued.message = delivery.message();
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
        QueuedMessage unused = contents.poll();
        consumer.add(handOut(next, consumer, consumer.autoAcknowledge()));
        next = nextLive();
      }
      consumers.flush();
      scheduleWake(next);
    }
    scheduleFlush();
    figure();
  }

  private void figure() {
    readyFigure = deleted ? 0 : contents.count();
    outFigure = out;
    consumersFigure = consumers.size();
    readyBytesFigure = deleted ? 0 : contents.bodyBytes();
    long heap = (deleted ? 0 : contents.heapBytes()) + outHeap;
    if (heap != heapFigure) {
      host.heapChanged(heap - heapFigure);
      heapFigure = heap;
    }
  }

  /** The next message, those that have waited too long being given up. */
  private @Nullable QueuedMessage nextLive() {
    while (true) {
      QueuedMessage next = contents.peek();
      if (next == null || next.expiresAtMillis == NEVER || next.expiresAtMillis > clock.millis()) {
        return next;
      }
      QueuedMessage unused = contents.poll();
      giveUp(next, DeathReason.EXPIRED);
    }
  }

  private Delivery handOut(
      QueuedMessage queued, @Nullable QueueConsumer consumer, boolean autoAcknowledge) {
    Message message = contents.messageOf(queued);
    boolean redelivered = contents.handOut(queued);
    count(consumer, autoAcknowledge, redelivered);
    if (autoAcknowledge) {
      contents.done(queued);
    } else {
      out++;
      if (queued.offset < 0) {
        // The delivery has it.
        queued.message = null;
        outHeap += message.heapBytes();
      }
    }
    return new Delivery(this, consumer, queued, message, redelivered);
  }

  private void count(
      @Nullable QueueConsumer consumer, boolean autoAcknowledge, boolean redelivered) {
    if (consumer == null) {
      counter.add(autoAcknowledge ? Count.GET_NO_ACK : Count.GET, 1);
    } else {
      counter.add(autoAcknowledge ? Count.DELIVER_NO_ACK : Count.DELIVER, 1);
    }
    if (redelivered) {
      counter.add(Count.REDELIVER, 1);
    }
  }

  /** Dead-letters a message; it stays in the log until those who get it have it. */
  private void giveUp(QueuedMessage queued, DeathReason reason) {
    if (options.deadLetterExchange() == null || deleted) {
      contents.done(queued);
      return;
    }
    host.deadLetter(
        this,
        contents.messageOf(queued),
        reason,
        () ->
            mailbox.execute(
                () -> {
                  contents.done(queued);
                  scheduleFlush();
                }));
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

  /** On the timer's thread: the queue may have been unused for too long. */
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
          done.accept(contents.count());
        });
  }

  /** Drops all messages that wait; the callback gets how many. */
  public void purge(Consumer<Long> done) {
    mailbox.execute(
        () -> {
          long count = 0;
          for (QueuedMessage each = contents.poll(); each != null; each = contents.poll()) {
            contents.done(each);
            count++;
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
            done.accept(0L, refusal(Reason.PRECONDITION_FAILED, declaration.where() + " in use"));
          } else if (ifEmpty && contents.count() > 0) {
            done.accept(
                0L, refusal(Reason.PRECONDITION_FAILED, declaration.where() + " not empty"));
          } else {
            long count = contents.count();
            deleted = true;
            if (log != null) {
              log.delete();
            }
            List<QueueConsumer> left = List.copyOf(consumers.all());
            left.forEach(consumers::remove);
            left.forEach(QueueConsumer::cancelled);
            figure();
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

  private static TopologyException refusal(Reason reason, String message) {
    return new TopologyException(reason, message);
  }
}
