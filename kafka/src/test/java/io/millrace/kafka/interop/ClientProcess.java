package io.millrace.kafka.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client of the field, run as a process of its own, unmodified. */
public final class ClientProcess implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 40;

  private final Process process;
  private final Path out;
  private final Path err;

  private ClientProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts it; what it prints goes to files below {@code folder}. */
  public static ClientProcess start(Path folder, List<String> command) throws IOException {
    Path out = Files.createTempFile(folder, "client", ".out");
    Path err = Files.createTempFile(folder, "client", ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new ClientProcess(process, out, err);
  }

  /** Runs it to its end with some text on its standard input, and returns what it printed. */
  static String run(Path folder, String input, String... command) throws IOException {
    try (ClientProcess client = start(folder, List.of(command))) {
      client.process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      client.process.getOutputStream().close();
      return client.await();
    }
  }

  /** Waits for its end, and returns what it printed. */
  public String await() throws IOException {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the client has not ended: " + output() + errors());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    if (process.exitValue() != 0) {
      throw new AssertionError("the client failed: " + output() + errors());
    }
    return output();
  }

  /** What it has printed so far. */
  public String output() throws IOException {
    return Files.readString(out);
  }

  private String errors() throws IOException {
    return "\n" + Files.readString(err);
  }

  /** Ends it at once, as {@code kill -9} does. */
  public void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Skips the test, saying so, on a machine without this client. */
  static void requireInstalled(String... probe) {
    boolean there = false;
    try {
      Process process =
          new ProcessBuilder(probe)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      there = process.waitFor() == 0;
    } catch (IOException e) {
      there = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    assumeTrue(there, () -> "not installed here: " + String.join(" ", probe));
  }

  /** A command that runs a class of the tests in a JVM of its own. */
  public static List<String> java(Class<?> main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
