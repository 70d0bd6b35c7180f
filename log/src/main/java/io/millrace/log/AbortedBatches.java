package io.millrace.log;

/** Knows which records belong to transactions that were aborted. Any thread may ask. */
@FunctionalInterface
public interface AbortedBatches {

  /** Of a log without transactions. */
  AbortedBatches NONE = (producerId, offset) -> false;

  /** Whether a transactional batch of that producer at that offset was aborted. */
  boolean contains(long producerId, long offset);
}
