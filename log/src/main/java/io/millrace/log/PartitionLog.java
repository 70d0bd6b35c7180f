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

  /**
   * Appends a control batch of the broker's own, such as a {@link
   * io.millrace.log.batch.TransactionMarker}; otherwise as {@link #append}.
   */
  AppendInfo appendControl(ByteBuffer batch, int leaderEpoch);

  /**
   * Appends batches copied from a leader, which keep their offsets and epochs. Offsets may be
   * missing between them, where the leader's log is compacted.
   *
   * @throws LogException as {@link #append}; with {@code OFFSET_OUT_OF_RANGE} for a batch that
   *     begins before {@link #endOffset}
   */
  AppendInfo appendReplicated(ByteBuffer batches);

  /**
   * Calls {@code then} once all records before {@code offset} are durable as configured: at once
   * under {@link Durability#OS} and {@link Durability#INTERVAL}; after the next group commit, on
   * the thread that did it, under {@link Durability#COMMIT}. If the force fails, {@code then} gets
   * the error and the log refuses further appends until it is opened anew. {@code then} must not
   * block: other logs of the store wait for that thread.
   */
  void whenDurable(long offset, DurabilityListener then);

  /**
   * As {@link #whenDurable}, for what nobody waits for: it asks for no force of its own, but goes
   * by the next one that another asks for, or that is due after {@link LogConfig#flushInterval}.
   */
  void whenForced(long offset, DurabilityListener then);

  /**
   * Moves the high watermark forward, to the end offset at most; a smaller value than the present
   * one is ignored. It is on disk within seconds, so after a crash it may be found smaller. Alone
   * among the writer's methods it may be called by any thread, such as the one that forced the log.
   */
  void advanceHighWatermark(long offset);

  /**
   * Moves the start forward (DeleteRecords); segments wholly before it go at the next {@link
   * #clean}. It is on disk within seconds, or after {@link LogStore#checkpoint}; before that a
   * crash may bring the former start back.
   *
   * @throws LogException with {@code OFFSET_OUT_OF_RANGE} past the high watermark
   */
  void advanceStartOffset(long offset);

  /**
   * Cuts off everything from {@code offset} on (a follower that diverged); durable on return. The
   * batch that holds the offset goes whole, so the end may then lie before it. Cut below the start,
   * the log is empty and begins at {@code offset}. Those who wait for what is cut off get an error.
   */
  void truncateTo(long offset);

  /** Applies changed settings from here on. */
  void configure(LogConfig config);

  /**
   * Has {@code listener} run, in {@link #clean}, before copies made by compaction take the place of
   * records: whoever counts on finding those again writes down what it needs. To be set before the
   * first call of clean.
   */
  void beforeCompaction(Runnable listener);

  /**
   * Applies roll by age and retention, and moves compaction on; to be called every few seconds to
   * minutes. It never takes long: the copying that compaction needs runs on the store's compaction
   * thread, beside appends and reads. One call starts it where there is enough that is new; the
   * first call after it has ended puts the copies in place, which costs some renames and forces of
   * small files.
   *
   * @param undecidedFrom records from here on are not compacted: the transactions that they belong
   *     to may not be decided yet
   * @param aborted finds the records before it that no reader wants; compaction drops them
   * @return the bytes set free by this call
   */
  long clean(long undecidedFrom, AbortedBatches aborted);

  /** As above, for a log without transactions. */
  default long clean() {
    return clean(Long.MAX_VALUE, AbortedBatches.NONE);
  }

  // ---- readers ----

  /** First offset that can be read. */
  long startOffset();

  /** Offset after the last record that ordinary readers may see. */
  long highWatermark();

  /** Offset that the next record will get. */
  long endOffset();

  /** Bytes of all segments. */
  long sizeBytes();

  /** Offset before which the log has been compacted: no aborted record is left there. */
  long cleanedOffset();

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

  /**
   * Forces everything to disk, notes that the end was a clean one, and closes the files; those of
   * slices that are still held are closed with them. The writer.
   */
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
