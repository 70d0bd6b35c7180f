package io.millrace.log;

/** A request that the log refuses. The log itself stands unharmed. */
public final class LogException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Why it was refused. */
  public enum Reason {
    /** A batch is damaged: its CRC, length or counts do not hold. */
    CORRUPT_BATCH,
    /** A batch is larger than {@link LogConfig#maxBatchBytes}. */
    BATCH_TOO_LARGE,
    /** A batch has a format that is not version 2. */
    UNSUPPORTED_FORMAT,
    /** The offset lies before the log's start or after its end. */
    OFFSET_OUT_OF_RANGE,
    /** A record is older or newer than {@link RecordLimits} allow. */
    INVALID_TIMESTAMP,
    /** A record of a compacted log has no key. */
    KEY_MISSING,
    /** The disk refused: full, or failed. Nothing of this append remains. */
    STORAGE
  }

  private final Reason reason;

  /** With a message that says what was found and what would be right. */
  public LogException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** With the disk's own error. */
  public LogException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why it was refused. */
  public Reason reason() {
    return reason;
  }
}
