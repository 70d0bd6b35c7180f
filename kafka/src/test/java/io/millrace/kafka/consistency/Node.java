package io.millrace.kafka.consistency;

import java.io.IOException;

/** A node that can die at any moment, and comes back with what its disk has. */
interface Node extends AutoCloseable {

  /** Where it listens, the same in all its lives. */
  int port();

  /** Has it die soon, by itself or by {@link #crash}; a death by itself is told to its owner. */
  void mayDie();

  /** It lives from now on; when it is dying already, its owner is told as ever. */
  void mustLive();

  /** Ends it as {@code kill -9} does, unless it is dead already, and starts it again. */
  void crash() throws IOException;

  /** Ends it in an orderly way, and starts it again. */
  void restart() throws IOException;

  @Override
  void close() throws IOException;
}
