package io.millrace.broker.topic;

import io.millrace.broker.BrokerException;
import io.millrace.broker.producer.AbortedTransactions;
import io.millrace.broker.producer.ActiveProducer;
import io.millrace.log.AppendInfo;
import io.millrace.log.EpochEnd;
import io.millrace.log.LogSlice;
import io.millrace.log.TimestampOffset;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
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

  // ---- transactions (KIP-98, KIP-890) ----

  /**
   * To be taken before the transaction coordinator is asked whether this partition is part of a
   * producer's open transaction, and given to {@link #appendVouched}.
   */
  long markersWritten();

  /**
   * As {@link #append}, for a transactional batch: it may begin its producer's transaction here,
   * since the coordinator knows of it, unless a marker was written meanwhile.
   *
   * @param vouched {@link #markersWritten} before the coordinator was asked
   */
  void appendVouched(ByteBuffer batches, Acks acks, long vouched, AppendCallback done);

  /**
   * Ends a producer's transaction here: appends the marker, unless it is there already. {@code
   * done} gets null once it is durable as the topic asks, or why it could not be written; it must
   * not block.
   */
  void endTransaction(TransactionEnd end, Consumer<@Nullable BrokerException> done);

  /**
   * Offset before which all transactions have ended and all records are visible: where a reader of
   * committed records stops. At most {@link #highWatermark}.
   */
  long lastStableOffset();

  /**
   * The transactions that were aborted. Take it after {@link #lastStableOffset} and before the
   * records, so that it is complete for what lies before that offset.
   */
  AbortedTransactions.View abortedTransactions();

  /**
   * As {@link #read}, up to an offset that was the last stable one or the high watermark when the
   * caller looked: what it has and what it was told then fit together.
   */
  LogSlice readBefore(long offset, int maxBytes, long limit) throws BrokerException;

  /** As {@link #whenPast}, for the last stable offset. */
  Runnable whenStablePast(long offset, Runnable wake);

  /** What is known of each producer. */
  CompletionStage<List<ActiveProducer>> activeProducers();

  /**
   * How a producer's transaction ended.
   *
   * @param epoch of the marker: the producer's, or a later one that fences it
   * @param coordinatorEpoch of the coordinator that decided
   */
  record TransactionEnd(long producerId, short epoch, boolean commit, int coordinatorEpoch) {}

  // ---- read ----

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
   * Deletes records before the offset, or before the high watermark for -1. Returns the new start,
   * which a crash can bring back until {@link Topics#forceDeletions}.
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
