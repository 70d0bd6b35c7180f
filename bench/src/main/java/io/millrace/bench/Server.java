package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A contestant's process while it runs. Closing it ends the process; closing it again does nothing.
 */
public final class Server implements AutoCloseable {

  /** Enough for a broker that closes many thousand logs in order. */
  private static final long STOP_SECONDS = 120;

  private final Process process;
  private final int kafkaPort;
  private final Path output;
  private final long startedNanos;

  private Server(Process process, int kafkaPort, Path output, long startedNanos) {
    this.process = process;
    this.kafkaPort = kafkaPort;
    this.output = output;
    this.startedNanos = startedNanos;
  }

  /** Starts the command, whose own process must be the server's; its output goes to a file. */
  static Server start(ProcessBuilder command, int kafkaPort, Path output) throws IOException {
    command.redirectErrorStream(true).redirectOutput(output.toFile());
    long startedNanos = System.nanoTime();
    Process process = command.start();
    // A comparison that is itself ended by a signal must leave nothing running either.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new Server(process, kafkaPort, output, startedNanos);
  }

  /** Where a Kafka client bootstraps. */
  public String bootstrap() {
    return "127.0.0.1:" + kafkaPort;
  }

  /** The port of its Kafka listener on 127.0.0.1. */
  public int kafkaPort() {
    return kafkaPort;
  }

  /** When its process was started, on {@link System#nanoTime}'s scale. */
  public long startedNanos() {
    return startedNanos;
  }

  /** What its process uses. */
  public ProcessUsage usage() {
    return new ProcessUsage(process.pid());
  }

  /**
   * Fails with the end of its output once its process is gone. Called while waiting for it.
   *
   * @throws IllegalStateException when it is gone
   */
  public void requireAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "the server ended with exit code " + process.exitValue() + ":\n" + tailOfOutput());
    }
  }

  private String tailOfOutput() {
    try {
      var lines = Files.readAllLines(output);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return "(its output cannot be read: " + e.getMessage() + ")";
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** Asks the process to end, and waits until it has; it is killed when it takes too long. */
  public void stop() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
