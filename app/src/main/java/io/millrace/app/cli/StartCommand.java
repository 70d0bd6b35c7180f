package io.millrace.app.cli;

import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConfigurationFile;
import io.millrace.app.config.Keys;
import io.millrace.app.config.Keys.LogFormat;
import io.millrace.app.logging.ProgramLog;
import io.millrace.app.node.Listener;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace start}. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = "Starts a node and serves until it is ended by SIGTERM or SIGINT (Ctrl-C).",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace start",
      "  millrace start --config millrace.yaml",
      "  millrace start --data /var/lib/millrace --host 0.0.0.0 --set topics.durability=commit",
      "  millrace start --port-base 20000     Kafka on 20000, edge on 20001, console on 20002"
    })
public final class StartCommand implements Callable<Integer> {

  @Mixin private final NodeOptions options = new NodeOptions();

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Settings, see docs/configuration.md; flags win over it.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting by its key, such as log.format=json.")
  private List<String> assignments = List.of();

  @Override
  public Integer call() throws InterruptedException {
    Configuration configuration = configuration();
    boolean json = configuration.get(Keys.LOG_FORMAT) == LogFormat.JSON;
    ProgramLog.use(configuration.get(Keys.LOG_LEVEL).name(), json);
    Node node =
        Node.start(
            NodeSettings.of(configuration),
            VersionCommand.version(),
            listener -> tell(listener, json));
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(
                    () -> {
                      node.close();
                      ended.countDown();
                    }));
    ended.await();
    return 0;
  }

  private Configuration configuration() {
    Configuration configuration =
        config == null ? Configuration.USUAL : ConfigurationFile.read(config);
    for (String assignment : assignments) {
      configuration = configuration.assign(assignment, "--set");
    }
    return options.applyTo(configuration);
  }

  private static void tell(Listener listener, boolean json) {
    long millis = millisSinceStart();
    if (json) {
      LoggerFactory.getLogger(Node.class)
          .info("{} listens on {} after {} ms", listener.name(), listener.url(), millis);
    } else {
      System.out.printf(
          Locale.ROOT, "%-16s %-28s after %d ms%n", listener.name(), listener.url(), millis);
    }
  }

  private static long millisSinceStart() {
    long now = System.currentTimeMillis();
    return ProcessHandle.current()
        .info()
        .startInstant()
        .map(Instant::toEpochMilli)
        .map(start -> now - start)
        .orElse(0L);
  }
}
