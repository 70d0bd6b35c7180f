package io.millrace.log;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One partition's log.
 *
 * <p>Threads: the methods under "the writer" are called by one thread at a time, each call seeing
 * the former one's effects (the partition's mailbox sees to that). The methods under "readers" may
 * be called by any thread at any time, also while the writer writes.
 *
 * <p>Offsets: {@code startOffset ≤ highWatermark ≤ endOffset}. Records from the high watermark on
 * are in the log but not yet replicated as their topic asks; ordinary readers do not see them.
 */
public interface PartitionLog extends AutoCloseable {

  // ---- the writer ----

  /**
   * Appends a producer's batches: checks each one's length, format and CRC, writes its offset,
   * leader epoch and (where configured) append time into the buffer in place, then writes it.
   *
   * @param batches one or more whole batches between position and limit; its header fields are
   *     changed, and its position is moved to its limit; the caller keeps the buffer
   * @throws LogException for a bad batch or a full disk; nothing of the call is then in the log
   */
  AppendInfo append(ByteBuffer batches, int leaderEpoch);

  /** Appends batches copied from a leader, which keep their offsets and epochs. */
  AppendInfo appendReplicated(ByteBuffer batches);

  /**
   * Calls {@code then} once all records before {@code offset} are durable as configured: at once
   * under {@link Durability#OS} and {@link Durability#INTERVAL}; after the next group commit, on
   * the thread that did it, under {@link Durability#COMMIT}. If the force fails, {@code then} gets
   * the error and the log refuses further appends until it is opened anew.
   */
  void whenDurable(long offset, DurabilityListener then);

  /**
   * Moves the high watermark forward; a smaller value than the present one is ignored. Alone among
   * the writer's methods it may be called by any thread, such as the one that forced the log.
   */
  void advanceHighWatermark(long offset);

  /**
   * Moves the start forward (DeleteRecords); segments wholly before it go at the next {@link
   * #clean}.
   */
  void advanceStartOffset(long offset);

  /** Cuts off everything from {@code offset} on (a follower that diverged). */
  void truncateTo(long offset);

  /** Applies changed settings from here on. */
  void configure(LogConfig config);

  /** Applies roll by age, retention, and compaction as configured. Returns the bytes set free. */
  long clean();

  // ---- readers ----

  /** First offset that can be read. */
  long startOffset();

  /** Offset after the last record that ordinary readers may see. */
  long highWatermark();

  /** Offset that the next record will get. */
  long endOffset();

  /** Bytes of all segments. */
  long sizeBytes();

  /** Epoch of the last batch, or -1 when the log is empty. */
  int lastEpoch();

  /**
   * Finds the batches from the one that holds {@code offset} on, inside one segment.
   *
   * @param offset from {@link #startOffset} to {@code limitOffset}
   * @param maxBytes the slice is cut to whole batches within this many bytes, but always holds at
   *     least one batch if there is one
   * @param limitOffset batches from this offset on are not returned: {@link #highWatermark} for
   *     consumers, {@link #endOffset} for followers
   * @throws LogException with {@code OFFSET_OUT_OF_RANGE}
   */
  LogSlice read(long offset, int maxBytes, long limitOffset);

  /** The first record whose timestamp is at or after the given one, below the high watermark. */
  Optional<TimestampOffset> firstAtOrAfter(long timestampMillis);

  /** The record with the largest timestamp, below the high watermark. */
  Optional<TimestampOffset> latestTimestamp();

  /** Where the given leader epoch ended (OffsetsForLeaderEpoch; KIP-101). */
  EpochEnd endOfEpoch(int leaderEpoch);

  /** Forces everything to disk, writes the mark of a clean shutdown, and closes the files. */
  @Override
  void close();

  /** Told when an append has become durable, or that it never will. */
  @FunctionalInterface
  interface DurabilityListener {
    /**
     * @param failure null when durable
     */
    void durable(@org.jspecify.annotations.Nullable LogException failure);
  }
}
