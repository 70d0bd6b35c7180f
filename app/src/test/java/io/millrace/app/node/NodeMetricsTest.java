package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.config.AmqpKeys;
import io.millrace.app.config.ConfigurationFile;
import io.millrace.app.config.ConsoleKeys;
import io.millrace.app.config.EdgeKeys;
import io.millrace.app.config.KafkaKeys;
import io.millrace.app.config.Keys;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus gets of a node on which every part runs. */
class NodeMetricsTest {

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\"\\\\n])*\"";
  private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) (" + NAME + ") (.+)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(("
              + NAME
              + ")(?:\\{"
              + LABEL
              + "(?:,"
              + LABEL
              + ")*,?\\})?) (NaN|[+-]Inf|[+-]?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)");

  @TempDir private Path folder;

  @Test
  void allPartsOfANodeArePublishedOnceEachAsPrometheusText() throws Exception {
    try (Node node = Node.start(settings(), "test", listener -> {})) {
      HttpResponse<String> page = get(node, "console", "metrics");
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Type").orElse(""))
          .startsWith("text/plain; version=0.0.4");

      assertThat(series(page.body()))
          .contains(
              "millrace_kafka_connections",
              "millrace_kafka_requests_total{api=\"Produce\"}",
              "millrace_edge_connections",
              "millrace_edge_requests_total",
              "millrace_edge_cache_lookups_total{result=\"hit\"}",
              "millrace_edge_origin_bytes_total",
              "millrace_edge_view_keys{path=\"/board\"}",
              "millrace_edge_view_records_total{path=\"/board\"}",
              "millrace_broker_topics",
              "millrace_jobs_running",
              "millrace_job_rows_in_total{job=\"copy\"}",
              "process_start_time_seconds");
    }
  }

  @Test
  void whatTheEdgeServedIsCountedOnce() throws Exception {
    try (Node node = Node.start(settings(), "test", listener -> {})) {
      get(node, "edge", "board/index.json");

      assertThat(get(node, "console", "metrics").body().lines())
          .contains("millrace_edge_requests_total 1.0");
    }
  }

  private NodeSettings settings() throws Exception {
    Files.writeString(
        folder.resolve("copy.sql"),
        """
        SET 'pipeline.name' = 'copy';
        CREATE TABLE orders (item STRING)
          WITH ('connector' = 'kafka', 'topic' = 'orders', 'value.format' = 'json',
                'scan.startup.mode' = 'earliest-offset');
        CREATE TABLE copies (item STRING)
          WITH ('connector' = 'kafka', 'topic' = 'copies', 'value.format' = 'json');
        INSERT INTO copies SELECT item FROM orders;
        """);
    Path file =
        Files.writeString(
            folder.resolve("millrace.yaml"),
            """
            edge:
              views:
                - path: /board
                  topics:
                    - topic: copies
            jobs:
              - copy.sql
            """);
    return NodeSettings.of(
        ConfigurationFile.read(file)
            .with(Keys.DATA, folder.resolve("data").toString(), "test")
            .with(KafkaKeys.PORT, "0", "test")
            .with(AmqpKeys.PORT, "0", "test")
            .with(EdgeKeys.PORT, "0", "test")
            .with(ConsoleKeys.PORT, "0", "test"));
  }

  private static HttpResponse<String> get(Node node, String listener, String path)
      throws Exception {
    String url =
        node.listeners().stream()
            .filter(each -> each.name().equals(listener))
            .map(Listener::url)
            .findFirst()
            .orElseThrow();
    URI uri = URI.create(url.endsWith("/") ? url + path : url + "/" + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
  }

  /**
   * Reads the text format, version 0.0.4: each line is a comment or a sample, each family has one
   * HELP and one TYPE above its samples, which stand together, and no series is there twice.
   */
  private static Set<String> series(String text) {
    assertThat(text).endsWith("\n");
    Map<String, String> types = new HashMap<>();
    Set<String> helps = new LinkedHashSet<>();
    Set<String> series = new LinkedHashSet<>();
    String family = "";
    for (String line : text.split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      Matcher comment = COMMENT.matcher(line);
      if (comment.matches()) {
        family = comment.group(2);
        boolean first =
            comment.group(1).equals("HELP")
                ? helps.add(family)
                : types.put(family, comment.group(3)) == null;
        assertThat(first).as("only once: " + line).isTrue();
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      assertThat(sample.matches()).as("a sample: " + line).isTrue();
      assertThat(types.get(family)).as("the type of " + line).isIn("counter", "gauge", "histogram");
      assertThat(sample.group(2)).as("stands in its family").startsWith(family);
      assertThat(series.add(sample.group(1))).as("only once: " + line).isTrue();
    }
    return series;
  }
}
