package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the Kafka world in a JVM of its own, until it ends or is killed. */
final class Program implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 90;
  private static final Path TARGET =
      Path.of(System.getProperty("project.root", ".."), "interop", "target").toAbsolutePath();

  private static final String PROGRAMS = TARGET.resolve("programs") + "/*";

  private final Process process;
  private final Path out;
  private final Path err;

  private Program(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** What a program printed, and how it ended. */
  record Result(int exitCode, String out, String err) {

    /** What it printed to its standard output, if it has succeeded. */
    String succeeded() {
      assertThat(exitCode).as("exit code, with: %s%s", out, err).isZero();
      return out;
    }

    /** All that it printed, if it has failed. */
    String failed() {
      assertThat(exitCode).as("exit code, with: %s%s", out, err).isNotZero();
      return out + err;
    }
  }

  /** Starts the main class of a program, with what its user would type. */
  static Program start(String mainClass, List<String> arguments) throws IOException {
    return start(PROGRAMS, "programs", mainClass, arguments);
  }

  /** Starts a program that was written for a test, with the jars of the programs. */
  static Program start(Class<?> mainClass, String... arguments) throws IOException {
    return start(
        TARGET.resolve("test-classes") + ":" + PROGRAMS,
        "programs",
        mainClass.getName(),
        List.of(arguments));
  }

  /**
   * The same with the newest Kafka Streams, which is of a later version than the other programs.
   */
  static Program startOnNewestStreams(Class<?> mainClass, String... arguments) throws IOException {
    return start(
        TARGET.resolve("test-classes") + ":" + TARGET.resolve("streams") + "/*:" + PROGRAMS,
        "streams",
        mainClass.getName(),
        List.of(arguments));
  }

  /** Starts PerfTest, which has jars of its own. */
  static Program perfTest(String... arguments) throws IOException {
    return start(
        TARGET.resolve("perf-test") + "/*",
        "perf-test",
        "com.rabbitmq.perf.PerfTest",
        List.of(arguments));
  }

  private static Program start(
      String classPath, String archive, String mainClass, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // Classes are read from an archive that the first program leaves behind.
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + TARGET.resolve(archive + ".jsa"),
                "-Xlog:disable",
                "-Xlog:all=off",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    Path folder = Files.createDirectories(TARGET.resolve("output"));
    Path out = Files.createTempFile(folder, "program", ".out");
    Path err = Files.createTempFile(folder, "program", ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    // Tests that are themselves ended by a signal must leave nothing running either.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new Program(process, out, err);
  }

  /** Runs it to its end. */
  static Result run(String mainClass, String input, List<String> arguments) throws IOException {
    try (Program program = start(mainClass, arguments)) {
      program.type(input);
      return program.await();
    }
  }

  /** Gives it all of its standard input. */
  void type(String input) throws IOException {
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Waits for its end. */
  Result await() throws IOException {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the program has not ended: " + output() + errors());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return new Result(process.exitValue(), output(), errors());
  }

  /** What it has printed so far to its standard output. */
  String output() throws IOException {
    return Files.readString(out);
  }

  /** What it has printed so far to its standard error. */
  String errors() throws IOException {
    return Files.readString(err);
  }

  /** Whether it runs. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it as an operator does, and waits. */
  void terminate() throws IOException {
    process.destroy();
    await();
  }

  /** Ends it as {@code kill -9} does, and deletes what it printed. */
  @Override
  public void close() throws IOException {
    try (Stream<ProcessHandle> children = process.descendants()) {
      children.forEach(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
    process.onExit().join();
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
  }
}
