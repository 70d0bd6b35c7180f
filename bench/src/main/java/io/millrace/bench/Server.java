package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A contestant's process while it runs. Closing it ends the process; closing it again does nothing.
 */
public final class Server implements AutoCloseable {

  /** Enough for a broker that closes many thousand logs in order. */
  private static final long STOP_SECONDS = 120;

  private final Process process;
  private final Ports ports;
  private final Path output;
  private final long startedNanos;
  private final List<Process> companions;

  private Server(
      Process process, Ports ports, Path output, long startedNanos, List<Process> companions) {
    this.process = process;
    this.ports = ports;
    this.output = output;
    this.startedNanos = startedNanos;
    this.companions = companions;
  }

  /**
   * Starts the command, whose own process must be the server's; its output goes to a file.
   *
   * @param companions processes that the server needs, and that end after it
   */
  static Server start(ProcessBuilder command, Ports ports, Path output, Process... companions)
      throws IOException {
    command.redirectErrorStream(true).redirectOutput(output.toFile());
    long startedNanos = System.nanoTime();
    List<Process> others = List.of(companions);
    try {
      Process process = command.start();
      // A comparison that is itself ended by a signal must leave nothing running either.
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    process.destroyForcibly();
                    others.forEach(Process::destroyForcibly);
                  }));
      return new Server(process, ports, output, startedNanos, others);
    } catch (IOException e) {
      others.forEach(Process::destroyForcibly);
      throw e;
    }
  }

  /** Where a Kafka client bootstraps. */
  public String bootstrap() {
    return "127.0.0.1:" + ports.kafka();
  }

  /** The port of its Kafka listener on 127.0.0.1. */
  public int kafkaPort() {
    return ports.kafka();
  }

  /** The port of its AMQP listener on 127.0.0.1. */
  public int amqpPort() {
    return ports.amqp();
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
    companions.forEach(Process::destroyForcibly);
  }
}
