package io.millrace.broker;

/** A request that the domain refuses, with a message for the person behind the client. */
public final class BrokerException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final BrokerError error;

  /** With a message that says what was wrong and what is allowed. */
  public BrokerException(BrokerError error, String message) {
    super(message);
    this.error = error;
  }

  /** What kind of refusal it is. */
  public BrokerError error() {
    return error;
  }
}
