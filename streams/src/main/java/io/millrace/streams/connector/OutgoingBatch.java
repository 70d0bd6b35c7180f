package io.millrace.streams.connector;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.log.AppendInfo;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A record batch on its way into a partition. The job's thread owns it, but for the answer, which
 * the broker's thread sets.
 */
public final class OutgoingBatch {

  private final TopicPartition partition;
  private final ByteBuffer bytes;
  private volatile @Nullable Answer answer;

  /** How an append ended; a null failure is success, whose place is known unless it was a copy. */
  record Answer(@Nullable AppendInfo info, @Nullable BrokerException failure) {}

  /** A whole batch between position and limit, which is changed in place when it is appended. */
  public OutgoingBatch(TopicPartition partition, ByteBuffer bytes) {
    this.partition = partition;
    this.bytes = bytes;
  }

  /** Where it goes. */
  public TopicPartition partition() {
    return partition;
  }

  /** The batch; a view of its own, so that positions may be moved. */
  public ByteBuffer bytes() {
    return bytes.duplicate();
  }

  /** Offset of its first record, or -1 while that is not known. */
  public long baseOffset() {
    Answer given = answer;
    AppendInfo info = given == null ? null : given.info();
    return info == null ? -1 : info.baseOffset();
  }

  @Nullable Answer answer() {
    return answer;
  }

  void setAnswer(@Nullable Answer answer) {
    this.answer = answer;
  }

  boolean isAcknowledged() {
    Answer given = answer;
    return given != null && given.failure() == null;
  }
}
