package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Runs {@code ./millrace} as a user does. */
final class Launcher {

  private static final int LIMIT_SECONDS = 60;

  private Launcher() {}

  /** What a command printed, and how it ended. */
  record Result(int exitCode, String out, String err) {

    /** The same, which has to have succeeded. */
    Result succeeded() {
      assertThat(exitCode).as("exit code, with: %s%s", out, err).isZero();
      return this;
    }
  }

  /** Runs a command to its end. */
  static Result run(String input, String... arguments) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("millrace-run");
    try {
      Path in = Files.writeString(folder.resolve("in"), input);
      Path out = folder.resolve("out");
      Path err = folder.resolve("err");
      Process process =
          new ProcessBuilder(command(arguments))
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("did not end: " + Files.readString(out) + Files.readString(err));
      }
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("project.root", ".."), "millrace").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** A node in a process of its own, on free ports; closing it ends the process. */
  static final class RunningNode implements AutoCloseable {

    private final Process process;
    private final Path log;

    private RunningNode(Process process, Path log) {
      this.process = process;
      this.log = log;
    }

    /** Starts one and waits until its last port is open. */
    static RunningNode start(Path data, String... more) throws IOException {
      return startOn(0, data, more);
    }

    /** The same, with its Kafka port on a given one, or 0 for any. */
    static RunningNode startOn(int kafkaPort, Path data, String... more) throws IOException {
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "start",
                  "--data",
                  data.toString(),
                  "--kafka-port",
                  Integer.toString(kafkaPort),
                  "--amqp-port",
                  "0",
                  "--edge-port",
                  "0",
                  "--console-port",
                  "0"));
      arguments.addAll(List.of(more));
      Path log = Files.createTempFile(data.toAbsolutePath().getParent(), "node", ".log");
      Process process =
          new ProcessBuilder(command(arguments.toArray(String[]::new)))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      RunningNode node = new RunningNode(process, log);
      try {
        Awaitility.await()
            .atMost(LIMIT_SECONDS, TimeUnit.SECONDS)
            .until(() -> !process.isAlive() || node.log().contains("console "));
        assertThat(process.isAlive()).as("running; it printed: %s", node.log()).isTrue();
      } catch (Throwable e) {
        node.close();
        throw e;
      }
      return node;
    }

    /** All that it printed. */
    String log() {
      try {
        return Files.readString(log, StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    long pid() {
      return process.pid();
    }

    /** The address behind the name at the beginning of a line of its output. */
    String url(String name) {
      Matcher line = Pattern.compile("^" + name + "\\s+(\\S+)", Pattern.MULTILINE).matcher(log());
      assertThat(line.find()).as("%s in %s", name, log()).isTrue();
      return line.group(1);
    }

    String bootstrap() {
      return url("kafka");
    }

    /** As an operator does it. */
    int terminate() throws InterruptedException {
      process.destroy();
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
      return process.exitValue();
    }

    /** As a crash does it. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
