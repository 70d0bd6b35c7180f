package io.millrace.app.cdn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.millrace.app.Main;
import io.millrace.app.config.ConfigurationFile;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import io.millrace.cdn.store.DiskStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace cdn purge} and the API behind it, on a whole node with a disk tier. */
class CdnPurgeTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger made = new AtomicInteger();
  private HttpServer origin;
  private Node node;
  private String console;

  @BeforeEach
  void start() throws Exception {
    origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.createContext(
        "/",
        exchange -> {
          byte[] body = ("made " + made.incrementAndGet()).getBytes(UTF_8);
          exchange.getResponseHeaders().add("Cache-Control", "max-age=3600");
          exchange.getResponseHeaders().add("Cache-Tag", "things, one-thing");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    origin.start();
    String file =
        """
        data: data
        kafka: {port: 0}
        amqp: {port: 0}
        console: {port: 0}
        edge:
          port: 0
          cache: {disk: {max-size: 64MiB}}
          routes:
            - {path: /, proxy: "http://127.0.0.1:%d", sort-query: true, drop-query: [utm_*]}
        """
            .formatted(origin.getAddress().getPort());
    node =
        Node.start(
            NodeSettings.of(ConfigurationFile.parse(file, "test.yaml", folder)),
            "test",
            listener -> {});
    console =
        "http://"
            + URI.create(
                    node.listeners().stream()
                        .filter(each -> each.name().equals("console"))
                        .findAny()
                        .orElseThrow()
                        .url())
                .getAuthority();
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    node.close();
    origin.stop(0);
  }

  private String get(String path) throws Exception {
    return client
        .send(HttpRequest.newBuilder(URI.create(site() + path)).build(), BodyHandlers.ofString())
        .body();
  }

  private String site() {
    return "http://127.0.0.1:" + node.edge().port();
  }

  private static String run(int code, String... arguments) {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, UTF_8));
    try {
      assertThat(Main.run(arguments)).isEqualTo(code);
    } finally {
      System.setOut(out);
    }
    return printed.toString(UTF_8);
  }

  @Test
  void whatIsNamedIsFetchedAnewOnceTheCommandHasEnded() throws Exception {
    String before = get("/a/1?b=2&a=1");
    assertThat(get("/a/1?a=1&b=2")).isEqualTo(before);

    String url = site() + "/a/1?b=2&utm_source=x&a=1";
    assertThat(run(0, "cdn", "purge", "--console", console, url)).contains("purged url");
    String renewed = get("/a/1?b=2&a=1");
    assertThat(renewed).isNotEqualTo(before);

    for (List<String> named :
        List.of(
            List.of("--prefix", site() + "/a"),
            List.of("--key", "one-thing"),
            List.of("--all"),
            List.of("--all", "--soft"))) {
      String last = get("/a/1");
      String[] arguments =
          Stream.concat(Stream.of("cdn", "purge", "--console", console, "--json"), named.stream())
              .toArray(String[]::new);
      JsonNode told = JSON.readTree(run(0, arguments));
      assertThat(told.path("offset").isIntegralNumber()).isTrue();
      assertThat(get("/a/1")).isNotEqualTo(last);
    }
    assertThat(run(2, "cdn", "purge", "--console", console)).isEmpty();
  }

  @Test
  void theApiRefusesWhatNamesNothingOrTooMuch() throws Exception {
    for (String body :
        List.of("{}", "{\"url\":\"http://x/\",\"all\":true}", "{\"url\":\"ftp://x/\"}")) {
      HttpResponse<String> refused =
          client.send(
              HttpRequest.newBuilder(URI.create(console + "/api/edge/purge"))
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(body))
                  .build(),
              BodyHandlers.ofString());
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(JSON.readTree(refused.body()).path("detail").asText()).contains("allowed:");
    }
  }

  @Test
  void theDiskTierLiesInTheDataFolderAndIsCounted() throws Exception {
    String unused = get("/b");
    DiskStore disk = Objects.requireNonNull(node.edge().disk());
    await().atMost(Duration.ofMinutes(1)).until(() -> disk.objects() == 1);
    assertThat(Files.isDirectory(folder.resolve("data/edge-cache"))).isTrue();
    String metrics =
        client
            .send(
                HttpRequest.newBuilder(URI.create(console + "/metrics")).build(),
                BodyHandlers.ofString())
            .body();
    assertThat(metrics).contains("millrace_edge_cache_disk_objects 1.0");
  }
}
