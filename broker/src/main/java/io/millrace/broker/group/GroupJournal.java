package io.millrace.broker.group;

import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupCoordinator.TransactionalCommit;
import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.core.Clock;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a shard's records, has them applied, and holds answers back until all that they rest on is
 * durable. Confined to the shard's mailbox.
 */
final class GroupJournal {

  /** Where the records go. */
  interface Storage {

    /**
     * Appends a batch.
     *
     * @return the offset after it
     * @throws BrokerException when nothing of it was appended
     */
    long append(ByteBuffer batch);

    /**
     * Appends a batch as part of a producer's transaction.
     *
     * @param vouched see {@link io.millrace.broker.topic.Partition#appendVouched}
     */
    long appendTransactional(ByteBuffer batch, long producerId, short epoch, long vouched);

    /** Calls {@code then} once all before {@code offset} is durable; in the shard's mailbox. */
    void whenDurable(long offset, Consumer<@Nullable BrokerException> then);
  }

  private static final int MOST_BATCH_BYTES = 512 * 1024;

  private final Storage storage;
  private final Consumer<GroupRecord> apply;
  private final Clock clock;
  private final RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
  private final Queue<Held<?>> held = new ArrayDeque<>();
  private long end;
  private long durable;
  private @Nullable BrokerException broken;

  /** An answer that waits. */
  private record Held<T>(long offset, CompletableFuture<T> answer, @Nullable T value) {

    void release() {
      answer.complete(value);
    }
  }

  GroupJournal(Storage storage, Consumer<GroupRecord> apply, Clock clock) {
    this.storage = storage;
    this.apply = apply;
    this.clock = clock;
  }

  /**
   * Appends records and applies them.
   *
   * @throws BrokerException when the disk refuses; the state has then not changed, or only by whole
   *     batches from the front
   */
  void write(List<? extends GroupRecord> records) {
    if (broken != null) {
      throw broken;
    }
    int first = 0;
    for (int i = 0; i < records.size(); i++) {
      GroupRecord record = records.get(i);
      builder.add(
          clock.millis(), GroupRecordCodec.key(record), GroupRecordCodec.value(record), List.of());
      if (builder.sizeBytes() >= MOST_BATCH_BYTES || i == records.size() - 1) {
        append(records.subList(first, i + 1));
        first = i + 1;
      }
    }
  }

  private void append(List<? extends GroupRecord> records) {
    appended(storage.append(builder.build()), records);
  }

  /**
   * Appends offsets that count once their producer's transaction is committed, as one batch.
   *
   * @throws BrokerException when they must not be appended or the disk refuses
   */
  void writeTransactional(
      List<OffsetCommitted> offsets, TransactionalCommit by, PendingOffsets pending) {
    if (broken != null) {
      throw broken;
    }
    builder.producer(by.producerId(), by.epoch(), -1).transactional();
    for (OffsetCommitted offset : offsets) {
      builder.add(
          clock.millis(), GroupRecordCodec.key(offset), GroupRecordCodec.value(offset), List.of());
    }
    long after =
        storage.appendTransactional(builder.build(), by.producerId(), by.epoch(), by.vouched());
    offsets.forEach(offset -> pending.add(by.producerId(), offset));
    appended(after, List.of());
  }

  private void appended(long after, List<? extends GroupRecord> records) {
    end = after;
    records.forEach(apply);
    storage.whenDurable(
        after,
        failure -> {
          if (failure == null) {
            durableUpTo(after);
          } else {
            broke(failure);
          }
        });
  }

  /** Completes the answer once everything written so far is durable. */
  <T> void answer(CompletableFuture<T> answer, @Nullable T value) {
    if (broken != null) {
      answer.completeExceptionally(broken);
    } else if (durable >= end) {
      answer.complete(value);
    } else {
      held.add(new Held<>(end, answer, value));
    }
  }

  private void durableUpTo(long offset) {
    durable = Math.max(durable, offset);
    while (!held.isEmpty() && held.element().offset <= durable) {
      held.remove().release();
    }
  }

  /** What was applied may not be there after a restart, so nobody may rely on it any more. */
  private void broke(BrokerException failure) {
    broken = failure;
    while (!held.isEmpty()) {
      held.remove().answer.completeExceptionally(failure);
    }
  }
}
