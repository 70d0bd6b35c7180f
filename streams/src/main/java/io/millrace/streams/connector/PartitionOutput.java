package io.millrace.streams.connector;

import io.millrace.broker.topic.TopicPartition;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.streams.operator.JobException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be appended to one partition: finished batches and the one under construction, with
 * the producer's sequence numbers. Confined to the job's thread.
 */
final class PartitionOutput {

  /** A record's bytes beside its key and value, at most. */
  private static final int RECORD_OVERHEAD_BYTES = 64;

  /** A batch is ended at this size, so that consumers need not take megabytes at once. */
  private static final int USUAL_BATCH_BYTES = 256 * 1024;

  private final TopicPartition partition;
  private final long producerId;
  private final int maxBatchBytes;
  private final RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
  private List<OutgoingBatch> finished = new ArrayList<>();
  private int nextSequence;
  private long finishedBytes;

  PartitionOutput(TopicPartition partition, long producerId, int maxBatchBytes, int nextSequence) {
    this.partition = partition;
    this.producerId = producerId;
    this.maxBatchBytes = maxBatchBytes;
    this.nextSequence = nextSequence;
  }

  PartitionOutput withNextSequence(int sequence) {
    return new PartitionOutput(partition, producerId, maxBatchBytes, sequence);
  }

  int nextSequence() {
    return nextSequence;
  }

  long pendingBytes() {
    return finishedBytes + (builder.count() == 0 ? 0 : builder.sizeBytes());
  }

  /** Adds a record; returns true when that ended the batch before it. */
  boolean add(long timestampMillis, @Nullable ByteBuffer key, @Nullable ByteBuffer value) {
    int bytes = RECORD_OVERHEAD_BYTES + remaining(key) + remaining(value);
    boolean ended = false;
    if (builder.count() > 0
        && builder.sizeBytes() + bytes > Math.min(USUAL_BATCH_BYTES, maxBatchBytes)) {
      endBatch();
      ended = true;
    }
    if (builder.count() == 0) {
      builder.producer(producerId, (short) 0, nextSequence);
    }
    builder.add(timestampMillis, key, value, List.of());
    if (builder.count() == 1 && builder.sizeBytes() > maxBatchBytes) {
      throw new JobException(
          "A row for topic "
              + partition.topic()
              + " takes "
              + builder.sizeBytes()
              + " bytes, and the topic's max.message.bytes is "
              + maxBatchBytes);
    }
    return ended;
  }

  private static int remaining(@Nullable ByteBuffer buffer) {
    return buffer == null ? 0 : buffer.remaining();
  }

  private void endBatch() {
    nextSequence = (nextSequence + builder.count()) & Integer.MAX_VALUE;
    ByteBuffer bytes = builder.build();
    finishedBytes += bytes.remaining();
    finished.add(new OutgoingBatch(partition, bytes));
  }

  /** Ends the batch under construction, and hands all over. */
  void drainTo(List<OutgoingBatch> target) {
    if (builder.count() > 0) {
      endBatch();
    }
    target.addAll(finished);
    finished = new ArrayList<>();
    finishedBytes = 0;
  }
}
