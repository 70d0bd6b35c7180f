package io.millrace.broker.group;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.LogPartition;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The partition of {@code __consumer_offsets} under a shard, which shares its mailbox. */
final class GroupStorage implements GroupJournal.Storage {

  private final LogPartition partition;

  GroupStorage(LogPartition partition) {
    this.partition = partition;
  }

  @Override
  public long append(ByteBuffer batch) {
    return partition.appendOwn(batch);
  }

  @Override
  public void whenDurable(long offset, Consumer<@Nullable BrokerException> then) {
    partition.whenDurable(offset, then);
  }
}
