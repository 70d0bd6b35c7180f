package io.millrace.broker.queue;

import io.millrace.broker.producer.AbortedTransactions;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.PartitionJournal;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.log.LogSlice;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What of a durable queue is on disk: the records of its partition, and which of them have been
 * acknowledged. Confined to the partition's mailbox, which is the queue's.
 */
final class QueueLog {

  private static final int READ_BYTES = 256 * 1024;
  private static final long TRIM_OFFSETS = 10_000;

  /** Handed-out offsets are written down so far ahead that it need not be done for each. */
  private static final long HANDED_OUT_AHEAD = 1024;

  private final UUID id;
  private final LogPartition partition;
  private final PartitionJournal journal;
  private final PartitionLog log;
  private final CursorJournal cursors;
  private final MessageRecordCodec codec;
  private final MessageAppender appender;
  private final Clock clock;
  private final long retainMillis;
  private final AckedOffsets acked;
  private final DeliveryCounts counts = new DeliveryCounts();
  private final BodyReferences references;
  private final long foundEnd;
  private final long foundHandedOut;
  private long handedOut;
  private long handedOutWritten;
  private long floorWritten;
  private long trimmedAt;

  /** Pointers to shared bodies have been counted in the records before it. */
  private long countedTo;

  private boolean ended;

  /** One record that was read. */
  record Read(long offset, long timestampMillis, @Nullable Message message) {}

  /**
   * Takes up what is on disk.
   *
   * @param retain how long records stay after they have been acknowledged
   */
  QueueLog(
      UUID id,
      LogPartition partition,
      CursorJournal cursors,
      MessageRecordCodec codec,
      Duration retain,
      Clock clock) {
    this.id = id;
    this.partition = partition;
    this.journal = partition.journal();
    this.log = journal.log();
    this.cursors = cursors;
    this.codec = codec;
    this.appender = new MessageAppender(journal, codec, MessageRecordCodec.Bodies.SHARED, clock);
    this.clock = clock;
    this.retainMillis = retain.toMillis();
    CursorJournal.Stored stored = cursors.take(id);
    foundEnd = log.endOffset();
    acked = new AckedOffsets(stored == null ? 0 : stored.floor);
    if (stored != null) {
      stored.chunks.forEach(acked::restore);
      handedOut = stored.handedOut;
    }
    // What was acknowledged before a power cut may lie after what is left.
    acked.cutAt(foundEnd);
    acked.raise(log.startOffset());
    if (stored != null) {
      counts.restore(stored, acked, foundEnd);
    }
    handedOut = Math.min(handedOut, foundEnd);
    foundHandedOut = handedOut;
    handedOutWritten = handedOut;
    floorWritten = acked.floor();
    trimmedAt = acked.floor();
    countedTo = acked.floor();
    references = codec.bodies().references(acked.floor() >= foundEnd);
  }

  Mailbox mailbox() {
    return journal.mailbox();
  }

  /** The partition, for those who want to be woken. */
  LogPartition partition() {
    return partition;
  }

  /** Runs a task in the mailbox whenever something was written, until the queue is no more. */
  void whenWritten(Runnable task) {
    long end = end();
    Runnable unused =
        partition.whenPast(
            end,
            () ->
                mailbox()
                    .execute(
                        () -> {
                          // When the topic is deleted, all who wait are woken for nothing.
                          if (!ended && partition.highWatermark() > end) {
                            whenWritten(task);
                            task.run();
                          }
                        }));
  }

  /** The first offset that is not acknowledged. */
  long floor() {
    return acked.floor();
  }

  /** Offset of the next record. */
  long end() {
    return log.endOffset();
  }

  /**
   * Offset up to which messages may be handed out: where the first transaction begins that has not
   * ended, or the end.
   */
  long decidedEnd() {
    return journal.decidedEnd();
  }

  /** Records from the floor on that are not acknowledged. */
  long unacknowledged() {
    return log.endOffset() - acked.floor() - acked.countAbove();
  }

  /** Records in the log, acknowledged ones included. */
  long records() {
    return log.endOffset() - log.startOffset();
  }

  /** Bytes of the log. */
  long sizeBytes() {
    return log.sizeBytes();
  }

  /** Whether that record was acknowledged. */
  boolean isAcked(long offset) {
    return acked.contains(offset);
  }

  /** Whether the record was there when the node started. */
  boolean isFromBefore(long offset) {
    return offset < foundEnd;
  }

  /** Whether somebody may have got that record before the node started. */
  boolean wasHandedOut(long offset) {
    return offset < foundHandedOut;
  }

  /** As {@link MessageAppender#append}. */
  void append(
      List<Message> messages, MessageAppender.Written written, MessageAppender.Durable durable) {
    appender.append(
        messages,
        (index, offset) -> {
          SharedBody shared = messages.get(index).shared();
          if (shared != null) {
            references.add(shared);
          }
          written.at(index, offset);
        },
        durable);
  }

  /** Told of what lies in the log, in order. */
  interface Reading {

    /** A record. */
    void record(Read read);

    /** Offsets without a message: of markers, aborted transactions, or what has been deleted. */
    void nothing(long from, long before);
  }

