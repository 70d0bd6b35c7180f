package io.millrace.broker.queue;

import static io.millrace.broker.queue.QueueContents.NEVER;

import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.topic.LogPartition;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue that hands each message to one consumer and forgets it once it is acknowledged: the types
 * classic and quorum.
 *
 * <pre>
 *   published → waits ({@link QueueContents}) → out with a consumer → acknowledged: done
 *                 ↑                                 │  rejected, expired, too many: dead-lettered
 *                 └──────────── requeued ───────────┘
 * </pre>
 */
final class WorkQueue extends MessageQueue {

  private static final Duration FLUSH_AFTER = Duration.ofMillis(5);

  private final Clock clock;
  private final Timer timer;
  private final @Nullable QueueLog log;

  private final QueueContents contents;
  private final LengthLimit limit;
  private final QueueConsumers consumers;
  private final DeadLetters deadLetters;
  private final WakeUp wakeUp;
  private final OutMessages out = new OutMessages();

  private boolean flushScheduled;

  /**
   * @param log null for a queue that does not outlive the node
   * @param tails where such a queue pages out to
   */
  WorkQueue(
      QueueDeclaration declaration,
      QueueOptions options,
      MessagingSettings settings,
      @Nullable QueueLog log,
      TransientTails tails,
      QueueHost host,
      Clock clock,
      Timer timer) {
    super(
        declaration,
        options,
        host,
        log == null ? new Mailbox(declaration.name()) : log.mailbox(),
        clock,
        timer);
    this.clock = clock;
    this.timer = timer;
    this.log = log;
    contents =
        new QueueContents(
            declaration.name(), options, settings, log, tails, host::isMemoryTight, clock);
    limit = new LengthLimit(options, contents);
    consumers = new QueueConsumers(options.singleActiveConsumer());
    wakeUp = new WakeUp(mailbox(), clock, timer, this::turn);
    deadLetters = new DeadLetters(this, contents, timer, this::scheduleFlush);
    if (log != null) {
      log.whenWritten(this::written);
      BodyCount.start(log, timer);
    }
    begin();
  }

  /** Whether it is written down, and its messages too. */
  @Override
  public boolean isDurable() {
    return log != null;
  }

  @Override
  @Nullable LogPartition partition() {
    return log == null ? null : log.partition();
  }

  @Override
  public boolean sharesBodies() {
    return log != null;
  }

  // ---- in ----

  @Override
  public void publish(List<Publication> batch) {
    mailbox()
        .execute(
            () -> {
              if (isDeleted()) {
                batch.forEach(each -> each.settle(true));
                return;
              }
              List<Publication> accepted = limit.within(batch, deadLetters::refuse);
              counter().add(Count.PUBLISH, accepted.size());
              contents.add(accepted);
              dropHead();
              turn();
            });
  }

  private void dropHead() {
    while (limit.dropsHead()) {
      QueuedMessage oldest = contents.poll();
      if (oldest == null) {
        return;
      }
      deadLetters.giveUp(oldest, DeathReason.MAXLEN);
    }
  }

  @Override
  void changed() {
    contents.change(options());
    limit.change(options());
    dropHead();
  }

  /** Somebody may have written to its topic. */
  private void written() {
    if (!isDeleted() && contents.isPaged()) {
      turn();
    }
  }

  // ---- consumers ----

  @Override
  @Nullable TopologyException refusalOf(QueueConsumer consumer) {
    return options().type() == QueueType.QUORUM && consumer.isLimitedWithOthers()
        ? new TopologyException(
            Reason.NOT_IMPLEMENTED, declaration().where() + " does not support global qos")
        : null;
  }

  @Override
  void attach(QueueConsumer consumer) {
    consumers.add(consumer);
  }

  @Override
  boolean detach(QueueConsumer consumer) {
    return consumers.remove(consumer);
  }

  @Override
  List<QueueConsumer> consumers() {
    return consumers.all();
  }

  // ---- out ----

  @Override
  public void get(boolean autoAcknowledge, BiConsumer<@Nullable Delivery, Long> done) {
    mailbox()
        .execute(
            () -> {
              used();
              QueuedMessage next = isDeleted() ? null : nextLive();
              if (next == null) {
                counter().add(Count.GET_EMPTY, 1);
                done.accept(null, 0L);
              } else {
                QueuedMessage unused = contents.poll();
                done.accept(handOut(next, null, autoAcknowledge), contents.count());
              }
              turn();
            });
  }

