package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.topic.LogPartition;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue: what all types have in common, which is their consumers and their end. Any thread may
 * call any public method; all of them hand a task to the queue's mailbox, and answers come on
 * whichever thread runs it.
 */
public abstract sealed class MessageQueue implements Inbox permits WorkQueue, StreamQueue {

  private final QueueDeclaration declaration;
  private volatile QueueOptions options;
  private final QueueHost host;
  private final Mailbox mailbox;
  private final QueueExpiry expiry;
  private final MessageCounter counter = new MessageCounter();

  private boolean exclusiveConsumer;
  private boolean deleted;

  private volatile long readyFigure;
  private volatile long outFigure;
  private volatile int consumersFigure;
  private volatile @Nullable String singleActiveFigure;
  private volatile @Nullable String exclusiveFigure;
  private volatile long waitingBytesFigure;
  private volatile long heapFigure;

  MessageQueue(
      QueueDeclaration declaration,
      QueueOptions options,
      QueueHost host,
      Mailbox mailbox,
      Clock clock,
      Timer timer) {
    this.declaration = declaration;
    this.options = options;
    this.host = host;
    this.mailbox = mailbox;
    expiry = new QueueExpiry(options.expiresMillis(), clock, timer);
  }

  /** Begins to work; the last statement of a constructor. */
  final void begin() {
    mailbox.execute(
        () -> {
          expiry.used();
          expiry.schedule(this::expire);
          turn();
        });
  }

  @Override
  public final String name() {
    return declaration.name();
  }

  /** How it was declared. */
  public final QueueDeclaration declaration() {
    return declaration;
  }

  /** Takes other options, which hold from the next message on. */
  final void change(QueueOptions changed) {
    mailbox.execute(
        () -> {
          if (deleted || changed.equals(options)) {
            return;
          }
          options = changed;
          expiry.change(changed.expiresMillis());
          expiry.schedule(this::expire);
          changed();
          turn();
        });
  }

  /** What its arguments and policies mean. */
  public final QueueOptions options() {
    return options;
  }

  /** Messages that wait, as far as is known to any thread. */
  public final long readyCount() {
    return readyFigure;
  }

  /** Messages that are out with consumers. */
  public final long outCount() {
    return outFigure;
  }

  /** Bytes of the bodies of the messages that wait. */
  public final long readyBytes() {
    return waitingBytesFigure;
  }

  /** What its messages take in memory, roughly, in bytes. */
  public final long heapBytes() {
    return heapFigure;
  }

  /** What it has handled since it was made, or since the node started. */
  public final MessageCounts counts() {
    return counter.counts();
  }

  /** How many consumers it has. */
  public final int consumerCount() {
    return consumersFigure;
  }

  /** The tag of the single active consumer, where the queue has such a one; or null. */
  public final @Nullable String singleActiveConsumerTag() {
    return singleActiveFigure;
  }

  /** The tag of the consumer that has the queue for itself, or null. */
  public final @Nullable String exclusiveConsumerTag() {
    return exclusiveFigure;
  }

  // ---- what each type does in its own way; in the mailbox ----

  /** Hands out what there is to those who have room, and sees to what follows from the change. */
  abstract void turn();

  /** The options are others. */
  void changed() {}

  /** Why this consumer cannot be served, or null. */
  abstract @Nullable TopologyException refusalOf(QueueConsumer consumer);

  abstract void attach(QueueConsumer consumer);

  /** Takes a consumer away; false when it is none of this queue's. */
  abstract boolean detach(QueueConsumer consumer);

  /** The partition that it stands on; null when it has no history. Any thread. */
  abstract @Nullable LogPartition partition();

  /** Its consumers. */
  abstract List<QueueConsumer> consumers();

  /** How many messages wait. */
  abstract long waiting();

  /** Bytes of the bodies of the messages that wait, where they are known. */
  long waitingBytes() {
    return 0;
  }

  /** Writes down all that has been acknowledged. */
  abstract void flush();

  /** Where its messages are. */
  abstract QueueFigures whereMessagesAre();

  /** Drops all messages that wait, and returns how many. */
  abstract long drop();

  /** Refuses to drop messages where the type has no such thing. Any thread. */
  void checkPurge() {
    // Most have.
  }

  /** Lets go what is on disk, for good. */
  abstract void erase();

  /** Writes down the end of a clean run. */
  abstract void end();

  final QueueHost host() {
    return host;
  }

  final Mailbox mailbox() {
    return mailbox;
  }

  /** Counts messages; in the mailbox. */
  final MessageCounter counter() {
    return counter;
  }

