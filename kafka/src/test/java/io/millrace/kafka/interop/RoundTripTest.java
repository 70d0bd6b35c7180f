package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.broker.topic.NewTopic;
import io.millrace.kafka.NodeFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients in other languages, unmodified: make a topic, produce compressed records with keys and
 * headers, read them back in a group, commit. Their scripts are in {@code src/test/interop}.
 */
class RoundTripTest {

  private static final int COUNT = 2000;
  private static final String PYTHON = "/usr/bin/python3";
  private static final Path SCRIPTS = Path.of("src/test/interop").toAbsolutePath();

  @TempDir Path folder;
  private NodeFixture node;

  @BeforeEach
  void start() {
    node = new NodeFixture(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private JsonNode run(String interpreter, String script) throws IOException {
    String printed =
        ClientProcess.run(
            folder,
            "",
            interpreter,
            SCRIPTS.resolve(script).toString(),
            node.bootstrap(),
            "trip",
            Integer.toString(COUNT));
    JsonNode result = new ObjectMapper().readTree(printed);
    assertThat(result.path("seen").asInt()).isEqualTo(COUNT);
    assertThat(result.path("headersRight").asBoolean()).isTrue();
    assertThat(result.path("committed").asInt()).isEqualTo(COUNT);
    return result;
  }

  @Test
  void kafkaPython() throws IOException {
    ClientProcess.requireInstalled(PYTHON, "-c", "import kafka");

    JsonNode result = run(PYTHON, "python_kafka_roundtrip.py");

    assertThat(result.path("ends").asInt()).isEqualTo(COUNT);
    assertThat(result.path("listed").asBoolean()).isTrue();
  }

  @Test
  void confluentKafkaForPython() throws IOException {
    ClientProcess.requireInstalled(PYTHON, "-c", "import confluent_kafka");

    JsonNode result = run(PYTHON, "confluent_kafka_roundtrip.py");

    assertThat(result.path("failures")).isEmpty();
    assertThat(result.path("unsent").asInt()).isZero();
    assertThat(result.path("retention").asText()).isEqualTo("604800000");
  }

  @Test
  void transactionsOfConfluentKafkaForPython() throws IOException {
    ClientProcess.requireInstalled(PYTHON, "-c", "import confluent_kafka");
    for (String topic : List.of("orders", "input")) {
      node.broker().topics().create(new NewTopic(topic, 1, Map.of())).toCompletableFuture().join();
    }

    String printed =
        ClientProcess.run(
            folder,
            "",
            PYTHON,
            SCRIPTS.resolve("confluent_kafka_transactions.py").toString(),
            node.bootstrap());

    JsonNode result = new ObjectMapper().readTree(printed);
    assertThat(result.path("committed").toString()).isEqualTo("[\"a\",\"b\",\"c\"]");
    assertThat(result.path("everything").toString()).isEqualTo("[\"a\",\"b\",\"dropped\",\"c\"]");
    assertThat(result.path("offset").asInt()).isEqualTo(5);
  }

  @Test
  void kafkaJs() throws IOException {
    ClientProcess.requireInstalled(
        "node", "-e", "require('" + SCRIPTS.resolve("node_modules/kafkajs") + "')");

    run("node", "kafkajs-roundtrip.js");
  }
}
