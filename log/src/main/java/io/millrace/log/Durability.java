package io.millrace.log;

/** When an append counts as durable, and may therefore be acknowledged. */
public enum Durability {
  /** Once the operating system has it: survives the end of the process, not of the machine. */
  OS,
  /** As {@link #OS}; what came in is also forced to disk at a fixed interval. */
  INTERVAL,
  /** Once it is forced to disk. All appends that wait share one force (group commit). */
  COMMIT
}
