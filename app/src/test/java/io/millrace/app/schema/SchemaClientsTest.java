package io.millrace.app.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.app.config.ConfigurationFile;
import io.millrace.app.node.Listener;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of schema registries, unmodified, on a whole node: they register, write records through a
 * topic, read them back, evolve a schema, and are refused. Their scripts are in {@code
 * src/test/interop}.
 */
class SchemaClientsTest {

  private static final String PYTHON = "/usr/bin/python3";
  private static final Path SCRIPTS = Path.of("src/test/interop").toAbsolutePath();
  private static final long PATIENCE_SECONDS = 90;

  @TempDir Path folder;
  private Node node;

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
    }
  }

  private void start(String more) throws IOException {
    String file =
        """
        data: data
        kafka: {port: 0}
        edge: {port: 0}
        console: {port: 0}
        """
            + more;
    node =
        Node.start(
            NodeSettings.of(ConfigurationFile.parse(file, "test.yaml", folder)),
            "test",
            listener -> {});
  }

  private String registry() {
    String url =
        node.listeners().stream()
            .filter(listener -> listener.name().equals("console"))
            .map(Listener::url)
            .findFirst()
            .orElseThrow();
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private static boolean runs(String... command) throws Exception {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private JsonNode run(String interpreter, String script) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(
                List.of(
                    interpreter, SCRIPTS.resolve(script).toString(), node.bootstrap(), registry()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(ended && process.exitValue() == 0)
          .as("the client has done its work: %s%s", Files.readString(out), Files.readString(err))
          .isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
    return new ObjectMapper().readTree(out.toFile());
  }

  @Test
  void kafkaJsWithItsSchemaRegistryClient() throws Exception {
    String client = SCRIPTS.resolve("node_modules/@kafkajs/confluent-schema-registry").toString();
    assumeThat(runs("node", "-e", "require('" + client + "')")).as("installed by npm").isTrue();
    start("");

    JsonNode result = run("node", "schema_registry_kafkajs.js");

    assertThat(result.path("sameId").asBoolean()).isTrue();
    assertThat(result.path("nextId").asBoolean()).isTrue();
    assertThat(result.path("latest").asBoolean()).isTrue();
    assertThat(result.path("lookedUp").asBoolean()).isTrue();
    assertThat(result.path("refused").asText()).startsWith("409: ").contains("incompatible");
    assertThat(result.path("avro").toString())
        .isEqualTo("[{\"id\":1,\"item\":\"tea\"},{\"id\":2,\"item\":\"cup\",\"gift\":true}]");
    assertThat(result.path("json").toString())
        .isEqualTo("[{\"city\":\"Zürich\",\"degrees\":21.5}]");
    assertThat(result.path("protobuf").toString()).isEqualTo("[{\"page\":\"/\",\"seconds\":12}]");
  }

  @Test
  void confluentKafkaForPython() throws Exception {
    assumeThat(
            runs(
                PYTHON,
                "-c",
                "import confluent_kafka.avro, confluent_kafka.schema_registry.json_schema,"
                    + " confluent_kafka.schema_registry.protobuf"))
        .as("installed by apt")
        .isTrue();
    start("");

    JsonNode result = run(PYTHON, "schema_registry_confluent.py");

    assertThat(result.path("json").toString())
        .isEqualTo("[{\"city\":\"Zürich\",\"degrees\":21.5},{\"city\":\"Oslo\"}]");
    assertThat(result.path("protobuf").toString())
        .isEqualTo(
            "[{\"page\":\"/\",\"seconds\":12,\"millis\":1767225600000,\"tags\":[\"a\",\"b\"]}]");
    assertThat(result.path("protobufText").asText()).contains("import \"shop/stamp.proto\";");
    assertThat(result.path("references").toString()).isEqualTo("[\"shop/stamp.proto\"]");
    assertThat(result.path("avro").toString()).isEqualTo("[{\"id\":1,\"item\":\"tea\"}]");
    assertThat(result.path("evolved").asBoolean()).isTrue();
    assertThat(result.path("sameId").asBoolean()).isTrue();
    assertThat(result.path("versions").toString()).isEqualTo("[1,2]");
    assertThat(result.path("compatible").toString()).isEqualTo("[true,false]");
    assertThat(result.path("refused").toString()).isEqualTo("[409,409]");
    assertThat(result.path("unknownSubject").toString()).isEqualTo("[404,40401]");
    assertThat(result.path("unknownVersion").toString()).isEqualTo("[404,40402]");
    assertThat(result.path("unknownId").toString()).isEqualTo("[404,40403]");
    assertThat(result.path("invalid").toString()).isEqualTo("[422,42201]");
    assertThat(result.path("level").asText()).isEqualTo("BACKWARD");
    assertThat(result.path("ownLevel").asText()).isEqualTo("NONE");
    assertThat(result.path("badLevel").toString()).isEqualTo("[422,42203]");
    assertThat(result.path("anything").asBoolean()).isTrue();
    assertThat(result.path("deleted").toString()).isEqualTo("[2,3]");
    assertThat(result.path("gone").asBoolean()).isTrue();
    assertThat(result.path("stillById").asText()).isEqualTo("AVRO");
  }

  @Test
  void theRegistryCanBeSwitchedOff() throws Exception {
    start("schema-registry: {enabled: false}\n");

    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(registry() + "/subjects")).build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    }
  }
}
