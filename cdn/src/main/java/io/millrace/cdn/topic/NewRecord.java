package io.millrace.cdn.topic;

import io.millrace.log.batch.RecordBatchBuilder.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record to be written. The arrays belong to it.
 *
 * @param partition to go to; -1 to have it chosen by the key
 * @param timestampMillis since the Unix epoch; -1 for now
 */
@SuppressWarnings("ArrayRecordComponent") // made once, written once, never compared
record NewRecord(
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<RecordHeader> headers,
    int partition,
    long timestampMillis) {}
