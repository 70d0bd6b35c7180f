package io.millrace.schema.format;

/** A text is no schema of its format. The message says why. */
public final class InvalidSchemaException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With one sentence. */
  public InvalidSchemaException(String message) {
    super(message, null, false, false);
  }
}