  /** Counts a message that goes out. */
  final void countOut(
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

  final boolean isDeleted() {
    return deleted;
  }

  /** Somebody has asked for it. */
  final void used() {
    expiry.used();
  }

  /** Shows other threads what there is. */
  final void figure(long out, long heapBytes) {
    readyFigure = deleted ? 0 : waiting();
    waitingBytesFigure = deleted ? 0 : waitingBytes();
    outFigure = out;
    List<QueueConsumer> present = consumers();
    consumersFigure = present.size();
    String first = present.isEmpty() ? null : present.getFirst().tag();
    singleActiveFigure = options.singleActiveConsumer() ? first : null;
    exclusiveFigure = exclusiveConsumer ? first : null;
    if (heapBytes != heapFigure) {
      host.heapChanged(heapBytes - heapFigure);
      heapFigure = heapBytes;
    }
  }

  // ---- messages ----

  @Override
  public final void whenTaken(Runnable task) {
    mailbox.execute(task);
  }

  /**
   * Takes one message; the callback gets it, or null, and how many wait after it.
   *
   * @throws TopologyException with {@code NOT_IMPLEMENTED} when the type has no such thing
   */
  public abstract void get(boolean autoAcknowledge, BiConsumer<@Nullable Delivery, Long> done);

  /** Says what became of messages that were handed out; each once. */
  public abstract void settle(List<Delivery> deliveries, Settlement settlement);

  // ---- consumers ----

  /** Adds a consumer; {@code done} gets null, or why it is refused, before any message comes. */
  public final void consume(
      QueueConsumer consumer, boolean exclusive, Consumer<@Nullable TopologyException> done) {
    mailbox.execute(
        () -> {
          TopologyException refusal = refusalOf(consumer, exclusive);
          if (refusal != null) {
            done.accept(refusal);
            return;
          }
          exclusiveConsumer = exclusive;
          attach(consumer);
          expiry.used();
          done.accept(null);
          turn();
        });
  }

  private @Nullable TopologyException refusalOf(QueueConsumer consumer, boolean exclusive) {
    if (deleted) {
      return new TopologyException(Reason.NOT_FOUND, "no " + declaration.where());
    }
    if (exclusiveConsumer || (exclusive && !consumers().isEmpty())) {
      return new TopologyException(
          Reason.ACCESS_REFUSED, declaration.where() + " in exclusive use");
    }
    return refusalOf(consumer);
  }

  /** Takes a consumer away; what it has stays out until it is settled. */
  public final void cancel(QueueConsumer consumer, Runnable done) {
    mailbox.execute(
        () -> {
          if (detach(consumer)) {
            exclusiveConsumer = false;
            expiry.used();
            expiry.schedule(this::expire);
            if (declaration.autoDelete() && consumers().isEmpty() && !deleted) {
              host.outlived(this);
            }
          }
          done.run();
          turn();
        });
  }

  /** A consumer has room again. */
  public final void resume() {
    mailbox.execute(this::turn);
  }

  // ---- the whole queue ----

  /** On the timer's thread: the queue may have been unused for too long. */
  private void expire() {
    mailbox.execute(
        () -> {
          if (deleted || !consumers().isEmpty()) {
            return;
          }
          if (expiry.isDue()) {
            host.outlived(this);
          } else {
            expiry.schedule(this::expire);
          }
        });
  }

  /** Tells how many messages wait, once all that was acknowledged is written down. */
  public final void status(Consumer<Long> done) {
    mailbox.execute(
        () -> {
          flush();
          expiry.used();
          done.accept(waiting());
        });
  }

  /** Tells where its messages are. */
  public final void figures(Consumer<QueueFigures> done) {
    mailbox.execute(() -> done.accept(deleted ? QueueFigures.NONE : whereMessagesAre()));
  }

  /**
   * Drops all messages that wait; the callback gets how many.
   *
   * @throws TopologyException with {@code NOT_IMPLEMENTED} when the type has no such thing
   */
  public final void purge(Consumer<Long> done) {
    checkPurge();
    mailbox.execute(
        () -> {
          done.accept(drop());
          turn();
        });
  }

  /**
   * Ends the queue; the callback gets how many messages were dropped, or why it is refused.
   *
   * @param ifUnused refuse while there are consumers
   * @param ifEmpty refuse while messages wait
   */
  final void delete(
      boolean ifUnused, boolean ifEmpty, BiConsumer<Long, @Nullable TopologyException> done) {
    mailbox.execute(
        () -> {
          if (deleted) {
            done.accept(0L, null);
          } else if (ifUnused && !consumers().isEmpty()) {
            done.accept(0L, inTheWay("in use"));
          } else if (ifEmpty && waiting() > 0) {
            done.accept(0L, inTheWay("not empty"));
          } else {
            long count = waiting();
            deleted = true;
            erase();
            List<QueueConsumer> left = List.copyOf(consumers());
            for (QueueConsumer each : left) {
              boolean unused = detach(each);
            }
            left.forEach(QueueConsumer::cancelled);
            turn();
            done.accept(count, null);
          }
        });
  }

  private TopologyException inTheWay(String what) {
    return new TopologyException(Reason.PRECONDITION_FAILED, declaration.where() + " " + what);
  }

  /** Writes down where the queue is, at the end of the node. */
  final void close() {
    mailbox.execute(
        () -> {
          if (!deleted) {
            end();
          }
          deleted = true;
        });
  }
}
