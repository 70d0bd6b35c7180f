package io.millrace.streams.connector;

import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;

/** Where rows of one scan come from. Called by the job's thread only. */
public sealed interface Source permits PartitionedSource, GeneratedSource, ValuesSource {

  /**
   * Reads what one visit to one partition gives, pushes its rows and then the watermark.
   *
   * @return false when there was nothing to read
   */
  boolean poll();

  /** Whether all was read that there will ever be, and the end pushed on. */
  boolean isFinished();

  /** Has the job woken when there is more to read. */
  void wakeWhenReadable();

  /**
   * Looks whether partitions have gone idle, and pushes what follows from it.
   *
   * @return nanoseconds until the next one may have, or {@link Long#MAX_VALUE}
   */
  long checkIdle();

  /** Writes positions and watermarks. */
  void save(StateOutput out);

  /** Reads them. */
  void load(StateInput in);

  /** After {@link #load}, pushes the watermark that was pushed last. */
  void resume();

  /** Drops the wake-ups that are outstanding, and what reading holds. */
  void close();
}
