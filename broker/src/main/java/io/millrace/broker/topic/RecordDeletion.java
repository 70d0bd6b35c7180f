package io.millrace.broker.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.log.LogConfig;
import io.millrace.log.PartitionLog;
import java.util.function.Supplier;

/**
 * A deletion of a partition's oldest records, as DeleteRecords asks for it: a task of the
 * partition's mailbox, as {@link PartitionAppend} is. Its result is the log's start offset after.
 */
final class RecordDeletion implements Supplier<Long> {

  /** Stands for the high watermark. */
  private static final long ALL = -1;

  private final LogPartition partition;
  private final long offset;

  RecordDeletion(LogPartition partition, long offset) {
    this.partition = partition;
    this.offset = offset;
  }

  @Override
  public Long get() {
    partition.checkOpen();
    if (partition.settings().log().cleanup() == LogConfig.Cleanup.COMPACT) {
      throw new BrokerException(
          BrokerError.POLICY_VIOLATION,
          "records of "
              + partition.id()
              + " cannot be deleted by offset: its cleanup.policy is compact; allowed:"
              + " delete, or compact,delete");
    }
    PartitionLog log = partition.log();
    long highWatermark = log.highWatermark();
    long before = offset == ALL ? highWatermark : offset;
    if (before < 0 || before > highWatermark) {
      throw new BrokerException(
          BrokerError.OFFSET_OUT_OF_RANGE,
          "records of "
              + partition.id()
              + " cannot be deleted before offset "
              + before
              + "; allowed: up to "
              + highWatermark
              + ", or -1");
    }
    partition.keepProducersBefore(before);
    LogRefusal.naming(
        () -> {
          log.advanceStartOffset(before);
          return before;
        });
    return log.startOffset();
  }
}
