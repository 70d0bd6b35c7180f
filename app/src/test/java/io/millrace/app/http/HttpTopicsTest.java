package io.millrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import io.millrace.app.config.ConfigurationFile;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import io.millrace.broker.topic.NewTopic;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics over HTTP on a whole node, by curl, by a browser, and by Kafka's own client. */
class HttpTopicsTest {

  private static final Path DOCS = Path.of(System.getProperty("project.root", ".."), "docs");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Node node;
  private String edge;

  @BeforeEach
  void start() throws Exception {
    Files.createDirectories(folder.resolve("public"));
    Files.writeString(folder.resolve("public/page.html"), PAGE);
    String file =
        """
        data: data
        kafka: {port: 0}
        amqp: {port: 0}
        console: {port: 0}
        edge:
          port: 0
          routes:
            - {path: /, folder: public}
          topics:
            - path: /v1
              writable: true
              only: [orders, wide]
        """;
    node =
        Node.start(
            NodeSettings.of(ConfigurationFile.parse(file, "test.yaml", folder)),
            "test",
            listener -> {});
    edge = "http://localhost:" + node.edge().port();
    make("orders", 1);
    make("wide", 7);
  }

  private void make(String topic, int partitions) throws Exception {
    node.broker()
        .topics()
        .create(new NewTopic(topic, partitions, Map.of()))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void whatCurlPostsKafkasClientReadsAndTheOtherWayRound() throws Exception {
    List<String> keys = List.of("", "a", "ab", "abc", "abcd", "Zürich", "key-12345", "鍵");
    for (String key : keys) {
      String record = JSON.writeValueAsString(Map.of("key", key, "value", "by http " + key));
      assertThat(
              shell(
                  "curl -s \"$EDGE/v1/topics/wide\" -H 'Content-Type: application/x-ndjson'"
                      + " --data-binary '"
                      + record
                      + "'"))
          .contains("\"offset\":");
    }
    Map<String, Object> bootstrap = Map.of("bootstrap.servers", node.bootstrap());
    try (var producer =
        new KafkaProducer<>(bootstrap, new StringSerializer(), new StringSerializer())) {
      for (String key : keys) {
        RecordMetadata went =
            producer.send(new ProducerRecord<>("wide", key, "by kafka")).get(30, TimeUnit.SECONDS);
        // The open tail may be a second old, where somebody read it before.
        await()
            .untilAsserted(
                () ->
                    assertThat(valuesOf(key, went.partition()))
                        .as("one key has one partition, whoever writes: %s", key)
                        .containsExactly("by http " + key, "by kafka"));
      }
    }
    assertThat(consumeAll("wide", 7)).hasSize(keys.size() * 2);
  }

  private List<String> valuesOf(String key, int partition) throws Exception {
    String page =
        shell("curl -s \"$EDGE/v1/topics/wide/partitions/" + partition + "/records?offset=0\"");
    List<String> found = new ArrayList<>();
    for (JsonNode record : JSON.readTree(page).path("records")) {
      if (record.path("key").asText().equals(key)) {
        found.add(record.path("value").asText());
      }
    }
    return found;
  }

  private List<String> consumeAll(String topic, int partitions) {
    List<String> values = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", node.bootstrap()),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> all = new ArrayList<>();
      for (int i = 0; i < partitions; i++) {
        all.add(new TopicPartition(topic, i));
      }
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (all.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
          values.add(record.value());
        }
      }
    }
    return values;
  }

  /** Each example of the page is run; one that is followed by JSON answers just that. */
  @Test
  void theExamplesOfThePageAnswerWhatThePageSays() throws Exception {
    String page = Files.readString(DOCS.resolve("http.md"));
    Matcher examples =
        Pattern.compile("```sh\n(.*?)```(?:\n```json\n(.*?)```)?", Pattern.DOTALL).matcher(page);
    int run = 0;
    while (examples.find()) {
      for (String command : examples.group(1).lines().toList()) {
        String answer = shell(command);
        assertThat(answer).as(command).isNotEmpty();
        if (examples.group(2) != null) {
          assertThat(answer.strip()).as(command).isEqualTo(examples.group(2).strip());
        } else {
          assertThat(answer).as(command).doesNotContain("about:blank");
        }
        run++;
      }
    }
    assertThat(run).isGreaterThanOrEqualTo(8);
    assertThat(shell("curl -sN --max-time 1 \"$EDGE/v1/topics/orders/live?offset=0\""))
        .contains("id: 0\ndata: {", "id: 4\n");
  }

  private String shell(String command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", command);
    builder.environment().put("EDGE", edge);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return out;
  }

  /** The description names what is answered: every path, and every member of every answer. */
  @Test
  void theDescriptionIsTrueOfRealAnswers() throws Exception {
    JsonNode description = JSON.readTree(get("/v1/openapi.json"));
    assertThat(description).isEqualTo(JSON.readTree(DOCS.resolve("openapi.json").toFile()));
    String written =
        shell(
            "curl -s \"$EDGE/v1/topics/orders\" -H 'Content-Type: application/json' -d"
                + " '[{\"key\":\"k\",\"value\":1,\"headers\":{\"h\":\"x\"}},"
                + "{\"keyBase64\":\"/w==\",\"valueBase64\":\"/w==\"}]'");
    Map<String, String> answers =
        Map.of(
            "/topics", get("/v1/topics"),
            "/topics/{topic}", get("/v1/topics/orders"),
            "/topics/{topic}/records", get("/v1/topics/orders/records"),
            "/topics/{topic}/partitions/{partition}/records",
                get("/v1/topics/orders/partitions/0/records"));
    for (Map.Entry<String, String> answer : answers.entrySet()) {
      JsonNode schema =
          description
              .path("paths")
              .path(answer.getKey())
              .at("/get/responses/200/content/application~1json/schema");
      assertThat(schema.isMissingNode()).as(answer.getKey()).isFalse();
      check(description, schema, JSON.readTree(answer.getValue()), answer.getKey());
    }
    check(description, schema(description, "Written"), JSON.readTree(written), "a POST");
    for (String wrong :
        List.of("/v1/topics/x", "/v1/topics/orders/records?offset=99", "/v1/topics/wide/records")) {
      check(description, schema(description, "Problem"), JSON.readTree(get(wrong)), wrong);
    }
    Set<String> paths = new HashSet<>();
    description.path("paths").fieldNames().forEachRemaining(paths::add);
    assertThat(paths)
        .hasSize(7)
        .allSatisfy(
            path -> assertThat(get(path(path))).as(path).doesNotContain("There is nothing at"));
  }

  private static String path(String template) {
    String path = template.replace("{topic}", "orders").replace("{partition}", "0");
    // A stream would not end; one of a topic that is not there is answered.
    return "/v1" + (path.endsWith("/live") ? path.replace("orders", "nothing") : path);
  }

  private static JsonNode schema(JsonNode description, String name) {
    return description.path("components").path("schemas").path(name);
  }

  private static void check(JsonNode description, JsonNode given, JsonNode value, String where) {
    JsonNode schema = given;
    if (schema.has("$ref")) {
      schema = description.at(schema.path("$ref").asText().substring(1));
    }
    if (schema.has("type")) {
      List<String> types = new ArrayList<>();
      (schema.path("type").isArray() ? schema.path("type") : List.of(schema.path("type")))
          .forEach(type -> types.add(type.asText()));
      String type =
          switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case NULL -> "null";
            case BOOLEAN -> "boolean";
            default -> value.isIntegralNumber() ? "integer" : "number";
          };
      assertThat(types).as(where).contains(type);
    }
    for (JsonNode required : schema.path("required")) {
      assertThat(value.has(required.asText())).as(where + " has " + required).isTrue();
    }
    if (value.isObject() && schema.has("properties")) {
      for (Map.Entry<String, JsonNode> member : value.properties()) {
        JsonNode described = schema.path("properties").path(member.getKey());
        assertThat(described.isMissingNode()).as(where + ": " + member.getKey()).isFalse();
        check(description, described, member.getValue(), where + "/" + member.getKey());
      }
    }
    for (JsonNode item : value.isArray() ? value : List.<JsonNode>of()) {
      check(description, schema.path("items"), item, where + "[]");
    }
  }

  private String get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(URI.create(edge + path)).build(), BodyHandlers.ofString())
          .body();
    }
  }

  private static final String PAGE =
      """
      <!doctype html><title>orders</title><ul id="list"></ul>
      <script>
        const live = new EventSource('/v1/topics/orders/partitions/0/live');
        live.onopen = () => document.title = 'live';
        live.onmessage = event => {
          const item = document.createElement('li');
          item.textContent = JSON.parse(event.data).value.dish;
          document.querySelector('#list').append(item);
        };
        async function order(dish) {
          const answer = await fetch('/v1/topics/orders', {
            method: 'POST',
            headers: {'Content-Type': 'application/json'},
            body: JSON.stringify([{key: 'table-4', value: {dish}}]),
          });
          return (await answer.json()).records[0].offset;
        }
        async function read() {
          const page = await (await fetch('/v1/topics/orders/records?offset=0')).json();
          return page.records.map(record => record.value.dish).join();
        }
      </script>
      """;

  @Test
  void aPageInABrowserWritesReadsAndFollows() {
    Optional<Path> chromium = chromium();
    assumeThat(chromium).as("a Chromium on the PATH").isPresent();
    try (Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser =
            playwright
                .chromium()
                .launch(
                    new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium.orElseThrow())
                        .setArgs(List.of("--no-sandbox")))) {
      Page page = browser.newPage();
      page.navigate(edge + "/page.html");
      page.waitForFunction("document.title === 'live'");
      assertThat(page.evaluate("order('pizza')")).isEqualTo(0);
      assertThat(page.evaluate("order('soup')")).isEqualTo(1);
      page.waitForFunction("document.querySelectorAll('#list li').length === 2");
      assertThat(page.locator("#list li").allTextContents()).containsExactly("pizza", "soup");
      assertThat(page.evaluate("read()")).isEqualTo("pizza,soup");
    }
  }

  private static Optional<Path> chromium() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path.split(File.pathSeparator))
        .flatMap(
            each ->
                Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
                    .map(name -> Path.of(each, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