  @Override
  public void settle(List<Delivery> deliveries, Settlement settlement) {
    mailbox()
        .execute(
            () -> {
              for (Delivery each : deliveries) {
                settle(each, settlement);
              }
              turn();
            });
  }

  private void settle(Delivery delivery, Settlement settlement) {
    QueueConsumer consumer = delivery.consumer();
    if (consumer != null) {
      consumer.settled();
    }
    QueuedMessage queued = delivery.queued;
    out.remove(delivery);
    switch (settlement) {
      case ACKNOWLEDGE -> {
        counter().add(Count.ACK, 1);
        contents.done(queued);
      }
      case REJECT -> {
        remember(delivery);
        deadLetters.giveUp(queued, DeathReason.REJECTED);
      }
      case REQUEUE -> {
        queued.redelivered = true;
        queued.returns++;
        if (countsDeliveries()) {
          contents.countReturn(queued);
        }
        remember(delivery);
        if (cameBackTooOften(queued)) {
          deadLetters.giveUp(queued, DeathReason.DELIVERY_LIMIT);
        } else if (!isDeleted()) {
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

  @Override
  void turn() {
    if (!isDeleted()) {
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
      if (next != null) {
        wakeUp.at(next.expiresAtMillis);
      }
    }
    scheduleFlush();
    figure(out.count(), (isDeleted() ? 0 : contents.heapBytes()) + out.heapBytes());
  }

  /** The next message, those that have waited too long or came back too often being given up. */
  private @Nullable QueuedMessage nextLive() {
    while (true) {
      QueuedMessage next = contents.peek();
      if (next == null) {
        return null;
      }
      DeathReason reason = null;
      if (next.expiresAtMillis != NEVER && next.expiresAtMillis <= clock.millis()) {
        reason = DeathReason.EXPIRED;
      } else if (cameBackTooOften(next)) {
        // The last time was the end of the node.
        reason = DeathReason.DELIVERY_LIMIT;
      }
      if (reason == null) {
        return next;
      }
      QueuedMessage unused = contents.poll();
      deadLetters.giveUp(next, reason);
    }
  }

  private boolean cameBackTooOften(QueuedMessage queued) {
    int most = options().deliveryLimit();
    return most >= 0 && queued.returns > most;
  }

  /** Whether it is known after the end of the node how often messages came back. */
  private boolean countsDeliveries() {
    return options().type() == QueueType.QUORUM || options().deliveryLimit() >= 0;
  }

  private Delivery handOut(
      QueuedMessage queued, @Nullable QueueConsumer consumer, boolean autoAcknowledge) {
    Message message = counted(contents.messageOf(queued), queued);
    boolean redelivered = contents.handOut(queued, !autoAcknowledge && countsDeliveries());
    countOut(consumer, autoAcknowledge, redelivered);
    if (autoAcknowledge) {
      contents.done(queued);
    } else {
      out.add(queued, message);
      if (queued.offset < 0) {
        // The delivery has it.
        queued.message = null;
      }
    }
    return new Delivery(this, consumer, queued, message, redelivered);
  }

  /** With the count of deliveries that failed, where the type counts them. */
  private Message counted(Message message, QueuedMessage queued) {
    if (options().type() != QueueType.QUORUM || queued.returns == 0) {
      return message;
    }
    Map<String, Object> headers = new LinkedHashMap<>(message.headers());
    headers.put("x-delivery-count", (long) queued.returns);
    headers.put("x-acquired-count", (long) queued.returns);
    return message.with(headers);
  }

  // ---- time ----

  private void scheduleFlush() {
    if (log != null && log.isDirty() && !flushScheduled && !isDeleted()) {
      flushScheduled = true;
      timer.after(FLUSH_AFTER, () -> mailbox().execute(this::flush));
    }
  }

  @Override
  void flush() {
    flushScheduled = false;
    if (log != null && !isDeleted()) {
      log.flush();
    }
  }

  // ---- the whole queue ----

  @Override
  long waiting() {
    return contents.count();
  }

  @Override
  long waitingBytes() {
    return contents.bodyBytes();
  }

  @Override
  QueueFigures whereMessagesAre() {
    return contents.figures(out, deadLetters.held());
  }

  @Override
  long drop() {
    long count = contents.dropPagedOut();
    for (QueuedMessage each = contents.poll(); each != null; each = contents.poll()) {
      contents.done(each);
      count++;
    }
    return count;
  }

  @Override
  void erase() {
    if (log != null) {
      log.delete();
    }
    long unused = contents.dropPagedOut();
  }

  @Override
  void end() {
    if (log != null) {
      log.close();
    }
    long unused = contents.dropPagedOut();
  }
}
