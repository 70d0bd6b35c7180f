package io.millrace.console.http;

import java.io.IOException;

/** Takes the pieces of a streamed answer at the speed of its client. Any one thread at a time. */
public interface BodySink {

  /**
   * Hands over a piece, which must not be changed any more. Waits while the client reads slowly, so
   * that at most a few pieces are in memory.
   *
   * @throws IOException when the client is gone
   */
  void write(byte[] piece) throws IOException, InterruptedException;

  /** Whether the client is gone. */
  boolean isGone();

  /** Runs something once the client is gone, at once if it is; on any thread, must not block. */
  void whenGone(Runnable then);
}
