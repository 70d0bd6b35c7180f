package io.millrace.console;

import static io.millrace.console.ConsoleFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.streams.job.JobStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SQL and the jobs that it starts, over a real engine. */
@Timeout(60)
class SqlApiTest {

  private static final String ORDERS =
      """
      CREATE TABLE orders (id STRING, amount DOUBLE)
      WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json',
            'scan.startup.mode' = 'earliest-offset');
      """;

  private static final String COPY =
      """
      CREATE TABLE copies (id STRING, amount DOUBLE)
      WITH ('connector' = 'kafka', 'topic' = 'copies', 'format' = 'json');
      INSERT INTO copies SELECT id, amount FROM orders WHERE amount > 1;
      """;

  @TempDir Path folder;
  private ConsoleFixture node;

  @BeforeEach
  void start() throws Exception {
    node = new ConsoleFixture(folder);
    node.topic("orders", 2);
    node.topic("copies", 1);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private HttpRequest.Builder script(String path, String script) {
    return node.request(path)
        .header("Content-Type", "application/sql")
        .POST(BodyPublishers.ofString(script));
  }

  private HttpResponse<String> run(String script) throws IOException, InterruptedException {
    return node.send(script("/api/sql", script));
  }

  private void order(String id, double amount) throws Exception {
    node.append("orders", 0, id, "{\"id\": \"" + id + "\", \"amount\": " + amount + "}");
  }

  @Test
  void aMistakeIsReportedWithItsLineAndColumn() throws Exception {
    HttpResponse<String> refused = run("SHOW TABLES;\nSELEKT 1;");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).get("line").asInt()).isEqualTo(2);
    assertThat(json(refused).get("column").asInt()).isEqualTo(1);
    assertThat(json(refused).get("detail").asText()).contains("SELEKT");
    assertThat(run("").statusCode()).isLessThan(500);
    assertThat(run("(".repeat(50_000)).statusCode()).isEqualTo(400);
  }

  @Test
  void aSessionKeepsItsTablesAndAnotherDoesNotSeeThem() throws Exception {
    assertThat(node.send(script("/api/sql?session=mine", ORDERS)).statusCode()).isEqualTo(200);

    JsonNode mine = json(node.send(script("/api/sql?session=mine", "SHOW TABLES;")));
    JsonNode other = json(node.send(script("/api/sql?session=other", "SHOW TABLES;")));

    assertThat(mine.at("/results/0/type").asText()).isEqualTo("table");
    assertThat(mine.at("/results/0/rows").toString()).isEqualTo("[[\"orders\"]]");
    assertThat(other.at("/results/0/rows")).isEmpty();
  }

  @Test
  void anInsertBecomesAJobThatGoesOnAndCanBeCancelled() throws Exception {
    order("a", 1);
    order("b", 2);

    JsonNode results = json(run(ORDERS + COPY)).get("results");

    JsonNode started = results.get(results.size() - 1);
    assertThat(started.get("type").asText()).isEqualTo("job");
    String id = started.get("id").asText();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(node.get("/api/topics/copies/messages").body()).contains("\\\"b\\\""));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              JsonNode job = json(node.get("/api/jobs/" + id));
              assertThat(job.get("state").asText()).isEqualTo("RUNNING");
              assertThat(job.get("rowsIn").asLong()).isEqualTo(2);
              assertThat(job.get("rowsOut").asLong()).isEqualTo(1);
              assertThat(job.get("lag").asLong()).isZero();
              assertThat(job.at("/sources/0/topic").asText()).isEqualTo("orders");
              assertThat(job.at("/sources/0/partitions")).hasSize(2);
            });
    assertThat(node.get("/metrics").body()).contains("millrace_job_rows_in_total{job=");

    JsonNode ended = json(node.send(node.request("/api/jobs/" + id).DELETE()));
    assertThat(ended.get("state").asText()).isEqualTo("CANCELLED");
    assertThat(node.get("/api/jobs/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void aJobThatRunsAlreadyIsRefused() throws Exception {
    assertThat(run(ORDERS + COPY).statusCode()).isEqualTo(200);

    HttpResponse<String> again = run(ORDERS + COPY);

    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(json(again).get("detail").asText()).contains("running already");
  }

  @Test
  void aSelectStreamsRowsUntilItsClientLeavesAndThenEnds() throws Exception {
    order("a", 1.5);
    HttpResponse<InputStream> answer =
        node.client.send(
            script("/api/sql", ORDERS + "SELECT id, amount FROM orders;").build(),
            BodyHandlers.ofInputStream());
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/x-ndjson");

    try (BufferedReader lines = reader(answer)) {
      assertThat(member(lines).get("type").asText()).isEqualTo("done");
      JsonNode select = member(lines);
      assertThat(select.get("columns").toString()).isEqualTo("[\"id\",\"amount\"]");
      assertThat(member(lines).get("values").toString()).isEqualTo("[\"a\",1.5]");
      order("b", 2.5);
      assertThat(member(lines).get("values").toString()).isEqualTo("[\"b\",2.5]");
      assertThat(running()).isEqualTo(1);
    }

    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> running() == 0);
  }

  @Test
  void rowsComeAsEventsToWhoAsksForThem() throws Exception {
    order("a", 1.5);
    HttpResponse<InputStream> answer =
        node.client.send(
            script("/api/sql", ORDERS + "SELECT id FROM orders;")
                .header("Accept", "text/event-stream")
                .build(),
            BodyHandlers.ofInputStream());

    try (BufferedReader lines = reader(answer)) {
      assertThat(lines.readLine()).startsWith("data: {\"type\":\"done\"");
      assertThat(lines.readLine()).isEmpty();
    }
    assertThat(
            node.send(
                    script("/api/sql", ORDERS + "SELECT id FROM orders;")
                        .header("Accept", "application/json"))
                .statusCode())
        .isEqualTo(406);
  }

  @Test
  void aClientThatReadsLateStillGetsEveryRowInOrder() throws Exception {
    String wide = "x".repeat(20_000);
    for (int i = 0; i < 600; i++) {
      order(wide + i, i);
    }
    HttpResponse<InputStream> answer =
        node.client.send(
            script("/api/sql", ORDERS + "SELECT id, amount FROM orders;").build(),
            BodyHandlers.ofInputStream());

    try (BufferedReader lines = reader(answer)) {
      assertThat(member(lines).get("type").asText()).isEqualTo("done");
      assertThat(member(lines).get("type").asText()).isEqualTo("select");
      for (int i = 0; i < 600; i++) {
        assertThat(member(lines).at("/values/1").asInt()).isEqualTo(i);
      }
    }
  }

  private static BufferedReader reader(HttpResponse<InputStream> answer) {
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  private static JsonNode member(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    while (line != null && line.isEmpty()) {
      line = lines.readLine();
    }
    return new ObjectMapper().readTree(line);
  }

  private long running() {
    return node.jobs.list().stream()
        .filter(entry -> entry.job().status().state() == JobStatus.State.RUNNING)
        .count();
  }
}
