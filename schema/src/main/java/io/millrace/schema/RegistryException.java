package io.millrace.schema;

/** A refusal of the registry, with one sentence. Carries no stack trace. */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final RegistryError error;

  /** With a sentence that says what was wrong and what is allowed. */
  public RegistryException(RegistryError error, String message) {
    super(message, null, false, false);
    this.error = error;
  }

  /** Which refusal it is. */
  public RegistryError error() {
    return error;
  }
}
