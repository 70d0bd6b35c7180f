package io.millrace.kafka.fetch;

import io.millrace.broker.producer.AbortedTransactions;
import io.millrace.broker.topic.Partition;
import io.millrace.log.LogSlice;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What one partition has for a fetch. Owns its slice until it is sent or {@link #drop}ped.
 *
 * @param source where it was read, or null when there is no such partition or it may not be read
 * @param highWatermark -1 when unknown
 * @param lastStableOffset -1 when unknown
 * @param startOffset -1 when unknown
 * @param aborted the index of aborted transactions, for a reader of committed records that gets
 *     some; else null
 * @param records null for none
 */
record FetchResult(
    FetchPartition partition,
    @Nullable Partition source,
    Errors error,
    long highWatermark,
    long lastStableOffset,
    long startOffset,
    AbortedTransactions.@Nullable View aborted,
    @Nullable LogSlice records) {

  static FetchResult failed(FetchPartition partition, Errors error) {
    return new FetchResult(partition, null, error, -1, -1, -1, null, null);
  }

  /** Without records. */
  static FetchResult empty(
      FetchPartition partition,
      @Nullable Partition source,
      Errors error,
      long highWatermark,
      long lastStable,
      long start) {
    return new FetchResult(partition, source, error, highWatermark, lastStable, start, null, null);
  }

  /** With records, and what is to be told about them. */
  FetchResult with(AbortedTransactions.@Nullable View index, LogSlice slice) {
    return new FetchResult(
        partition, source, error, highWatermark, lastStableOffset, startOffset, index, slice);
  }

  /** The same without its records. */
  FetchResult refused(Errors reason) {
    return empty(partition, source, reason, highWatermark, lastStableOffset, startOffset);
  }

  /** The offset that a reader may not read past. */
  long limit(boolean readCommitted) {
    return readCommitted ? lastStableOffset : highWatermark;
  }

  /** True when the client does not know the offsets yet. */
  boolean isNews() {
    return partition.isNews(highWatermark, lastStableOffset, startOffset);
  }

  /** The client will know the offsets. */
  void told() {
    partition.told(highWatermark, lastStableOffset, startOffset);
  }

  int recordBytes() {
    return records == null ? 0 : records.length();
  }

  void drop() {
    if (records != null) {
      records.close();
    }
  }
}
