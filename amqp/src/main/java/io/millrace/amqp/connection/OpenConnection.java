package io.millrace.amqp.connection;

import java.util.concurrent.CompletionStage;

/** A connection to those who look after it. Any thread. */
public interface OpenConnection {

  /** Both ends: {@code 127.0.0.1:40000 -> 127.0.0.1:5672}. */
  String name();

  /**
   * How it is now, as its event loop sees it. Completes there; exceptionally when the event loop
   * has ended.
   */
  CompletionStage<ConnectionStatus> status();

  /** Closes it with the code 320, CONNECTION_FORCED, and a reason for its client. */
  void close(String reason);
}
