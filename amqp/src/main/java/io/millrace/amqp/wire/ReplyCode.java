package io.millrace.amqp.wire;

/** Why a channel or a connection is closed, or a message returned (AMQP 0-9-1, 1.2 and 4.10). */
public enum ReplyCode {
  SUCCESS(200, false),
  CONTENT_TOO_LARGE(311, false),
  NO_ROUTE(312, false),
  CONNECTION_FORCED(320, true),
  INVALID_PATH(402, true),
  ACCESS_REFUSED(403, false),
  NOT_FOUND(404, false),
  RESOURCE_LOCKED(405, false),
  PRECONDITION_FAILED(406, false),
  FRAME_ERROR(501, true),
  SYNTAX_ERROR(502, true),
  COMMAND_INVALID(503, true),
  CHANNEL_ERROR(504, true),
  UNEXPECTED_FRAME(505, true),
  RESOURCE_ERROR(506, true),
  NOT_ALLOWED(530, true),
  NOT_IMPLEMENTED(540, true),
  INTERNAL_ERROR(541, true);

  private final int number;
  private final boolean endsConnection;

  ReplyCode(int number, boolean endsConnection) {
    this.number = number;
    this.endsConnection = endsConnection;
  }

  /** As it is sent. */
  public int number() {
    return number;
  }

  /** Whether the whole connection is closed, and not the channel only. */
  public boolean endsConnection() {
    return endsConnection;
  }
}
