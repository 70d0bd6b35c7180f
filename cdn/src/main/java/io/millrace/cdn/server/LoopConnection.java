package io.millrace.cdn.server;

import java.time.Duration;

/** A connection as its event loop looks after it; confined to that loop. */
interface LoopConnection {

  /**
   * Looks after deadlines; called a few times a second.
   *
   * @param nowNanos of the edge's clock
   */
  void check(long nowNanos);

  /**
   * The edge stops: ends the connection once what is under way on it is done.
   *
   * @param most how long that may take; whoever calls will then {@link #drop} it
   */
  void drain(Duration most);

  /** Closes at once, whatever is unsent. */
  void drop();
}
