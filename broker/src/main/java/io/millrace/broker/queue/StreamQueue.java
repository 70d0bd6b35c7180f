package io.millrace.broker.queue;

import io.millrace.broker.BrokerException;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.PartitionJournal;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue of the type stream: a partition's log, which each consumer reads from wherever it asks to
 * begin. Nothing is forgotten for having been read; an acknowledgement only makes room for the next
 * message. Any other client of the partition reads and writes the same records.
 *
 * <p>Records are appended in the partition's mailbox, and read in one of the stream's own, so that
 * a slow consumer keeps no producer waiting.
 */
final class StreamQueue extends MessageQueue {

  /** Of one consumer before the next one has its turn. */
  private static final int READS_AT_ONCE = 8;

  private static final Duration SOON = Duration.ofMillis(1);

  private final LogPartition partition;
  private final PartitionJournal journal;
  private final MessageRecordCodec codec;
  private final MessageAppender appender;
  private final Clock clock;
  private final Timer timer;
  private final List<StreamReader> readers = new ArrayList<>();
  private long out;
  private boolean waits;
  private boolean continues;

  StreamQueue(
      QueueDeclaration declaration,
      QueueOptions options,
      LogPartition partition,
      MessageRecordCodec codec,
      QueueHost host,
      Clock clock,
      Timer timer) {
    super(declaration, options, host, new Mailbox("stream " + declaration.name()), clock, timer);
    this.partition = partition;
    this.journal = partition.journal();
    this.codec = codec;
    this.clock = clock;
    this.timer = timer;
    appender = new MessageAppender(journal, codec, MessageRecordCodec.Bodies.OWN, clock);
    begin();
  }

  @Override
  public boolean isDurable() {
    return true;
  }

  @Override
  LogPartition partition() {
    return partition;
  }

  /** A stream keeps its records as long as it likes, and their bodies with them. */
  @Override
  public boolean sharesBodies() {
    return false;
  }

  // ---- in ----

  @Override
  public void publish(List<Publication> batch) {
    List<Message> messages = batch.stream().map(Publication::message).toList();
    journal
        .mailbox()
        .execute(
            () -> {
              counter().add(Count.PUBLISH, batch.size());
              appender.append(
                  messages,
                  (index, offset) -> {},
                  (first, after, failure) -> settle(batch, first, after, failure));
            });
  }

  private static void settle(
      List<Publication> batch, int first, int after, @Nullable BrokerException failure) {
    for (int i = first; i < after; i++) {
      batch.get(i).settle(failure == null);
    }
  }

  // ---- consumers ----

  @Override
  @Nullable TopologyException refusalOf(QueueConsumer consumer) {
    String where = declaration().where();
    if (consumer.isLimitedWithOthers()) {
      return new TopologyException(Reason.NOT_IMPLEMENTED, where + " does not support global qos");
    }
    if (consumer.prefetch() == 0) {
      return new TopologyException(
          Reason.PRECONDITION_FAILED, "consumer prefetch count is not set for stream " + where);
    }
    if (consumer.autoAcknowledge()) {
      return new TopologyException(
          Reason.NOT_IMPLEMENTED, "automatic acknowledgement not supported by stream " + where);
    }
    try {
      StreamFilter filter = StreamFilter.of(consumer.arguments(), where);
      StreamOffset offset = StreamOffset.of(consumer.arguments(), where, clock);
      assert filter != null && offset != null;
      return null;
    } catch (TopologyException e) {
      return e;
    }
  }

  @Override
  void attach(QueueConsumer consumer) {
    Map<String, Object> arguments = consumer.arguments();
    String where = declaration().where();
    readers.add(
        new StreamReader(
            this,
            consumer,
            new CommittedReader(
                partition,
                codec,
                StreamFilter.of(arguments, where),
                StreamOffset.of(arguments, where, clock).in(partition))));
  }

  @Override
  boolean detach(QueueConsumer consumer) {
    return readers.removeIf(each -> each.consumer().equals(consumer));
  }

  @Override
  List<QueueConsumer> consumers() {
    return readers.stream().map(StreamReader::consumer).toList();
  }

  // ---- out ----

  @Override
  void turn() {
    if (!isDeleted()) {
      boolean more = false;
      boolean isAnyAtEnd = false;
      for (StreamReader each : readers) {
        try {
          long read = each.advance(READS_AT_ONCE);
          counter().add(Count.DELIVER, read);
          out += read;
        } catch (BrokerException e) {
          // The topic has ended, and takes the stream with it.
          break;
        }
        isAnyAtEnd |= each.isAtEnd();
        more |= each.isHungry();
      }
      if (isAnyAtEnd && !waits) {
        await(partition.lastStableOffset());
      }
      if (more) {
        goOnSoon();
      }
    }
    figure(out, 0);
  }

  private void await(long end) {
    waits = true;
    Runnable unused =
        partition.whenStablePast(
            end,
            () ->
                mailbox()
                    .execute(
                        () -> {
                          waits = false;
                          // When the topic ends, all who wait are woken for nothing.
                          if (partition.lastStableOffset() > end) {
                            turn();
                          }
                        }));
  }

  /** Lets others go first. */
  private void goOnSoon() {
    if (!continues) {
      continues = true;
      timer.after(
          SOON,
          () ->
              Thread.ofVirtual()
                  .start(
                      () ->
                          mailbox()
                              .execute(
                                  () -> {
                                    continues = false;
                                    turn();
                                  })));
    }
  }

  @Override
  public void get(boolean autoAcknowledge, BiConsumer<@Nullable Delivery, Long> done) {
    throw notSupported("basic.get");
  }

  @Override
  void checkPurge() {
    throw notSupported("queue.purge");
  }

  private TopologyException notSupported(String method) {
    return new TopologyException(
        Reason.NOT_IMPLEMENTED,
        method + " not supported by stream queues " + declaration().where());
  }

  @Override
  public void settle(List<Delivery> deliveries, Settlement settlement) {
    mailbox()
        .execute(
            () -> {
              counter().add(Count.ACK, deliveries.size());
              for (Delivery each : deliveries) {
                out--;
                QueueConsumer consumer = each.consumer();
                if (consumer != null) {
                  consumer.settled();
                }
              }
              turn();
            });
  }

  // ---- the whole queue ----

  @Override
  long waiting() {
    return partition.highWatermark() - partition.startOffset();
  }

  @Override
  void flush() {
    // There is nothing to remember of those who read.
  }

  /** All is in the partition, and what is out is there too. */
  @Override
  QueueFigures whereMessagesAre() {
    return QueueFigures.NONE;
  }

  @Override
  long drop() {
    return 0;
  }

  @Override
  void erase() {
    // Its topic goes with it, or stays if it was there before.
  }

  @Override
  void end() {
    // As the partition does.
  }
}
