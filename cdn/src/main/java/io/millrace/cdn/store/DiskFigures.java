package io.millrace.cdn.store;

import java.util.concurrent.atomic.LongAdder;

/** What the disk tier has done since it was opened. Any thread may count and read. */
public final class DiskFigures {

  /** Lookups that found something. */
  public final LongAdder hits = new LongAdder();

  /** Lookups that found nothing. */
  public final LongAdder misses = new LongAdder();

  /** Objects written. */
  public final LongAdder written = new LongAdder();

  /** Bytes written, copies of what is kept included. */
  public final LongAdder bytesWritten = new LongAdder();

  /** Objects given up for want of room. */
  public final LongAdder evicted = new LongAdder();

  /** Objects that were kept when their segment was reclaimed. */
  public final LongAdder kept = new LongAdder();

  /** Objects that were not written since too much waited already, or the disk refuses. */
  public final LongAdder skipped = new LongAdder();

  /** Writes that the disk refused. */
  public final LongAdder writeFailures = new LongAdder();

  /** Objects found torn or changed, which were not served. */
  public final LongAdder corrupt = new LongAdder();
}
