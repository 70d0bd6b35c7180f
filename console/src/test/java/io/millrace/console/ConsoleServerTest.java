package io.millrace.console;

import static io.millrace.console.ConsoleFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.EdgeSettings;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.origin.FolderOrigin;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ConsoleServerTest {

  @TempDir Path folder;

  @Test
  void aTakenPortIsReportedByTheNameOfItsSetting() {
    try (ConsoleFixture node = new ConsoleFixture(folder)) {
      ConsoleSettings same = ConsoleSettings.on("127.0.0.1", node.console.port());
      ConsoleSources sources =
          new ConsoleSources(
              new NodeFacts("1", folder, 0, List.of()), node.broker, null, null, null, List.of());

      assertThatThrownBy(
              () -> ConsoleServer.bind(same, sources, Clock.system(), node.timer).close())
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith("console.port is " + node.console.port() + " on 127.0.0.1")
          .hasMessageContaining("a free port of this machine");
    }
  }

  @Test
  void theNodeIsDescribedWithItsPortsAndWhatItUses() throws Exception {
    try (ConsoleFixture node = new ConsoleFixture(folder)) {
      JsonNode facts = json(node.get("/api/node"));

      assertThat(facts.get("version").asText()).isEqualTo("1.2.3");
      assertThat(facts.get("dataFolder").asText()).isEqualTo(folder.toString());
      assertThat(facts.at("/listeners/0/protocol").asText()).isEqualTo("kafka");
      assertThat(facts.at("/listeners/1/address").asText())
          .isEqualTo("127.0.0.1:" + node.console.port());
      assertThat(facts.at("/process/heapUsedBytes").asLong()).isPositive();
      assertThat(facts.at("/disk/totalBytes").asLong()).isPositive();
    }
  }

  @Test
  void aNodeWithoutAnEdgeSaysSo() throws Exception {
    try (ConsoleFixture node = new ConsoleFixture(folder)) {
      HttpResponse<String> edge = node.get("/api/edge");

      assertThat(edge.statusCode()).isEqualTo(404);
      assertThat(json(edge).get("detail").asText()).isEqualTo("This node runs no HTTP edge.");
    }
  }

  @Test
  void theEdgesHitRatioIsOfWhatACacheMayAnswer() throws Exception {
    Path site = Files.createDirectory(folder.resolve("site"));
    Files.writeString(site.resolve("a.txt"), "hello");
    Path data = Files.createDirectory(folder.resolve("data"));
    RouteTable routes =
        new RouteTable(
            List.of(new Route("*", "/", new FolderOrigin(site, "/"), CachePolicy.DEFAULT)));
    try (EdgeServer edge = new EdgeServer(EdgeSettings.on("127.0.0.1", 0), routes, Clock.system());
        ConsoleFixture node = new ConsoleFixture(data, ConsoleSettings.on("127.0.0.1", 0), edge)) {
      URI uri = URI.create("http://127.0.0.1:" + edge.port() + "/a.txt");
      for (int i = 0; i < 4; i++) {
        node.client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      }

      JsonNode figures = json(node.get("/api/edge"));
      assertThat(figures.get("requests").asLong()).isEqualTo(4);
      long hits = figures.at("/cache/hits").asLong() + figures.at("/cache/stale").asLong();
      long misses = figures.at("/cache/misses").asLong();
      assertThat(hits + misses).isEqualTo(4);
      assertThat(figures.at("/cache/hitRatio").asDouble()).isEqualTo(hits / 4.0);
      assertThat(node.get("/metrics").body())
          .contains("millrace_edge_requests_total 4.0")
          .contains("millrace_edge_cache_lookups_total{result=\"miss\"}");
    }
  }

  @Test
  @Timeout(30)
  void theLiveFeedSaysEachSecondWhatHappens() throws Exception {
    try (ConsoleFixture node = new ConsoleFixture(folder)) {
      node.topic("orders", 2);
      node.commit("billing", "orders", 0, 0);
      HttpResponse<InputStream> feed =
          node.client.send(
              HttpRequest.newBuilder(node.uri("/api/live")).build(), BodyHandlers.ofInputStream());
      assertThat(feed.headers().firstValue("Content-Type")).contains("text/event-stream");
      assertThat(feed.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();

      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(feed.body(), StandardCharsets.UTF_8))) {
        assertThat(lines.readLine()).isEqualTo("event: history");
        JsonNode snapshot = next(lines);
        assertThat(snapshot.at("/total/topics").asInt()).isPositive();
        double fastest = 0;
        for (int i = 0; i < 12 && fastest == 0; i++) {
          node.append("orders", 0, "k", "v");
          snapshot = next(lines);
          fastest = snapshot.at("/topics/0/recordsPerSecond").asDouble();
        }

        assertThat(fastest).isPositive();
        assertThat(snapshot.at("/topics/0/topic").asText()).isEqualTo("orders");
        assertThat(snapshot.at("/groups/0/lag").asLong()).isPositive();
        assertThat(snapshot.at("/process/heapUsedBytes").asLong()).isPositive();
        assertThat(snapshot.get("edge").isNull()).isTrue();
      }
    }
  }

  @Test
  void metricsAreInPrometheusFormat() throws Exception {
    try (ConsoleFixture node = new ConsoleFixture(folder)) {
      node.topic("orders", 2);
      node.append("orders", 1, "k", "v");
      node.commit("billing", "orders", 1, 0);

      HttpResponse<String> page = node.get("/metrics");

      assertThat(page.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("text/plain; version=0.0.4");
      assertThat(page.body())
          .contains("# TYPE millrace_broker_topic_records_total counter")
          .contains("millrace_broker_topic_records_total{topic=\"orders\"} 1.0")
          .contains(
              "millrace_broker_partition_high_watermark{partition=\"1\",topic=\"orders\"} 1.0")
          .contains("millrace_broker_group_lag_records{group=\"billing\",topic=\"orders\"} 1.0")
          .contains("jvm_memory_used_bytes{area=\"heap\"}")
          .contains("process_cpu_seconds_total");
      HttpResponse<String> open =
          node.send(node.request("/metrics").header("Accept", "application/openmetrics-text"));
      assertThat(open.body()).endsWith("# EOF\n");
    }
  }

  @Test
  void aThousandTopicsDoNotMakeAThousandSeriesOfEachKind() throws Exception {
    try (ConsoleFixture node = new ConsoleFixture(folder)) {
      for (int i = 0; i < 520; i++) {
        node.topic("topic-" + i, 1);
      }

      String page = node.get("/metrics").body();

      assertThat(
              page.lines().filter(line -> line.startsWith("millrace_broker_topic_records_total")))
          .hasSizeLessThanOrEqualTo(501);
      assertThat(page).contains("topic=\"_others\"");
      assertThat(page).doesNotContain("millrace_broker_partition_end_offset");
    }
  }

  @Test
  void thePageIsServedWithAPolicyThatRunsNoScriptButItsOwn() throws Exception {
    try (ConsoleFixture node = new ConsoleFixture(folder)) {
      HttpResponse<String> page = node.get("/");

      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).contains("<title>Millrace</title>").doesNotContain("http://");
      assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'")
          .contains("script-src 'self'")
          .doesNotContain("unsafe");
      String tag = page.headers().firstValue("ETag").orElseThrow();
      assertThat(node.send(node.request("/").header("If-None-Match", tag)).statusCode())
          .isEqualTo(304);
      for (String file : List.of("main.js", "style.css", "chart.js", "icon.svg")) {
        assertThat(node.get("/page/" + file).statusCode()).as(file).isEqualTo(200);
      }
    }
  }

  private static JsonNode next(BufferedReader lines) throws Exception {
    String line = lines.readLine();
    while (line != null && !line.equals("event: snapshot")) {
      line = lines.readLine();
    }
    return new ObjectMapper().readTree(lines.readLine().substring("data: ".length()));
  }
}
