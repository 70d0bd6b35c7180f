package io.millrace.cdn.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.EventStream;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.cdn.view.NodeTopics;
import io.millrace.core.Clock;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics over HTTP, through a real edge with its cache, over a real broker. */
class TopicApiTest {

  private static final String RECORDS = "/v1/topics/orders/partitions/0/records";

  @TempDir Path folder;
  private NodeTopics node;
  private TopicApi api;
  private EdgeFixture edge;

  @BeforeEach
  void start() throws Exception {
    node = new NodeTopics(folder);
    node.make("orders", 1);
    serve(TopicApiSettings.of("/v1").withWritable(true));
  }

  private void serve(TopicApiSettings settings) {
    if (edge != null) {
      edge.close();
      api.close();
    }
    api = new TopicApi(node.topics(), settings, Clock.system());
    edge =
        new EdgeFixture(
            new RouteTable(List.of(api.route("*"))), Clock.system(), EdgeLimits.DEFAULT);
  }

  @AfterEach
  void stop() {
    edge.close();
    api.close();
    node.close();
  }

  private HttpResponse<String> post(String path, String type, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(edge.uri(path))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return edge.client.send(request.build(), BodyHandlers.ofString());
  }

  private String id() {
    return Objects.requireNonNull(node.topics().find("orders")).id().toString();
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String detail) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("\"status\":" + status, detail);
  }

  @Test
  void aBodyOfAnyTypeIsTheValueOfOneRecord() throws Exception {
    HttpResponse<String> written =
        post(
            "/v1/topics/orders?timestamp=1700000000000",
            "text/plain",
            "two pizzas",
            "Millrace-Key",
            "k1",
            "Millrace-Header-Trace",
            "abc");
    assertThat(written.statusCode()).isEqualTo(200);
    assertThat(written.body().strip()).isEqualTo("{\"records\":[{\"partition\":0,\"offset\":0}]}");
    assertThat(edge.get(RECORDS + "?offset=0").body())
        .contains(
            "\"records\":[{\"partition\":0,\"offset\":0,\"timestamp\":1700000000000,\"key\":\"k1\","
                + "\"value\":\"two pizzas\",\"headers\":[{\"name\":\"trace\",\"value\":\"abc\"}]}]");
  }

  @Test
  void manyRecordsAreWrittenByAnArrayOrByLines() throws Exception {
    String array =
        post(
                "/v1/topics/orders",
                "application/json",
                """
        [{"key":"a","value":{"n":1.0}}, {"value":null,"key":"b"}, {"valueBase64":"/w=="}]
        """)
            .body();
    assertThat(array).contains("\"offset\":0", "\"offset\":1", "\"offset\":2");
    String lines =
        post(
                "/v1/topics/orders",
                "application/x-ndjson; charset=utf-8",
                "{\"value\":[1, 2]}\n{\"value\":\"x\",\"headers\":{\"h\":\"1\"}}\n")
            .body();
    assertThat(lines).contains("\"offset\":3", "\"offset\":4");
    String read = edge.get(RECORDS, "Accept", "application/x-ndjson").body();
    assertThat(read.lines())
        .hasSize(5)
        .anySatisfy(line -> assertThat(line).contains("\"value\":{\"n\":1.0}"))
        .anySatisfy(line -> assertThat(line).contains("\"key\":\"b\",\"value\":null"))
        .anySatisfy(line -> assertThat(line).contains("\"valueBase64\":\"/w==\""))
        .anySatisfy(line -> assertThat(line).contains("\"value\":[1, 2]"));
    // What was read can be written again as it is.
    assertThat(post("/v1/topics/orders", "application/x-ndjson", read).statusCode()).isEqualTo(200);
  }

  @Test
  void aFullPageIsKeptForEverAndCostsTheLogOneRead() throws Exception {
    for (int i = 0; i < 5; i++) {
      node.append("orders", 0, "k", "{\"n\":" + i + "}");
    }
    String id = id();
    long before = node.partition("orders", 0).figures().bytesOut();
    String path = RECORDS + "?id=" + id + "&offset=0&limit=3";
    HttpResponse<String> page = edge.get(path);
    assertThat(page.headers().firstValue("cache-control"))
        .hasValue("public, max-age=86400, immutable");
    assertThat(page.headers().firstValue("millrace-next-offset")).hasValue("3");
    assertThat(page.headers().firstValue("link"))
        .hasValue("<" + RECORDS + "?id=" + id + "&offset=3&limit=3>; rel=\"next\"");
    long once = node.partition("orders", 0).figures().bytesOut() - before;
    for (int i = 0; i < 20; i++) {
      assertThat(edge.get(path).body()).isEqualTo(page.body());
    }
    assertThat(node.partition("orders", 0).figures().bytesOut() - before).isEqualTo(once);
    String etag = page.headers().firstValue("etag").orElseThrow();
    assertThat(edge.get(path, "If-None-Match", etag).statusCode()).isEqualTo(304);
    assertThat(edge.get(RECORDS + "?offset=3").headers().firstValue("cache-control"))
        .as("the open tail")
        .hasValue("public, max-age=1");
  }

  @Test
  void aTopicMadeAnewIsNotMistakenForTheFormerOne() throws Exception {
    node.append("orders", 0, "k", "old");
    String id = id();
    node.drop("orders");
    node.make("orders", 1);
    assertProblem(edge.get(RECORDS + "?offset=0&id=" + id), 410, "another id");
  }

  @Test
  void aReaderWaitsForTheNextRecord() throws Exception {
    CompletableFuture<HttpResponse<String>> waiting =
        edge.client.sendAsync(
            HttpRequest.newBuilder(edge.uri(RECORDS + "?offset=0&wait=30s")).build(),
            BodyHandlers.ofString());
    await().until(() -> api.waiting() == 1);
    node.append("orders", 0, "k", "now");
    assertThat(waiting.get().body()).contains("\"value\":\"now\"", "\"next\":1");
    await().until(() -> api.waiting() == 0);
    HttpResponse<String> empty = edge.get(RECORDS + "?offset=1&wait=50ms");
    assertThat(empty.body()).contains("\"next\":1", "\"records\":[]");
  }

  @Test
  void aCrowdThatFollowsCostsTheLogAboutOneReadAPage() throws Exception {
    int crowd = 500;
    int pages = 10;
    long before = api.reads();
    List<CompletableFuture<List<Integer>>> followers = new ArrayList<>();
    for (int i = 0; i < crowd; i++) {
      followers.add(follow(0, pages, new ArrayList<>()));
    }
    for (int i = 0; i < pages; i++) {
      await().until(() -> api.waiting() > 0);
      node.append("orders", 0, "k", Integer.toString(i));
    }
    List<Integer> all = IntStream.range(0, pages).boxed().toList();
    for (CompletableFuture<List<Integer>> follower : followers) {
      assertThat(follower.get()).isEqualTo(all);
    }
    // A follower that comes late to a page may find it stale, and has it confirmed.
    assertThat(api.reads() - before).isBetween((long) pages, 4L * pages);
  }

  private CompletableFuture<List<Integer>> follow(long offset, int until, List<Integer> seen) {
    if (seen.size() >= until) {
      return CompletableFuture.completedFuture(seen);
    }
    HttpRequest request =
        HttpRequest.newBuilder(edge.uri(RECORDS + "?offset=" + offset + "&wait=30s")).build();
    return edge.client
        .sendAsync(request, BodyHandlers.ofString())
        .thenCompose(
            page -> {
              assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
              var values = java.util.regex.Pattern.compile("\"value\":(\\d+)").matcher(page.body());
              while (values.find()) {
                seen.add(Integer.parseInt(values.group(1)));
              }
              return follow(
                  page.headers().firstValueAsLong("millrace-next-offset").orElseThrow(),
                  until,
                  seen);
            });
  }

  @Test
  void anEventStreamGoesOnAfterTheLastEventThatWasSeen() throws Exception {
    for (int i = 0; i < 1000; i++) {
      node.append("orders", 0, "k", "{\"n\":" + i + "}");
    }
    String live = "/v1/topics/orders/partitions/0/live";
    try (EventStream stream = new EventStream(edge.connect(), live, "499")) {
      assertThat(stream.head).doesNotContain("Access-Control");
      for (int i = 500; i < 1000; i++) {
        EventStream.Event event = stream.expect();
        assertThat(event.id()).isEqualTo(Integer.toString(i));
        assertThat(event.data()).contains("\"value\":{\"n\":" + i + "}");
      }
      node.append("orders", 0, "k", "new");
      assertThat(stream.expect().data()).contains("\"offset\":1000", "\"value\":\"new\"");
    }
    try (EventStream stream = new EventStream(edge.connect(), live + "?offset=earliest", null)) {
      assertThat(stream.expect().id()).isEqualTo("0");
    }
    node.partition("orders", 0).deleteBefore(600);
    try (EventStream stream = new EventStream(edge.connect(), live, "9")) {
      EventStream.Event deleted = stream.expect();
      assertThat(deleted.name()).isEqualTo("deleted");
      assertThat(deleted.data()).isEqualTo("{\"from\":10,\"to\":599}");
      assertThat(stream.expect().id()).isEqualTo("600");
    }
    assertProblem(edge.get("/v1/topics/nothing/live"), 404, "no topic");
  }

  @Test
  void aViewerThatReadsSlowlyMissesNothing() throws Exception {
    String value = "x".repeat(60_000);
    try (EventStream slow =
        new EventStream(edge.connect(), "/v1/topics/orders/live?offset=earliest", null)) {
      for (int i = 0; i < 300; i++) {
        node.append("orders", 0, null, value);
      }
      await().until(() -> edge.edge.figures().eventsSkipped.sum() > 0);
      for (int i = 0; i < 300; i++) {
        assertThat(slow.expect().id()).isEqualTo(Integer.toString(i));
      }
    }
  }

  @Test
  void topicsAreListedAndDescribed() throws Exception {
    node.make("audit", 3);
    assertThat(edge.get("/v1/topics").body())
        .contains("{\"topics\":[{\"name\":\"audit\"", "\"name\":\"orders\"")
        .doesNotContain("__");
    node.append("audit", 2, null, "x");
    assertThat(edge.get("/v1/topics/audit").body())
        .contains("{\"partition\":2,\"startOffset\":0,\"endOffset\":1}");
    assertThat(edge.get("/v1/openapi.json").body()).contains("\"openapi\": \"3.1.0\"");
  }

  @Test
  void whatCannotBeReadIsRefusedInOneSentence() throws Exception {
    for (int i = 0; i < 5; i++) {
      node.append("orders", 0, null, "x");
    }
    node.partition("orders", 0).deleteBefore(2);
    node.make("wide", 2);
    assertProblem(edge.get("/v1/topics/nothing"), 404, "There is no topic");
    assertProblem(edge.get("/v1/nothing"), 404, "There is nothing at");
    assertProblem(edge.get("/v1/topics/orders/partitions/7/records"), 404, "only 0 to 0");
    assertProblem(edge.get("/v1/topics/wide/records"), 400, "name one");
    assertProblem(edge.get(RECORDS + "?offset=1"), 410, "\"startOffset\":2");
    assertProblem(edge.get(RECORDS + "?offset=9"), 416, "\"endOffset\":5");
    assertProblem(edge.get(RECORDS + "?offset=x"), 400, "neither earliest nor latest");
    assertProblem(edge.get(RECORDS + "?limit=0"), 400, "from 1 to 10000");
    assertProblem(edge.get(RECORDS + "?wait=2h"), 400, "The parameter wait");
  }

  @Test
  void whatCannotBeWrittenIsRefusedInOneSentence() throws Exception {
    String orders = "/v1/topics/orders";
    String json = "application/json";
    assertProblem(post("/v1/topics/nothing", json, "[]"), 404, "There is no topic");
    assertProblem(post("/v1/topics/__consumer_offsets", json, "1"), 404, "There is no topic");
    assertProblem(post(orders, json, "{\"a\":"), 400, "\"line\":1");
    assertProblem(post(orders, json, "[{\"value\":1},\n {\"vlaue\":2}]"), 400, "\"line\":2");
    assertProblem(post(orders, json, "[{\"key\":1}]"), 400, "no value");
    assertProblem(post(orders, json, "[]"), 400, "no records");
    assertProblem(post(orders, json, "[{\"value\":1,\"partition\":3}]"), 404, "no partition 3");
    assertProblem(post(orders, "multipart/form-data", "x"), 415, "is not taken");
    assertProblem(post(orders, "text/plain", "x".repeat(5 << 20)), 413, "max-body-size");
    assertProblem(post(orders, "text/plain", "x".repeat(2 << 20)), 413, "max.message.bytes");
    assertProblem(
        post(orders, "application/x-ndjson", "{\"value\":1}\n".repeat(10_001)), 413, "10000");
    assertProblem(post(RECORDS, json, "1"), 405, "only GET");
    assertProblem(
        post(orders, "text/plain", "x", "Origin", "http://evil.example"), 403, "other origins");
    assertThat(node.partition("orders", 0).endOffset()).as("nothing was written").isZero();
    await().until(() -> api.bytesInFlight() == 0);
  }

  @Test
  void nothingIsWrittenUnlessTheRouteSaysSo() throws Exception {
    serve(TopicApiSettings.of("/v1"));
    assertProblem(post("/v1/topics/orders", "text/plain", "x"), 403, "edge.topics.writable");
    assertThat(node.partition("orders", 0).endOffset()).isZero();
  }

  @Test
  void onlyNamedTopicsAreShownAndOnlyNamedOriginsAllowed() throws Exception {
    node.make("secret", 1);
    serve(
        TopicApiSettings.of("/v1")
            .withWritable(true)
            .withTopicsAndOrigins(Set.of("orders"), Set.of("http://app.example")));
    assertProblem(edge.get("/v1/topics/secret"), 404, "There is no topic");
    assertThat(edge.get("/v1/topics").body()).doesNotContain("secret");
    assertThat(
            edge.get("/v1/topics", "Origin", "http://app.example")
                .headers()
                .firstValue("access-control-allow-origin"))
        .hasValue("http://app.example");
    assertThat(
            edge.get("/v1/topics", "Origin", "http://evil.example")
                .headers()
                .firstValue("access-control-allow-origin"))
        .isEmpty();
    assertThat(
            post("/v1/topics/orders", "text/plain", "x", "Origin", "http://app.example")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void aLargeRequestIsSplitIntoBatchesThatTheTopicTakes() throws Exception {
    String value = "v".repeat(1000);
    String lines = ("{\"value\":\"" + value + "\"}\n").repeat(3000);
    assertThat(post("/v1/topics/orders", "application/x-ndjson", lines).statusCode())
        .isEqualTo(200);
    assertThat(node.partition("orders", 0).endOffset()).isEqualTo(3000);
  }
}
