package io.millrace.console.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RabbitMQ's own command line tool for the API, unmodified, as Debian has it. */
class RabbitmqadminTest {

  private static final Path TOOL = Path.of("/usr/bin/rabbitmqadmin");
  private static final int PATIENCE_SECONDS = 60;

  @TempDir private static Path folder;
  private static ManagementFixture node;

  @BeforeAll
  static void open() {
    assumeTrue(Files.isExecutable(TOOL), "not installed here: rabbitmqadmin");
    node = new ManagementFixture(folder.resolve("data"));
  }

  @AfterAll
  static void close() {
    if (node != null) {
      node.close();
    }
  }

  /** What it printed and how it ended. */
  private record Ran(int status, String output) {}

  private static Ran run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", TOOL.toString()));
    command.addAll(List.of("-H", "127.0.0.1", "-P", Integer.toString(node.port())));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, "rabbitmqadmin", ".out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ran(process.exitValue(), Files.readString(output));
  }

  private static String done(String... arguments) throws IOException, InterruptedException {
    Ran ran = run(arguments);
    assertThat(ran.status()).as("%s printed: %s", List.of(arguments), ran.output()).isZero();
    return ran.output();
  }

  @Test
  void declaresPublishesAndGets() throws Exception {
    assertThat(done("declare", "exchange", "name=orders", "type=topic"))
        .contains("exchange declared");
    assertThat(done("declare", "queue", "name=eu", "arguments={\"x-max-length\": 10}"))
        .contains("queue declared");
    done("declare", "binding", "source=orders", "destination=eu", "routing_key=eu.#");
    assertThat(done("publish", "exchange=orders", "routing_key=eu.de", "payload=hello"))
        .contains("Message published");
    assertThat(done("publish", "exchange=orders", "routing_key=us", "payload=lost"))
        .contains("NOT routed");
    assertThat(done("list", "queues", "name", "messages")).contains("| eu   | 1  ");
    assertThat(done("get", "queue=eu", "ackmode=ack_requeue_false"))
        .contains("eu.de", "orders", "hello");
    assertThat(done("get", "queue=eu")).contains("No items");
    assertThat(done("list", "bindings", "source", "destination", "properties_key"))
        .contains("orders", "eu.%23");
    done(
        "delete",
        "binding",
        "source=orders",
        "destination_type=queue",
        "destination=eu",
        "properties_key=eu.%23");
    assertThat(done("list", "bindings")).doesNotContain("orders");
    assertThat(done("delete", "queue", "name=eu")).contains("queue deleted");
    assertThat(done("delete", "exchange", "name=orders")).contains("exchange deleted");
    assertThat(run("delete", "queue", "name=eu"))
        .satisfies(
            ran -> {
              assertThat(ran.status()).isNotZero();
              assertThat(ran.output()).contains("Not found");
            });
  }

  @Test
  void purgesAQueue() throws Exception {
    done("declare", "queue", "name=full");
    done("publish", "routing_key=full", "payload=1");
    done("publish", "routing_key=full", "payload=2");
    assertThat(done("purge", "queue", "name=full")).contains("queue purged");
    assertThat(done("get", "queue=full")).contains("No items");
  }

  @Test
  void showsTheNode() throws Exception {
    assertThat(done("show", "overview")).contains("millrace");
  }
}
