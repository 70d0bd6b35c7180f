package io.millrace.cdn.view;

import java.util.concurrent.atomic.LongAdder;

/** What a view has done since it was started. Any thread may read. */
public final class ViewFigures {

  /** Reads of partitions that brought something. */
  public final LongAdder reads = new LongAdder();

  /** Records read, skipped ones included. */
  public final LongAdder records = new LongAdder();

  /** Records skipped: no key, or a key or value that is too long or no UTF-8. */
  public final LongAdder skipped = new LongAdder();

  /** Values that were no JSON and are shown as JSON strings. */
  public final LongAdder quoted = new LongAdder();

  /** Keys that made room for others. */
  public final LongAdder evicted = new LongAdder();

  /** Changes of a key that were published, each a document and at most one event. */
  public final LongAdder published = new LongAdder();

  /** Events encoded; none are while nobody follows. */
  public final LongAdder events = new LongAdder();

  /** Viewers that were sent the events they had missed. */
  public final LongAdder resumed = new LongAdder();

  /** Reads of a partition that failed and were tried again. */
  public final LongAdder failures = new LongAdder();
}