  /**
   * Reads records from an offset on, {@link #decidedEnd} at most, and returns the offset after the
   * last one.
   *
   * @param most how many at most
   */
  long read(long from, int most, Reading to) {
    long limit = journal.decidedEnd();
    long start = log.startOffset();
    if (from < start) {
      to.nothing(from, Math.min(start, limit));
      return Math.min(start, limit);
    }
    AbortedTransactions.View aborted = partition.abortedTransactions();
    long next = from;
    int count = 0;
    try (RecordCursor cursor = RecordCursor.create();
        LogSlice slice = log.read(from, READ_BYTES, limit)) {
      ByteBuffer bytes = ByteBuffer.allocate(slice.length());
      slice.copyTo(bytes);
      bytes.flip();
      cursor.reset(bytes, from);
      while (count < most && cursor.next()) {
        long offset = cursor.offset();
        if (offset > next) {
          to.nothing(next, offset);
        }
        next = offset + 1;
        if (CommittedReader.isAborted(aborted, bytes, cursor)) {
          to.nothing(offset, next);
        } else {
          to.record(new Read(offset, cursor.timestampMillis(), codec.decode(cursor)));
          count++;
        }
      }
      if (count == most) {
        return next;
      }
      long end = slice.length() == 0 ? limit : RecordBatchView.endOffset(bytes);
      if (end > next) {
        to.nothing(next, end);
      }
      return Math.max(next, end);
    }
  }

  /** Reads one record; null when it is not there any more. */
  @Nullable Message read(long offset) {
    if (offset < log.startOffset()) {
      return null;
    }
    try (RecordCursor cursor = RecordCursor.create();
        LogSlice slice = log.read(offset, 1, log.endOffset())) {
      ByteBuffer bytes = ByteBuffer.allocate(slice.length());
      slice.copyTo(bytes);
      cursor.reset(bytes.flip(), offset);
      return cursor.next() && cursor.offset() == offset ? codec.decode(cursor) : null;
    }
  }

  /** Notes that a record is done. {@link #flush} writes it down. */
  void acknowledge(long offset, @Nullable SharedBody shared) {
    if (acked.add(offset) && shared != null) {
      references.remove(shared);
    }
    counts.done(offset);
  }

  /** How often deliveries fail, where the queue counts them. */
  DeliveryCounts counts() {
    return counts;
  }

  /** A record that was there when the node started has been found to wait. */
  void found(Read read) {
    Message message = read.message();
    if (isFromBefore(read.offset())
        && read.offset() >= countedTo
        && message != null
        && message.shared() != null) {
      references.add(message.shared());
    }
  }

  /** All records before an offset have been looked at. */
  void lookedAtTo(long offset) {
    countedTo = Math.max(countedTo, offset);
    if (countedTo >= foundEnd) {
      references.completed();
    }
  }

  /** Whether it is known which shared bodies are pointed to, or the queue is no more. */
  boolean isCounted() {
    return ended || countedTo >= foundEnd;
  }

  /** Looks at some more records that were there when the node started. */
  void countSome() {
    if (isCounted()) {
      return;
    }
    long from = Math.max(countedTo, log.startOffset());
    long next;
    try (RecordCursor cursor = RecordCursor.create();
        LogSlice slice = log.read(from, READ_BYTES, foundEnd)) {
      ByteBuffer bytes = ByteBuffer.allocate(slice.length());
      slice.copyTo(bytes);
      bytes.flip();
      cursor.reset(bytes, from);
      while (cursor.next() && cursor.offset() < foundEnd) {
        SharedBody shared = acked.contains(cursor.offset()) ? null : codec.sharedBody(cursor);
        if (shared != null) {
          references.add(shared);
        }
      }
      next = slice.length() == 0 ? foundEnd : RecordBatchView.endOffset(bytes);
    }
    lookedAtTo(next);
  }

  /** The queue is no more. */
  void delete() {
    ended = true;
    // Leaves nothing behind in the journal.
    acked.raise(log.endOffset());
    counts.clear();
    write();
    codec.bodies().forget(references);
  }

  /** Notes that all records before an offset are done, but for those that are handed out. */
  void handOut(long offset) {
    if (offset >= handedOut) {
      handedOut = offset + 1;
      if (handedOut > handedOutWritten) {
        handedOutWritten = handedOut + HANDED_OUT_AHEAD;
        write();
      }
    }
  }

  /** Whether there is something to write down. */
  boolean isDirty() {
    return acked.floor() != floorWritten || acked.hasChanged() || counts.hasChanged();
  }

  /** Writes down what has been acknowledged, and sets free what nobody needs. */
  void flush() {
    if (isDirty()) {
      write();
      if (acked.floor() - trimmedAt >= TRIM_OFFSETS) {
        trim();
      }
    }
  }

  private void write() {
    floorWritten = acked.floor();
    cursors.write(
        id, acked, Math.min(handedOutWritten, log.endOffset() + HANDED_OUT_AHEAD), counts);
  }

  private void trim() {
    trimmedAt = acked.floor();
    long before = Math.min(acked.floor(), log.highWatermark());
    if (retainMillis > 0) {
      long kept =
          log.firstAtOrAfter(clock.millis() - retainMillis)
              .map(found -> found.offset())
              .orElse(before);
      before = Math.min(before, kept);
    }
    if (before > log.startOffset()) {
      log.advanceStartOffset(before);
      long unused = log.clean();
    }
  }

  /** Writes down the end of a clean run. */
  void close() {
    ended = true;
    handedOutWritten = handedOut;
    write();
  }
}
