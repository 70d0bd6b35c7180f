package io.millrace.kafka.produce;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.kafka.produce.ProduceRequestDecoder.PartitionBatches;
import io.millrace.kafka.wire.ErrorCodes;
import io.millrace.log.AppendInfo;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One partition's share of a Produce request, and how it ended. Written by the thread that ends the
 * append, read after the operation has counted it.
 */
final class PartitionAppend implements Partition.AppendCallback {

  private final ProduceOperation operation;
  private final @Nullable Topic topic;
  private final PartitionBatches batches;
  private Errors error = Errors.NONE;
  private @Nullable String message;
  private long baseOffset = -1;
  private long appendTimeMillis = -1;

  PartitionAppend(ProduceOperation operation, @Nullable Topic topic, PartitionBatches batches) {
    this.operation = operation;
    this.topic = topic;
    this.batches = batches;
  }

  @Nullable Topic topic() {
    return topic;
  }

  PartitionBatches batches() {
    return batches;
  }

  Errors error() {
    return error;
  }

  @Nullable String message() {
    return message;
  }

  long baseOffset() {
    return baseOffset;
  }

  long appendTimeMillis() {
    return appendTimeMillis;
  }

  /** The first offset that can be read, or -1 after a failure. */
  long startOffset() {
    return topic == null || error != Errors.NONE
        ? -1
        : topic.partitions().get(batches.index()).startOffset();
  }

  void refuse(Errors reason, @Nullable String explanation) {
    error = reason;
    message = explanation;
    operation.ended();
  }

  @Override
  public void done(@Nullable AppendInfo info, @Nullable BrokerException failure) {
    if (info != null) {
      baseOffset = info.baseOffset();
      appendTimeMillis = info.logAppendTimeMillis();
    } else if (failure != null) {
      error = ErrorCodes.of(failure.error());
      message = failure.getMessage();
    } else {
      error = Errors.UNKNOWN_SERVER_ERROR;
    }
    operation.ended();
  }
}
