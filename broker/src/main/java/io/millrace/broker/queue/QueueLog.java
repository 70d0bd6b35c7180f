package io.millrace.broker.queue;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.PartitionJournal;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.log.LogSlice;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What of a durable queue is on disk: the records of its partition, and which of them have been
 * acknowledged. Confined to the partition's mailbox, which is the queue's.
 */
final class QueueLog {

  private static final int MOST_BATCH_BYTES = 256 * 1024;
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
  private final Clock clock;
  private final long retainMillis;
  private final AckedOffsets acked;
  private final BodyReferences references;
  private final long foundEnd;
  private final long foundHandedOut;
  private long handedOut;
  private long handedOutWritten;
  private long floorWritten;
  private long trimmedAt;

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
    handedOut = Math.min(handedOut, foundEnd);
    foundHandedOut = handedOut;
    handedOutWritten = handedOut;
    floorWritten = acked.floor();
    trimmedAt = acked.floor();
    references = codec.bodies().references(acked.floor() >= foundEnd);
  }

  Mailbox mailbox() {
    return journal.mailbox();
  }

  /** The partition, for those who want to be woken. */
  LogPartition partition() {
    return partition;
  }

  /** The first offset that is not acknowledged. */
  long floor() {
    return acked.floor();
  }

  /** Offset of the next record. */
  long end() {
    return log.endOffset();
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

  /**
   * Appends messages.
   *
   * @param written told of each one's offset, in order
   * @param durable told once for each batch that was made of them, and of those that the disk
   *     refuses, which {@code written} is not told of
   */
  void append(List<Message> messages, Written written, Durable durable) {
    int index = 0;
    while (index < messages.size()) {
      RecordBatchBuilder batch = RecordBatchBuilder.create(Compression.NONE);
      long now = clock.millis();
      int first = index;
      do {
        codec.add(batch, now, messages.get(index++));
      } while (index < messages.size() && batch.sizeBytes() < MOST_BATCH_BYTES);
      int after = index;
      long end;
      try {
        end = journal.append(batch.build());
      } catch (BrokerException e) {
        durable.durable(first, messages.size(), e);
        return;
      }
      for (int i = first; i < after; i++) {
        SharedBody shared = messages.get(i).shared();
        if (shared != null) {
          references.add(shared);
        }
        written.at(i, end - after + i);
      }
      journal.whenDurable(end, failure -> durable.durable(first, after, failure));
    }
  }

  /** Told where a message went. */
  interface Written {
    void at(int index, long offset);
  }

  /** Told that messages are as durable as the queue promises, or why not. In the mailbox. */
  interface Durable {
    void durable(int first, int after, @Nullable BrokerException failure);
  }

  /**
   * Reads records from an offset on, and returns the offset after the last one.
   *
   * @param most how many at most
   */
  long read(long from, int most, Consumer<Read> to) {
    long next = from;
    int count = 0;
    try (RecordCursor cursor = RecordCursor.create();
        LogSlice slice = log.read(from, READ_BYTES, log.endOffset())) {
      if (slice.length() == 0) {
        return log.endOffset();
      }
      ByteBuffer bytes = ByteBuffer.allocate(slice.length());
      slice.copyTo(bytes);
      cursor.reset(bytes.flip(), from);
      while (count < most && cursor.next()) {
        to.accept(new Read(cursor.offset(), cursor.timestampMillis(), codec.decode(cursor)));
        next = cursor.offset() + 1;
        count++;
      }
      return count < most ? Math.max(next, slice.offsetBound()) : next;
    }
  }

  /** Reads one record; null when it is not there any more. */
  @Nullable Message read(long offset) {
    Message[] found = new Message[1];
    long unused =
        read(
            offset,
            1,
            each -> {
              if (each.offset() == offset) {
                found[0] = each.message();
              }
            });
    return found[0];
  }

  /** Notes that a record is done. {@link #flush} writes it down. */
  void acknowledge(long offset, @Nullable SharedBody shared) {
    if (acked.add(offset) && shared != null) {
      references.remove(shared);
    }
  }

  /** A record that was there when the node started has been found to wait. */
  void found(Read read) {
    Message message = read.message();
    if (isFromBefore(read.offset()) && message != null && message.shared() != null) {
      references.add(message.shared());
    }
  }

  /** All records before an offset have been looked at. */
  void lookedAtTo(long offset) {
    if (offset >= foundEnd) {
      references.completed();
    }
  }

  /** The queue is no more. */
  void delete() {
    // Leaves no chunk behind in the journal.
    acked.raise(log.endOffset());
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
    return acked.floor() != floorWritten || acked.hasChanged();
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
    cursors.write(id, acked, Math.min(handedOutWritten, log.endOffset() + HANDED_OUT_AHEAD));
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
    handedOutWritten = handedOut;
    write();
  }
}
