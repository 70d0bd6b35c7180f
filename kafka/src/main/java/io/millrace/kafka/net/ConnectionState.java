package io.millrace.kafka.net;

/**
 * What an API keeps for a connection between requests. {@link #close} is called on the connection's
 * event loop once something else takes its place or the connection has gone.
 */
public interface ConnectionState {

  /** Lets go of what it holds elsewhere. */
  void close();
}
