package io.millrace.kafka.share;

import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.share.AcquiredRecords;
import io.millrace.log.LogSlice;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What one partition has for a share fetch. Owns its slice until it is sent or {@link #drop}ped.
 *
 * @param acknowledged how the acknowledgements that came along ended
 * @param records null for none
 */
record ShareFetchResult(
    TopicIdPartition partition,
    Errors error,
    @Nullable String message,
    Acknowledgements.Outcome acknowledged,
    List<AcquiredRecords> acquired,
    @Nullable LogSlice records) {

  static ShareFetchResult failed(
      TopicIdPartition partition, Errors error, @Nullable String message) {
    return new ShareFetchResult(
        partition, error, message, Acknowledgements.Outcome.NONE, List.of(), null);
  }

  static ShareFetchResult empty(TopicIdPartition partition) {
    return failed(partition, Errors.NONE, null);
  }

  ShareFetchResult with(Acknowledgements.Outcome outcome) {
    return new ShareFetchResult(partition, error, message, outcome, acquired, records);
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
