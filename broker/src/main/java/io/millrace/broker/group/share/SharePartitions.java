package io.millrace.broker.group.share;

import io.millrace.broker.topic.Partition;
import io.millrace.log.LogSlice;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Partitions as share groups see them: who may have which records, and which are done (KIP-932).
 * Any thread may call; every stage completes without blocking, or fails with a {@link
 * io.millrace.broker.BrokerException}. What a stage says is durable when it completes.
 */
public interface SharePartitions {

  /**
   * Gives out records that nobody has, and locks them. Locks end by acknowledgement, by {@link
   * #release}, or with the group's {@code share.record.lock.duration.ms}.
   */
  CompletionStage<Acquisition> acquire(AcquireCommand command);

  /**
   * Says what has become of locked records: all of it counts, or nothing.
   *
   * @param owner who has locked them
   * @param batches in the order of their offsets
   */
  CompletionStage<Void> acknowledge(
      SharePartitionKey key, long owner, List<AcknowledgementBatch> batches);

  /** Unlocks all that somebody has locked, so that others get it. */
  CompletionStage<Void> release(SharePartitionKey key, long owner);

  /** Where a group stands in all partitions that it has read. */
  CompletionStage<List<ShareOffset>> offsets(String group);

  /**
   * Has a group go on from an offset, and forget what it knew of the partition. Whether it has
   * members is for the caller to ask.
   */
  CompletionStage<Void> startAt(SharePartitionKey key, long offset);

  /**
   * Forgets what a group knows of a topic, or of all topics for null.
   *
   * @return whether anything was known
   */
  CompletionStage<Boolean> forget(String group, @Nullable UUID topicId);

  /** How many may lock records at once. */
  int maxSessions();

  /**
   * A wish for records.
   *
   * @param partition that the key names
   * @param owner who locks them: a number that nobody else has
   * @param maxRecords how many; whole batches of the log are given, so it can be more
   * @param strict whether it must not be more (KIP-1206)
   * @param batchSize up to which neighbours are told as one range
   * @param maxBytes of batches that hold them, but for a single one that is longer
   * @param wake called on any thread, perhaps more than once, when there is nothing now and later
   *     perhaps is; null for those who do not wait
   */
  record AcquireCommand(
      SharePartitionKey key,
      Partition partition,
      long owner,
      long maxRecords,
      boolean strict,
      int batchSize,
      int maxBytes,
      @Nullable Runnable wake) {}

  /**
   * What was given out.
   *
   * @param acquired in the order of their offsets
   * @param records whole batches that hold them, and others; the caller's to close; null when
   *     nothing was acquired
   * @param cancel ends the wait, and is harmless without one
   */
  record Acquisition(List<AcquiredRecords> acquired, @Nullable LogSlice records, Runnable cancel) {}

  /**
   * Where a group stands.
   *
   * @param start all records before it are done
   * @param finished records from there on that are done
   */
  record ShareOffset(SharePartitionKey key, long start, long finished) {}
}
