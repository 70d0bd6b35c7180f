package io.millrace.kafka.wire;

/**
 * Bytes that are no request of Kafka's protocol. Whoever decodes throws it; the connection that
 * sent them is closed and counted, nothing else happens.
 */
public final class MalformedRequestException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With a sentence that names the field and what was found. */
  public MalformedRequestException(String message) {
    super(message, null, false, false);
  }
}
