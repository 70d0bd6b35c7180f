package io.millrace.kafka.net;

/** Answers the requests of one API. */
@FunctionalInterface
public interface ApiHandler {

  /**
   * Called on the connection's event loop, where it must not block. Must see to it that the
   * exchange is answered once, now or later, from whichever thread.
   *
   * @throws io.millrace.kafka.wire.MalformedRequestException when the body is no such request; the
   *     connection is then closed
   */
  void handle(Exchange exchange);
}
