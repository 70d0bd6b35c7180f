package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.PartitionJournal;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The partition of {@code __consumer_offsets} under a shard, which shares its mailbox. */
final class GroupStorage implements GroupJournal.Storage {

  private final PartitionJournal journal;

  GroupStorage(PartitionJournal journal) {
    this.journal = journal;
  }

  @Override
  public long append(ByteBuffer batch) {
    try {
      return journal.append(batch);
    } catch (BrokerException e) {
      throw unavailable(e);
    }
  }

  @Override
  public long appendTransactional(ByteBuffer batch, long producerId, short epoch, long vouched) {
    try {
      return journal.appendTransactional(batch, producerId, epoch, vouched);
    } catch (BrokerException e) {
      if (e.error() == BrokerError.INVALID_PRODUCER_EPOCH
          || e.error() == BrokerError.INVALID_TRANSACTION_STATE) {
        throw e;
      }
      throw unavailable(e);
    }
  }

  @Override
  public void whenDurable(long offset, Consumer<@Nullable BrokerException> then) {
    journal.whenDurable(
        offset, failure -> then.accept(failure == null ? null : unavailable(failure)));
  }

  /** Whatever is wrong with the disk, to members it means: try again. */
  private static BrokerException unavailable(BrokerException e) {
    return new BrokerException(
        BrokerError.COORDINATOR_NOT_AVAILABLE, "groups cannot be stored: " + e.getMessage());
  }
}
