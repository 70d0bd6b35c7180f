package io.millrace.broker.topic;

import io.millrace.broker.BrokerException;
import io.millrace.log.AppendInfo;
import io.millrace.log.EpochEnd;
import io.millrace.log.LogSlice;
import io.millrace.log.TimestampOffset;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One partition: a log, its leader epoch, the idempotent producers that write to it, and those who
 * wait for its next record. Any thread may call any method; appends are brought into one order by
 * the partition's mailbox.
 */
public interface Partition {

  /** Its name. */
  TopicPartition id();

  /** The epoch in which this node leads it. */
  int leaderEpoch();

  /**
   * Appends whole batches in Kafka's format 2; checks idempotent producers' sequences.
   *
   * @param batches changed in place (offsets, epoch); must stay untouched by the caller until
   *     {@code done} is called
   * @param acks when {@code done} is called: once written ({@link Acks#LEADER}), or once all
   *     in-sync replicas have it and it is durable as the topic asks ({@link Acks#ALL})
   * @param done called once, on whichever thread finishes the append; it must not block
   */
  void append(ByteBuffer batches, Acks acks, AppendCallback done);

  /** First offset that can be read. */
  long startOffset();

  /** Offset after the last record that consumers may see. */
  long highWatermark();

  /** Offset that the next record will get. */
  long endOffset();

  /** Bytes in the log. */
  long sizeBytes();

  /** As {@link io.millrace.log.PartitionLog#read}, up to the high watermark. */
  LogSlice read(long offset, int maxBytes) throws BrokerException;

  /**
   * As {@link #read}, up to the end of the log: for replicas, which have records before they count
   * as replicated.
   */
  LogSlice readAsFollower(long offset, int maxBytes) throws BrokerException;

  /**
   * Calls {@code wake} once, as soon as the high watermark lies past {@code offset}: at once on the
   * caller's thread when it already does, else on the thread that moved it, where it must not
   * block.
   *
   * @return cancels the wait; harmless after the call
   */
  Runnable whenPast(long offset, Runnable wake);

  /** The first record at or after a time. */
  Optional<TimestampOffset> firstAtOrAfter(long timestampMillis);

  /** The record with the largest timestamp. */
  Optional<TimestampOffset> latestTimestamp();

  /** Where an epoch ended. */
  EpochEnd endOfEpoch(int leaderEpoch);

  /**
   * Deletes records before the offset, or before the high watermark for -1. Returns the new start.
   */
  long deleteBefore(long offset) throws BrokerException;

  /** What has been counted since the node started. */
  Figures figures();

  /**
   * What a partition counts, since the node started.
   *
   * @param recordsIn records appended
   * @param bytesIn bytes of batches appended, as compressed
   * @param bytesOut bytes of batches read
   * @param producers idempotent producers known now
   * @param waiting readers that wait for the next record now
   */
  record Figures(long recordsIn, long bytesIn, long bytesOut, int producers, int waiting) {}

  /** When an append is answered. */
  enum Acks {
    LEADER,
    ALL
  }

  /** Told how an append ended. */
  @FunctionalInterface
  interface AppendCallback {
    /**
     * @param info where it went, or null when it failed
     * @param failure why it failed, or null
     */
    void done(@Nullable AppendInfo info, @Nullable BrokerException failure);
  }
}
