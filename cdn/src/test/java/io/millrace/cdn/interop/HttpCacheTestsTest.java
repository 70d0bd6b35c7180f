package io.millrace.cdn.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.EdgeSettings;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.net.Transport;
import io.millrace.cdn.origin.HttpOrigin;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.core.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The public suite {@code http-cache-tests} against an edge, and against an edge before a parent
 * edge. What fails is listed, each with its reason, in {@code http-cache-tests.txt}: a test that
 * fails without being listed, and one that is listed but passes, fail this test.
 */
class HttpCacheTestsTest {

  /** Listed so where the outcome depends on how fast the machine is. */
  private static final String EITHER = "either way: ";

  @TempDir Path folder;

  @Test
  void anEdgeAndAnEdgeBeforeAParentPassAllThatIsNotListed() throws Exception {
    try (CacheSuite alone = new CacheSuite(folder, listed().keySet());
        CacheSuite tiered = new CacheSuite(folder, listed().keySet());
        EdgeServer edge = edgeBefore(alone.originPort());
        EdgeServer parent = edgeBefore(tiered.originPort());
        EdgeServer child = edgeBefore(parent.port())) {
      alone.begin(edge.port());
      tiered.begin(child.port());

      CacheSuite.Score ofOne = alone.score();
      CacheSuite.Score ofTwo = tiered.score();

      System.out.println("http-cache-tests, edge: " + ofOne);
      System.out.println("http-cache-tests, edge and parent: " + ofTwo);
      ofOne.results().stream()
          .filter(each -> !each.passed())
          .forEach(each -> System.out.println("  " + each.kind() + " " + each.id()));
      verify(ofOne, "edge");
      verify(ofTwo, "edge and parent");
    }
  }

  /** Nothing is asked of it but that it runs: its score stands beside ours. */
  @Test
  void theScoreOfNginxIsPrintedBesideIt() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (CacheSuite suite = new CacheSuite(folder, List.of())) {
      Process nginx = nginx(port, suite.originPort());
      try {
        Awaitility.await().ignoreExceptions().until(() -> connects(port));
        suite.begin(port);

        System.out.println("http-cache-tests, nginx: " + suite.score());
      } finally {
        nginx.destroy();
        nginx.waitFor();
      }
    }
  }

  private static boolean connects(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    }
  }

  /** As the suite itself configures it. */
  private Process nginx(int port, int originPort) throws IOException {
    Path configuration = folder.resolve("nginx.conf");
    Files.writeString(
        configuration,
        """
        daemon off;
        user %s;
        pid nginx.pid;
        error_log error.log;
        events {}
        http {
          access_log off;
          proxy_cache_path cache levels=1:2 keys_zone=suite:8m max_size=1000m inactive=600m;
          server {
            listen 127.0.0.1:%d;
            location / {
              proxy_pass http://127.0.0.1:%d;
              proxy_cache suite;
              proxy_cache_revalidate on;
            }
          }
        }
        """
            .formatted(System.getProperty("user.name"), port, originPort));
    try {
      return new ProcessBuilder("nginx", "-p", folder.toString(), "-c", configuration.toString())
          .redirectErrorStream(true)
          .redirectOutput(folder.resolve("nginx.out").toFile())
          .start();
    } catch (IOException e) {
      assumeTrue(false, "nginx is not installed here");
      throw e;
    }
  }

  private static EdgeServer edgeBefore(int originPort) {
    Clock clock = Clock.system();
    HttpOrigin origin =
        new HttpOrigin(HttpOrigin.Settings.of("127.0.0.1", originPort), HeadLimits.DEFAULT, clock);
    return new EdgeServer(
        new EdgeSettings("127.0.0.1", 0, 1, Transport.best(), 64 << 20, 10_000, EdgeLimits.DEFAULT),
        new RouteTable(
            List.of(new Route("*", "/", origin, CachePolicy.DEFAULT.storingSetCookie(true)))),
        clock);
  }

  private static void verify(CacheSuite.Score score, String what) throws IOException {
    Map<String, String> listed = listed();
    Map<String, String> failed =
        score.results().stream()
            .filter(each -> !each.passed())
            .collect(Collectors.toMap(CacheSuite.Result::id, CacheSuite.Result::detail));
    TreeSet<String> unlisted = new TreeSet<>(failed.keySet());
    unlisted.removeAll(listed.keySet());
    assertThat(unlisted)
        .as(
            () ->
                what + " fails " + unlisted.stream().map(id -> id + ": " + failed.get(id)).toList())
        .isEmpty();
    assertThat(listed.keySet())
        .filteredOn(id -> !failed.containsKey(id) && !listed.get(id).startsWith(EITHER))
        .as(what + " passes what is listed to fail")
        .isEmpty();
  }

  /** Names of tests that may fail, with the reason. */
  private static Map<String, String> listed() throws IOException {
    Map<String, String> reasons = new LinkedHashMap<>();
    try (var in = HttpCacheTestsTest.class.getResourceAsStream("http-cache-tests.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] parts = line.split(" \\| ", 2);
          reasons.put(parts[0].strip(), parts[1].strip());
        }
      }
    }
    return reasons;
  }
}
