package io.millrace.broker.queue;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Hands the records of one partition to what is bound to its topic's exchange, in order, each once
 * it is committed. How far it is, is journalled like a queue's cursor: a record counts as handed on
 * once all its queues have it as durably as they promise, so after a crash it may be handed on
 * again, and none is left out. Any thread may call it; all work is done in its mailbox.
 */
final class TopicPump {

  private static final int MOST_ON_THEIR_WAY = 1000;
  private static final int READS_AT_ONCE = 8;
  private static final Duration FLUSH_AFTER = Duration.ofMillis(50);
  private static final Duration SOON = Duration.ofMillis(1);
  private static final Duration WHEN_FULL = Duration.ofMillis(100);

  private final UUID id;
  private final Partition partition;
  private final CursorJournal cursors;
  private final Way way;
  private final Timer timer;
  private final Mailbox mailbox;
  private final CommittedReader reader;
  private final AckedOffsets handedOn;

  /** All before it has been handed on, is on its way, or is no message. */
  private long covered;

  private int onTheirWay;
  private boolean waits;
  private boolean continues;
  private boolean flushScheduled;
  private boolean ended;

  /** Where records go. */
  interface Way {

    /** Sends a record on; {@code taken} is called once, on any thread, when its queues have it. */
    void send(Message message, Runnable taken);

    /** Whether it has to wait, since memory is full. */
    boolean isFull();
  }

  /**
   * Takes up where it was, or begins at {@code start}.
   *
   * @param id under which it is known for good
   */
  TopicPump(
      UUID id,
      Partition partition,
      long start,
      CursorJournal cursors,
      MessageRecordCodec codec,
      Way way,
      Timer timer) {
    this.id = id;
    this.partition = partition;
    this.cursors = cursors;
    this.way = way;
    this.timer = timer;
    mailbox = new Mailbox("pump of " + partition.id());
    CursorJournal.@Nullable Stored stored = cursors.take(id);
    handedOn = new AckedOffsets(stored == null ? start : stored.floor);
    if (stored != null) {
      stored.chunks.forEach(handedOn::restore);
      handedOn.cutAt(partition.endOffset());
    }
    covered = handedOn.floor();
    reader = new CommittedReader(partition, codec, StreamFilter.ALL, covered);
    mailbox.execute(
        () -> {
          if (stored == null) {
            cursors.write(id, handedOn, 0);
          }
          turn();
        });
  }

  private void turn() {
    if (ended) {
      return;
    }
    try {
      for (int reads = 0; onTheirWay < MOST_ON_THEIR_WAY; ) {
        CommittedReader.Read next = reader.poll();
        if (next != null) {
          hand(next);
        } else if (way.isFull()) {
          goOnAfter(WHEN_FULL);
          return;
        } else if (!reader.hasMore()) {
          await();
          return;
        } else if (reads++ == READS_AT_ONCE) {
          goOnAfter(SOON);
          return;
        } else {
          reader.read();
          CommittedReader.Read first = reader.peek();
          cover(first == null ? reader.next() : first.offset());
        }
      }
    } catch (BrokerException e) {
      // The topic has ended, and so has this.
      ended = true;
    }
  }

  /** What lies before an offset and is no message is done with: markers, aborted records. */
  private void cover(long before) {
    for (; covered < before; covered++) {
      boolean unused = handedOn.add(covered);
    }
    scheduleFlush();
  }

  private void hand(CommittedReader.Read read) {
    cover(read.offset());
    covered = read.offset() + 1;
    if (handedOn.contains(read.offset())) {
      return;
    }
    onTheirWay++;
    way.send(
        read.message(),
        () ->
            mailbox.execute(
                () -> {
                  onTheirWay--;
                  boolean unused = handedOn.add(read.offset());
                  scheduleFlush();
                  turn();
                }));
  }

  private void await() {
    if (waits) {
      return;
    }
    waits = true;
    long end = partition.lastStableOffset();
    Runnable unused =
        partition.whenStablePast(
            end,
            () ->
                mailbox.execute(
                    () -> {
                      waits = false;
                      // When the topic ends, all who wait are woken for nothing.
                      if (partition.lastStableOffset() > end) {
                        turn();
                      }
                    }));
  }

  private void goOnAfter(Duration pause) {
    if (!continues) {
      continues = true;
      timer.after(
          pause,
          () ->
              Thread.ofVirtual()
                  .start(
                      () ->
                          mailbox.execute(
                              () -> {
                                continues = false;
                                turn();
                              })));
    }
  }

  private void scheduleFlush() {
    if (!flushScheduled) {
      flushScheduled = true;
      timer.after(FLUSH_AFTER, () -> mailbox.execute(this::flush));
    }
  }

  private void flush() {
    flushScheduled = false;
    if (!ended) {
      cursors.write(id, handedOn, 0);
    }
  }

  /** Ends it for good: nothing is bound to the exchange any more. */
  void forget() {
    mailbox.execute(
        () -> {
          if (!ended) {
            ended = true;
            handedOn.raise(Long.MAX_VALUE >>> 1);
            cursors.write(id, handedOn, 0);
            cursors.delete(id);
          }
        });
  }

  /** Writes down where it is, at the end of the node. */
  void close() {
    mailbox.execute(
        () -> {
          flush();
          ended = true;
        });
  }
}
