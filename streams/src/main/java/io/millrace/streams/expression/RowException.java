package io.millrace.streams.expression;

/**
 * A row for which an expression has no value, such as a division by zero. Carries no stack trace:
 * when failing rows are skipped, there may be many.
 */
public final class RowException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what went wrong, such as {@code division by zero}. */
  public RowException(String message) {
    super(message, null, false, false);
  }
}
