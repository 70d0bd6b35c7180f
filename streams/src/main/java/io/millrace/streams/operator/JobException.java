package io.millrace.streams.operator;

/** Why a job cannot go on: one sentence for the person who runs it. */
public final class JobException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what was wrong, where, and what would help. */
  public JobException(String message) {
    super(message);
  }

  /** With what lies behind it. */
  public JobException(String message, Throwable cause) {
    super(message, cause);
  }
}
