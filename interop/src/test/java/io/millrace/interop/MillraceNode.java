package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A node that {@code ./millrace start} runs, on free ports; closing it ends the process. */
final class MillraceNode implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 90;

  static {
    // Classes of tests run side by side here, and whoever waits would be failed by what a thread of
    // another class threw: such as Spring's, when a channel is closed after its pool of threads.
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
  }

  private final Process process;
  private final Path data;
  private final Path log;

  private MillraceNode(Process process, Path data, Path log) {
    this.process = process;
    this.data = data;
    this.log = log;
  }

  /** Starts one and waits until its last port is open. */
  static MillraceNode start(Path data, String... more) throws IOException {
    return startOn(0, data, more);
  }

  /** The same, with its Kafka port on a given one, or 0 for any. */
  static MillraceNode startOn(int kafkaPort, Path data, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("project.root", ".."), "millrace").toString(),
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
    command.addAll(List.of(more));
    Path log = Files.createTempFile(data.toAbsolutePath().getParent(), "node", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("MILLRACE_HEAP", "512m");
    MillraceNode node = new MillraceNode(builder.start(), data, log);
    // Tests that are themselves ended by a signal must leave nothing running either.
    Runtime.getRuntime().addShutdownHook(new Thread(node.process::destroyForcibly));
    try {
      Awaitility.await()
          .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .until(() -> !node.process.isAlive() || node.log().contains("console "));
      assertThat(node.process.isAlive()).as("running; it printed: %s", node.log()).isTrue();
    } catch (Throwable e) {
      node.close();
      throw e;
    }
    return node;
  }

  /** What clients bootstrap from. */
  String bootstrap() {
    return address("kafka");
  }

  private String address(String protocol) {
    Matcher line = Pattern.compile("^" + protocol + "\\s+(\\S+)", Pattern.MULTILINE).matcher(log());
    assertThat(line.find()).as("%s in %s", protocol, log()).isTrue();
    return line.group(1);
  }

  /** What AMQP clients connect to. */
  String amqpUri() {
    return address("amqp");
  }

  /** The port of {@link #amqpUri}. */
  int amqpPort() {
    return Integer.parseInt(amqpUri().replaceFirst(".*:", ""));
  }

  /** The port of {@link #bootstrap}. */
  int port() {
    return Integer.parseInt(bootstrap().replaceFirst(".*:", ""));
  }

  /** Its data folder. */
  Path data() {
    return data;
  }

  /** All that it printed. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Ends it as an operator does. */
  void terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
