package io.millrace.streams.connector;

/** What a source counted; changed and read by the job's thread only. */
public final class SourceMetrics {

  /** Records read. */
  public long records;

  /** Rows pushed on. */
  public long rows;

  /** Records that the format could not read, and were skipped. */
  public long unreadable;

  /** Records that stand for no row, such as tombstones. */
  public long absent;
}
