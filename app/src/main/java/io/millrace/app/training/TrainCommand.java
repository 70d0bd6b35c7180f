package io.millrace.app.training;

import io.millrace.app.cli.NodeOptions;
import io.millrace.app.cli.VersionCommand;
import io.millrace.app.config.AmqpKeys;
import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConsoleKeys;
import io.millrace.app.config.EdgeKeys;
import io.millrace.app.config.KafkaKeys;
import io.millrace.app.config.Keys;
import io.millrace.app.logging.ProgramLog;
import io.millrace.app.node.Listener;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace train}: starts a node on a folder of its own, uses it, and stops. */
@Command(
    name = "train",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Uses a node for a moment, for the JVM's ahead-of-time cache.")
public final class TrainCommand implements Callable<Integer> {

  private static final int BATCHES = 2_000;

  @Option(names = "--clients", description = "For the cache of the commands, not of nodes.")
  private boolean clients;

  // The options of start, so that reading them is in the cache.
  @Mixin private final NodeOptions options = new NodeOptions();

  @Override
  public Integer call() throws Exception {
    ProgramLog.use("info", false);
    Path folder = Files.createTempDirectory("millrace-train");
    Configuration configuration =
        options
            .applyTo(Configuration.USUAL)
            .with(Keys.DATA, folder.toString(), "train")
            .with(KafkaKeys.PORT, "0", "train")
            .with(AmqpKeys.PORT, "0", "train")
            .with(EdgeKeys.PORT, "0", "train")
            .with(ConsoleKeys.PORT, "0", "train");
    try (Node node =
        Node.start(NodeSettings.of(configuration), VersionCommand.version(), listener -> {})) {
      use(node);
    } finally {
      deleteAll(folder);
    }
    return 0;
  }

  private void use(Node node) throws Exception {
    if (clients) {
      KafkaClientLoad.run(node.bootstrap());
      return;
    }
    for (Listener listener : node.listeners()) {
      if (listener.name().equals("kafka")) {
        RawKafkaLoad.run(listener.host(), listener.port(), BATCHES);
      } else {
        get(listener, "/");
        get(listener, "/metrics");
      }
    }
  }

  private static void get(Listener listener, String path) throws IOException {
    String request =
        "GET " + path + " HTTP/1.1\r\nHost: " + listener.host() + "\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket(listener.host(), listener.port());
        OutputStream out = socket.getOutputStream();
        InputStream in = socket.getInputStream()) {
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure)
              throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
