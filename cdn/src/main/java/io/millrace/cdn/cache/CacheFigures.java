package io.millrace.cdn.cache;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the cache has done since it was made. Any thread may count and read; sums that are read
 * while others count are near the truth, not a snapshot.
 */
public final class CacheFigures {

  /** Answers fresh from the cache. */
  public final LongAdder hits = new LongAdder();

  /** Answers stale from the cache, for whichever reason. */
  public final LongAdder stale = new LongAdder();

  /** Requests that had to wait for the origin, whether alone or with others. */
  public final LongAdder misses = new LongAdder();

  /** Those of the misses that shared another one's fetch. */
  public final LongAdder collapsed = new LongAdder();

  /** Stored responses that the origin confirmed by 304. */
  public final LongAdder revalidated = new LongAdder();

  /** Requests that no cache may answer: other methods, requests with bodies. */
  public final LongAdder passed = new LongAdder();

  /** Requests sent to origins. */
  public final LongAdder originFetches = new LongAdder();

  /** Of these, the ones that failed: no connection, no answer, or status 500 and above. */
  public final LongAdder originFailures = new LongAdder();

  /** Bytes of bodies that came from origins. */
  public final LongAdder originBytes = new LongAdder();

  /** Distinct resources that were stored. */
  public final LongAdder objects = new LongAdder();

  /** Stored responses pushed out for want of room. */
  public final LongAdder evicted = new LongAdder();

  /** Resources invalidated by unsafe methods. */
  public final LongAdder invalidated = new LongAdder();

  /** Requests refused because too many waited for the same fetch. */
  public final LongAdder refusedWaiting = new LongAdder();
}
