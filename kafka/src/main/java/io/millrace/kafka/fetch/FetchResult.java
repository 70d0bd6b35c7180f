package io.millrace.kafka.fetch;

import io.millrace.log.LogSlice;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What one partition has for a fetch. Owns its slice until it is sent or {@link #drop}ped.
 *
 * @param highWatermark -1 when unknown
 * @param startOffset -1 when unknown
 * @param records null for none
 */
record FetchResult(
    FetchPartition partition,
    Errors error,
    long highWatermark,
    long startOffset,
    @Nullable LogSlice records) {

  static FetchResult failed(FetchPartition partition, Errors error) {
    return new FetchResult(partition, error, -1, -1, null);
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
