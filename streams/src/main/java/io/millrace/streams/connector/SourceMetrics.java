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

  /** Takes over what another counted. */
  void set(SourceMetrics other) {
    records = other.records;
    rows = other.rows;
    unreadable = other.unreadable;
    absent = other.absent;
  }

  /** Adds what another counted more than a third. */
  void add(SourceMetrics other, SourceMetrics before) {
    records += other.records - before.records;
    rows += other.rows - before.rows;
    unreadable += other.unreadable - before.unreadable;
    absent += other.absent - before.absent;
  }
}
