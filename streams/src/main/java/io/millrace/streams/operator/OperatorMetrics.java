package io.millrace.streams.operator;

/** What one operator counted; changed and read by the job's thread only. */
public final class OperatorMetrics {

  private final String name;

  /** Rows taken. */
  public long rowsIn;

  /** Rows put out. */
  public long rowsOut;

  /** Rows dropped because every window they belong to was complete. */
  public long lateRows;

  /** Rows dropped because an expression had no value for them or their time was NULL. */
  public long failedRows;

  /** Groups kept. */
  public long stateEntries;

  /** About how many bytes of memory they take. */
  public long stateBytes;

  /** For an operator of that name. */
  public OperatorMetrics(String name) {
    this.name = name;
  }

  /** Notes what the operator keeps, and returns the bytes. */
  long keeps(long entries, long bytes) {
    stateEntries = entries;
    stateBytes = bytes;
    return bytes;
  }

  /** The operator's name, unique in its job. */
  public String name() {
    return name;
  }
}
