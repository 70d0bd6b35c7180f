package io.millrace.console.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A rabbitmq-server of Debian's package, with its management API, all of it in a folder of its own
 * and on free ports of the loopback interface; its name server is its own, too.
 */
final class RabbitmqServer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int MOST_ATTEMPTS = 3;
  private static final Path PACKAGE = Path.of("/usr/lib/rabbitmq/lib");
  private static final Path ERLANG = Path.of("/usr/lib/erlang");

  private final Process names;
  private final Process server;
  private final int managementPort;
  private final HttpClient client = HttpClient.newHttpClient();

  private RabbitmqServer(Process names, Process server, int managementPort) {
    this.names = names;
    this.server = server;
    this.managementPort = managementPort;
  }

  /** Skips the test, saying so, on a machine without the package. */
  static void requireInstalled() throws IOException {
    assumeTrue(
        find(PACKAGE, "rabbitmq_server-*/sbin/rabbitmq-server") != null
            && find(ERLANG, "erts-*/bin/epmd") != null,
        "not installed here: rabbitmq-server");
  }

  private static @Nullable Path find(Path below, String pattern) throws IOException {
    if (!Files.isDirectory(below)) {
      return null;
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + below + "/" + pattern);
    try (Stream<Path> files = Files.walk(below, 3)) {
      return files.filter(matcher::matches).findFirst().orElse(null);
    }
  }

  /** Starts one, and waits until it answers. */
  static RabbitmqServer start(Path folder) throws Exception {
    for (int attempt = 1; ; attempt++) {
      RabbitmqServer started = launch(Files.createDirectories(folder.resolve("try-" + attempt)));
      try {
        await().atMost(PATIENCE).until(() -> !started.server.isAlive() || started.answers());
        if (started.server.isAlive()) {
          return started;
        }
      } catch (Throwable e) {
        started.close();
        throw e;
      }
      started.close();
      // Somebody may have taken a port that was free.
      if (attempt == MOST_ATTEMPTS) {
        throw new AssertionError(
            "rabbitmq-server does not start: "
                + Files.readString(folder.resolve("try-" + attempt).resolve("server.out")));
      }
    }
  }

  private static RabbitmqServer launch(Path folder) throws IOException {
    int managementPort = freePort();
    String namesPort = Integer.toString(freePort());
    Path settings = folder.resolve("rabbitmq.conf");
    Files.writeString(
        settings,
        """
        listeners.tcp.1 = 127.0.0.1:%d
        management.tcp.ip = 127.0.0.1
        management.tcp.port = %d
        """
            .formatted(freePort(), managementPort));
    Path plugins = folder.resolve("enabled_plugins");
    Files.writeString(plugins, "[rabbitmq_management].\n");
    Process names =
        process(
                folder.resolve("names.out"),
                List.of(
                    String.valueOf(find(ERLANG, "erts-*/bin/epmd")),
                    "-port",
                    namesPort,
                    "-address",
                    "127.0.0.1"))
            .start();
    ProcessBuilder server =
        process(
            folder.resolve("server.out"),
            List.of(String.valueOf(find(PACKAGE, "rabbitmq_server-*/sbin/rabbitmq-server"))));
    server
        .environment()
        .putAll(
            Map.ofEntries(
                Map.entry("HOME", folder.toString()),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("ERL_EPMD_PORT", namesPort),
                Map.entry("RABBITMQ_NODENAME", "test@localhost"),
                Map.entry("RABBITMQ_DIST_PORT", Integer.toString(freePort())),
                Map.entry("RABBITMQ_CONF_ENV_FILE", "/dev/null"),
                Map.entry("RABBITMQ_CONFIG_FILE", settings.toString()),
                Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString()),
                Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString()),
                Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()),
                Map.entry("RABBITMQ_PID_FILE", folder.resolve("pid").toString()),
                // Without these two the script stays as the parent of the server's process.
                Map.entry("RABBITMQ_ALLOW_INPUT", "true"),
                Map.entry("RABBITMQ_SERVER_START_ARGS", "-noinput"),
                Map.entry(
                    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                    "-kernel inet_dist_use_interface {127,0,0,1}")));
    try {
      return new RabbitmqServer(names, server.start(), managementPort);
    } catch (IOException e) {
      names.destroyForcibly();
      throw e;
    }
  }

  private static ProcessBuilder process(Path output, List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("RABBITMQ_"));
    return builder;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean answers() throws InterruptedException {
    try {
      return send("guest:guest", "GET", "/overview", null).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** A request to its management API. */
  HttpResponse<String> send(String credentials, String method, String path, @Nullable String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/api" + path))
            .timeout(Duration.ofSeconds(60))
            .header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)))
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  @Override
  public void close() {
    client.close();
    List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
    end(server);
    all.addAll(names.descendants().toList());
    end(names);
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
  }

  /** Asks it to end, and ends it when it does not. */
  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        int unused = process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
