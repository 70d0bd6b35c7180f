package io.millrace.console.schema;

/** A request that is malformed, before the registry is asked. Carries no stack trace. */
final class RequestException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int code;

  RequestException(int code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** The error code; its first three digits are the status. */
  int code() {
    return code;
  }
}
