package io.millrace.broker;

/**
 * A request that the domain refuses, with a message for the person behind the client. It is an
 * answer, not a fault of the program, and thousands may be given at once (a large group that
 * rebalances), so it carries no stack trace.
 */
public final class BrokerException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final BrokerError error;

  /** With a message that says what was wrong and what is allowed. */
  public BrokerException(BrokerError error, String message) {
    super(message, null, true, false);
    this.error = error;
  }

  /** What kind of refusal it is. */
  public BrokerError error() {
    return error;
  }
}
