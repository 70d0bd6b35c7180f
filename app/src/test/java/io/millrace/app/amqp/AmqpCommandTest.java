package io.millrace.app.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.app.Main;
import io.millrace.app.config.AmqpKeys;
import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConsoleKeys;
import io.millrace.app.config.EdgeKeys;
import io.millrace.app.config.KafkaKeys;
import io.millrace.app.config.Keys;
import io.millrace.app.node.Listener;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace amqp …} against a node. */
class AmqpCommandTest {

  @TempDir Path folder;
  private Node node;
  private String management;

  @BeforeEach
  void start() {
    node =
        Node.start(
            NodeSettings.of(
                Configuration.USUAL
                    .with(Keys.DATA, folder.resolve("data").toString(), "test")
                    .with(KafkaKeys.PORT, "0", "test")
                    .with(AmqpKeys.PORT, "0", "test")
                    .with(EdgeKeys.PORT, "0", "test")
                    .with(ConsoleKeys.PORT, "0", "test")),
            "test",
            listener -> {});
    management =
        node.listeners().stream()
            .filter(each -> each.name().equals("amqp-management"))
            .map(Listener::url)
            .findAny()
            .orElseThrow();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  /** How a command ended and what it printed, both streams together. */
  private record Ran(int status, String output) {}

  private Ran run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("amqp"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--management", management));
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream capture = new PrintStream(printed, true, UTF_8)) {
      System.setOut(capture);
      System.setErr(capture);
      int status = Main.run(all.toArray(String[]::new));
      return new Ran(status, printed.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private String done(String... arguments) {
    Ran ran = run(arguments);
    assertThat(ran.status()).as(ran.output()).isZero();
    return ran.output();
  }

  @Test
  void declaresBindsAndListsAndMovesAllOfItToAnotherVirtualHost() throws Exception {
    done("declare", "queue", "tasks", "--type", "quorum", "--argument", "x-max-length=1000");
    done("declare", "exchange", "orders", "--type", "topic");
    done("bind", "orders", "tasks", "eu.#");
    done("policy", "short", "^tasks$", "max-length=10", "overflow=reject-publish", "-p", "3");
    assertThat(done("list", "queues")).contains("MESSAGES READY", "tasks  quorum");
    assertThat(done("list", "bindings")).contains("orders", "eu.#");
    JsonNode queues = new ObjectMapper().readTree(done("list", "queues", "--json"));
    assertThat(queues.path(0).path("arguments").path("x-max-length").asInt()).isEqualTo(1000);
    assertThat(queues.path(0).path("effective_policy_definition").toString())
        .isEqualTo("{\"max-length\":10,\"overflow\":\"reject-publish\"}");

    Path file = folder.resolve("definitions.json");
    done("export", file.toString());
    JsonNode definitions = new ObjectMapper().readTree(Files.readString(file));
    assertThat(definitions.path("policies").path(0).path("priority").asInt()).isEqualTo(3);

    done("purge", "tasks");
    done("delete", "queue", "tasks");
    done("delete", "policy", "short");
    assertThat(done("list", "queues")).doesNotContain("tasks");
    done("import", file.toString());
    assertThat(done("list", "policies")).contains("short", "^tasks$");
    assertThat(done("list", "queues")).contains("tasks");
  }

  @Test
  void saysWhatWasRefusedInOneSentence() {
    Ran missing = run("delete", "queue", "nope");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.output().strip())
        .isEqualTo("millrace: the management API answers 404: Not Found");
    Ran policy = run("policy", "p", "x", "max-length=-1");
    assertThat(policy.status()).isEqualTo(1);
    assertThat(policy.output()).contains("Validation failed: -1 is not a valid maximum length");
    Ran pair = run("policy", "p", "x", "max-length");
    assertThat(pair.status()).isEqualTo(2);
    assertThat(pair.output()).contains("KEY=VALUE");
  }
}
