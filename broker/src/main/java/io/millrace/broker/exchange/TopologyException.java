package io.millrace.broker.exchange;

/**
 * A declaration, binding or use of an exchange or queue that is refused. The message says what was
 * wrong in the words that RabbitMQ uses, since clients look at them.
 */
public final class TopologyException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What kind of refusal; protocols have a code for each. */
  public enum Reason {
    ACCESS_REFUSED,
    NOT_FOUND,
    RESOURCE_LOCKED,
    PRECONDITION_FAILED,
    NOT_IMPLEMENTED
  }

  private final Reason reason;

  /** With the text for the client. */
  public TopologyException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** What kind of refusal it is. */
  public Reason reason() {
    return reason;
  }
}
