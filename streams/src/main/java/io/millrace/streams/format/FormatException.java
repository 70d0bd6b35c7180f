package io.millrace.streams.format;

/** Bytes that are no value of their format. Carries no stack trace: there may be many. */
public final class FormatException extends Exception {

  private static final long serialVersionUID = 1;

  /** With the reason, such as {@code column 'delay': 'soon' is no INT}. */
  public FormatException(String message) {
    super(message, null, false, false);
  }
}
