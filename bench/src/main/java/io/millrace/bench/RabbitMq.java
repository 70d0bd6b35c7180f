package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * RabbitMQ as Debian packages it, with its default settings but for ports and folders. It runs
 * unpacked beside its fetch script: no service is installed or started. Erlang's name server is a
 * process of its own on a free port, which ends with the broker.
 */
final class RabbitMq implements Contestant {

  private final Path folder;

  /**
   * @param root the project's top folder, under which {@code bench/peers/rabbitmq} says how it is
   *     had
   */
  RabbitMq(Path root) {
    this.folder = root.resolve("bench/peers/rabbitmq");
  }

  @Override
  public String name() {
    return "RabbitMQ";
  }

  @Override
  public String version() {
    try {
      String home = only(unpacked().resolve("usr/lib/rabbitmq/lib"), "rabbitmq_server-").toString();
      return home.substring(home.lastIndexOf('-') + 1);
    } catch (IOException e) {
      return "unknown";
    }
  }

  private Path unpacked() {
    return folder.resolve("target/root");
  }

  private static Path only(Path in, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
          .findFirst()
          .orElseThrow(() -> new IOException("there is no " + prefix + "* in " + in));
    }
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    if (Files.isDirectory(unpacked())) {
      return;
    }
    Process fetch =
        new ProcessBuilder(folder.resolve("fetch").toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (fetch.waitFor() != 0) {
      throw new IOException("RabbitMQ's packages could not be had from Debian (see above)");
    }
  }

  @Override
  public Server start(Path data, SyncCounter syncs) throws IOException {
    int port = FreePort.find();
    int nameServerPort = FreePort.find();
    Path settings = data.resolve("rabbitmq.conf");
    Files.writeString(settings, "listeners.tcp.1 = 127.0.0.1:" + port + "\n");
    Path erlang = unpacked().resolve("usr/lib/erlang");
    Path nameServer = only(erlang, "erts-").resolve("bin/epmd");
    Process names =
        new ProcessBuilder(
                nameServer.toString(),
                "-port",
                Integer.toString(nameServerPort),
                "-address",
                "127.0.0.1")
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("epmd.log").toFile())
            .start();
    Path home = only(unpacked().resolve("usr/lib/rabbitmq/lib"), "rabbitmq_server-");
    ProcessBuilder broker =
        new ProcessBuilder(syncs.counted(List.of(home.resolve("sbin/rabbitmq-server").toString())));
    Map<String, String> environment = broker.environment();
    environment.put("PATH", erlang.resolve("bin") + ":" + environment.get("PATH"));
    environment.put("HOME", data.toString());
    environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    environment.put("ERL_EPMD_PORT", Integer.toString(nameServerPort));
    environment.put("RABBITMQ_NODENAME", "bench@localhost");
    environment.put("RABBITMQ_DIST_PORT", Integer.toString(FreePort.find()));
    environment.put("RABBITMQ_CONF_ENV_FILE", "/dev/null");
    environment.put("RABBITMQ_CONFIG_FILE", settings.toString());
    environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", data.resolve("enabled_plugins").toString());
    environment.put("RABBITMQ_MNESIA_BASE", data.resolve("data").toString());
    environment.put("RABBITMQ_LOG_BASE", data.resolve("log").toString());
    environment.put("RABBITMQ_PID_FILE", data.resolve("pid").toString());
    // Without these the script stays as the parent of the broker's process, instead of becoming it.
    environment.put("RABBITMQ_ALLOW_INPUT", "true");
    environment.put("RABBITMQ_SERVER_START_ARGS", "-noinput");
    environment.put(
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
    return Server.start(broker, new Ports(0, port), data.resolve("server.log"), names);
  }
}
