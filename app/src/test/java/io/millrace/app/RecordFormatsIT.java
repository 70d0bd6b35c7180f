package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.app.Launcher.Result;
import io.millrace.app.Launcher.RunningNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Records with and without schemas, by the commands and by another client. */
@TestInstance(Lifecycle.PER_CLASS)
class RecordFormatsIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PYTHON = "/usr/bin/python3";
  private static final long PATIENCE_SECONDS = 90;

  private static final String ORDER =
      """
      {"type": "record", "name": "Order", "fields": [
        {"name": "id", "type": "long"}, {"name": "item", "type": "string"}]}
      """;
  private static final String VISIT =
      """
      syntax = "proto3";
      package shop;
      import "google/protobuf/timestamp.proto";
      message Visit { Page page = 1; int32 seconds = 2; google.protobuf.Timestamp at = 3; }
      message Page { string path = 1; }
      """;
  private static final String WEATHER =
      """
      {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Weather", "type": "object",
       "properties": {"city": {"type": "string"}}, "required": ["city"]}
      """;

  private Path files;
  private RunningNode node;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    files = folder;
    Files.writeString(folder.resolve("order.avsc"), ORDER);
    Files.writeString(folder.resolve("visit.proto"), VISIT);
    Files.writeString(folder.resolve("weather.json"), WEATHER);
    node = RunningNode.start(folder.resolve("data"));
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private Result feed(String input, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap", node.bootstrap(), "--registry", node.url("console")));
    return Launcher.run(input, all.toArray(String[]::new));
  }

  private Result consume(String topic, String... more) throws Exception {
    List<String> all =
        new ArrayList<>(List.of("consume", topic, "--from", "beginning", "--until-end"));
    all.addAll(List.of(more));
    return feed("", all.toArray(String[]::new));
  }

  private String schema(String name) {
    return files.resolve(name).toString();
  }

  @Test
  void schemasOfAllTypesGoToAndComeFromConfluentsClient() throws Exception {
    assumeThat(
            new ProcessBuilder(PYTHON, "-c", "import confluent_kafka.avro, google.protobuf")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor())
        .as("confluent_kafka is installed by apt")
        .isZero();
    feed(
            "{\"id\": 1, \"item\": \"tea\"}\n",
            "produce",
            "avro-in",
            "--value-format",
            "avro",
            "--value-schema",
            schema("order.avsc"))
        .succeeded();
    feed(
            "{\"city\": \"Zürich\"}\n",
            "produce",
            "json-in",
            "--value-format",
            "json-schema",
            "--value-schema",
            schema("weather.json"))
        .succeeded();
    feed(
            "{\"page\": {\"path\": \"/\"}, \"seconds\": 12, \"at\": \"2026-01-01T00:00:00Z\"}\n",
            "produce",
            "protobuf-in",
            "--value-format",
            "protobuf",
            "--value-schema",
            schema("visit.proto"),
            "--value-message",
            "shop.Visit")
        .succeeded();

    JsonNode seen = python();

    assertThat(seen.path("avro").toString()).isEqualTo("{\"id\":1,\"item\":\"tea\"}");
    assertThat(seen.path("json").toString()).isEqualTo("{\"city\":\"Zürich\"}");
    assertThat(seen.path("protobuf").toString())
        .isEqualTo("{\"path\":\"/\",\"seconds\":12,\"at\":1767225600}");
    assertThat(consume("avro-out", "--value-format", "avro").succeeded().out())
        .isEqualToIgnoringNewLines("{\"id\":9,\"item\":\"pot\"}");
    assertThat(consume("json-out", "--value-format", "json-schema").succeeded().out())
        .isEqualToIgnoringNewLines("{\"city\":\"Oslo\"}");
    Result visits = consume("protobuf-out", "--value-format", "protobuf", "--json").succeeded();
    assertThat(JSON.readTree(visits.out()).path("value").toString())
        .isEqualTo("{\"page\":{\"path\":\"/cart\"},\"seconds\":7,\"at\":\"2026-01-01T00:00:00Z\"}");
  }

  private JsonNode python() throws Exception {
    Path script = Path.of("src/test/interop/record_formats.py").toAbsolutePath();
    Path out = files.resolve("out");
    Path err = files.resolve("err");
    Process process =
        new ProcessBuilder(PYTHON, script.toString(), node.bootstrap(), registry())
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
    return JSON.readTree(out.toFile());
  }

  private String registry() {
    String url = node.url("console");
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  @Test
  void bytesAreWrittenInHexAndBase64AndStayAsTheyAre() throws Exception {
    feed(
            "00ff:AP8=\n",
            "produce",
            "bytes",
            "--key-separator",
            ":",
            "--key-format",
            "hex",
            "--value-format",
            "base64")
        .succeeded();
    assertThat(
            consume("bytes", "--keys", "--key-format", "base64", "--value-format", "hex")
                .succeeded()
                .out())
        .isEqualToIgnoringNewLines("AP8=\t00ff");
    Result refused = feed("00f\n", "produce", "bytes", "--value-format", "hex");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("line 1: \"00f\" is not hex").hasLineCount(1);
  }

  @Test
  void whatConsumePrintsAsJsonIsWhatProduceReadsAlsoWithSchemas() throws Exception {
    feed(
            "{\"id\": 5, \"item\": \"cup\"}\n",
            "produce",
            "first",
            "--value-format",
            "avro",
            "--value-schema",
            schema("order.avsc"),
            "-k",
            "\"five\"",
            "--key-format",
            "json")
        .succeeded();
    String printed =
        consume("first", "--json", "--key-format", "json", "--value-format", "avro")
            .succeeded()
            .out();
    Result sent =
        feed(
                printed,
                "produce",
                "second",
                "--format",
                "json",
                "--json",
                "--key-format",
                "json",
                "--value-format",
                "avro",
                "--value-subject",
                "first-value")
            .succeeded();
    assertThat(JSON.readTree(sent.out()).path("records").asLong()).isEqualTo(1);
    JsonNode copied =
        JSON.readTree(
            consume("second", "--json", "--key-format", "json", "--value-format", "avro")
                .succeeded()
                .out());
    assertThat(copied.path("key").asText()).isEqualTo("five");
    assertThat(copied.path("value").toString()).isEqualTo("{\"id\":5,\"item\":\"cup\"}");
  }

  @Test
  void whatDoesNotFitIsRefusedInOneSentence() throws Exception {
    Result unknown = feed("{}\n", "produce", "none", "--value-format", "avro");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).contains("none-value").hasLineCount(1);
    Result unregistered =
        feed(
            "{}\n",
            "produce",
            "none",
            "--value-format",
            "avro",
            "--value-schema",
            schema("order.avsc"),
            "--no-register");
    assertThat(unregistered.exitCode()).isEqualTo(1);
    Result misfit =
        feed(
            "{\"id\": \"one\"}\n",
            "produce",
            "misfit",
            "--value-format",
            "avro",
            "--value-schema",
            schema("order.avsc"));
    assertThat(misfit.exitCode()).isEqualTo(1);
    assertThat(misfit.err()).contains("line 1: it does not fit the Avro schema").hasLineCount(1);
    Result noCity =
        feed(
            "{\"town\": \"Bern\"}\n",
            "produce",
            "misfit-json",
            "--value-format",
            "json-schema",
            "--value-schema",
            schema("weather.json"));
    assertThat(noCity.err()).contains("city").hasLineCount(1);
    feed("plain\n", "produce", "plain").succeeded();
    Result plain = consume("plain", "--value-format", "avro");
    assertThat(plain.exitCode()).isEqualTo(1);
    assertThat(plain.err())
        .contains("the record at offset 0 of partition ")
        .contains("does not begin with a zero byte")
        .hasLineCount(1);
    assertThat(feed("", "produce", "x", "--value-format", "xml").exitCode()).isEqualTo(2);
    assertThat(feed("", "produce", "x", "--value-schema", schema("order.avsc")).exitCode())
        .isEqualTo(2);
  }
}
