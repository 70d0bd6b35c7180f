package io.millrace.amqp.wire;

/** Something that a peer did and may not: it costs the channel or the connection. */
public final class AmqpException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final ReplyCode code;
  private final boolean endsConnection;

  /** With the text for the peer, without the code's name, which is put before it. */
  public AmqpException(ReplyCode code, String message) {
    this(code, message, code.endsConnection());
  }

  private AmqpException(ReplyCode code, String message, boolean endsConnection) {
    super(message);
    this.code = code;
    this.endsConnection = endsConnection;
  }

  /** One that ends the connection whatever its code. */
  public static AmqpException ofConnection(ReplyCode code, String message) {
    return new AmqpException(code, message, true);
  }

  /** Bytes that are no method, table or property. */
  public static AmqpException syntax(String message) {
    return new AmqpException(ReplyCode.SYNTAX_ERROR, message);
  }

  /** What it is. */
  public ReplyCode code() {
    return code;
  }

  /** Whether the whole connection is closed. */
  public boolean endsConnection() {
    return endsConnection;
  }

  /** The text that goes with the code, such as {@code NOT_FOUND - no queue 'a' in vhost '/'}. */
  public String replyText() {
    return code.name() + " - " + getMessage();
  }
}
