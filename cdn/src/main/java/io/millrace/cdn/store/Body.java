package io.millrace.cdn.store;

/**
 * The body of a stored response, in memory or in a file. Any thread may use it. Who sends it has
 * {@link #retain}ed it before and {@link #release}s it after.
 */
public sealed interface Body permits MemoryBody, DiskBody {

  /** A body without bytes. */
  Body EMPTY = new MemoryBody(new byte[0]);

  /** How many bytes it has. */
  long length();

  /** Bytes of memory that it takes, about. */
  int memoryBytes();

  /** Keeps it readable until it is released. False when the store has given it up already. */
  boolean retain();

  /** Takes one {@link #retain} back. */
  void release();
}
