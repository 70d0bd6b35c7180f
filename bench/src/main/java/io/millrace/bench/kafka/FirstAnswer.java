package io.millrace.bench.kafka;

import io.millrace.bench.Server;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Waits until a server that is starting answers a Metadata request and names a broker. */
final class FirstAnswer {

  private static final short METADATA = 3;
  private static final short METADATA_VERSION = 1;
  private static final int NO_TOPICS = 0;
  private static final int REQUEST_BYTES = 64;
  private static final long RETRY_MILLIS = 2;

  private FirstAnswer() {}

  /**
   * Tries a new connection every 2 ms until one is answered.
   *
   * @return nanoseconds from the start of the server's process to the answer
   * @throws IllegalStateException when the server ends, or does not answer within the limit
   */
  static long await(Server server, Duration limit) throws InterruptedException {
    while (System.nanoTime() - server.startedNanos() < limit.toNanos()) {
      server.requireAlive();
      if (answers(server)) {
        return System.nanoTime() - server.startedNanos();
      }
      Thread.sleep(RETRY_MILLIS);
    }
    throw new IllegalStateException("the server did not answer within " + limit);
  }

  private static boolean answers(Server server) {
    try (LeanConnection connection = new LeanConnection(server.kafkaPort(), REQUEST_BYTES)) {
      connection.begin(METADATA, METADATA_VERSION).putInt(NO_TOPICS);
      connection.send();
      ByteBuffer answer = connection.receive();
      int brokers = answer.getInt();
      return brokers > 0;
    } catch (IOException notYet) {
      return false;
    }
  }
}
