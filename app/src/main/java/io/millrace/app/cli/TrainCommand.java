package io.millrace.app.cli;

import io.millrace.app.config.Configuration;
import io.millrace.app.config.Keys;
import io.millrace.app.logging.ProgramLog;
import io.millrace.app.node.Listener;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/**
 * {@code millrace train}: starts a node on a folder of its own, uses it as clients do, and stops.
 * The launcher runs it once after a build, while the JVM records for its ahead-of-time cache which
 * classes a start needs and which methods are hot.
 */
@Command(
    name = "train",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Uses a node for a moment, for the JVM's ahead-of-time cache.")
public final class TrainCommand implements Callable<Integer> {

  private static final String TOPIC = "training";
  private static final int RECORDS = 20_000;
  private static final int RECORD_BYTES = 100;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Override
  public Integer call() throws Exception {
    ProgramLog.use("info", false);
    Path folder = Files.createTempDirectory("millrace-train");
    Configuration configuration =
        Configuration.USUAL
            .with(Keys.DATA, folder.toString(), "train")
            .with(Keys.KAFKA_PORT, "0", "train")
            .with(Keys.EDGE_PORT, "0", "train")
            .with(Keys.CONSOLE_PORT, "0", "train");
    try (Node node =
        Node.start(NodeSettings.of(configuration), VersionCommand.version(), listener -> {})) {
      useKafka(node.bootstrap());
      for (Listener listener : node.listeners()) {
        if (listener.url().startsWith("http")) {
          ask(listener.url());
        }
      }
    } finally {
      deleteAll(folder);
    }
    return 0;
  }

  private static void useKafka(String bootstrap) throws Exception {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            bootstrap,
            "group.id",
            TOPIC,
            "auto.offset.reset",
            "earliest",
            "metric.reporters",
            "");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin
          .createTopics(List.of(new NewTopic(TOPIC, Optional.of(2), Optional.empty())))
          .all()
          .get();
      admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
    }
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        byte[] key = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
        var unused = producer.send(new ProducerRecord<>(TOPIC, key, new byte[RECORD_BYTES]));
      }
    }
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(TOPIC));
      long end = System.nanoTime() + LIMIT.toNanos();
      int read = 0;
      while (read < RECORDS && System.nanoTime() < end) {
        read += consumer.poll(Duration.ofMillis(200)).count();
      }
      consumer.commitSync();
    }
  }

  private static void ask(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT).build();
      client.send(request, HttpResponse.BodyHandlers.discarding());
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
