package io.millrace.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.amqp.AmqpServer;
import io.millrace.amqp.AmqpSettings;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Partition.Acks;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.cdn.EdgeServer;
import io.millrace.console.NodeFacts.Listener;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.LogStore;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordBatchBuilder.RecordHeader;
import io.millrace.schema.RegistrySettings;
import io.millrace.schema.SchemaRegistry;
import io.millrace.streams.job.JobRegistry;
import io.millrace.streams.job.JobSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A console over a real broker in a folder of its own, and clients of it. */
final class ConsoleFixture implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  final ThreadTimer timer = new ThreadTimer("console-test");
  final LogStore store;
  final Broker broker;
  final AmqpServer amqp;
  final JobRegistry jobs;
  final SchemaRegistry schemas;
  final ConsoleServer console;
  final HttpClient client = HttpClient.newHttpClient();

  ConsoleFixture(Path folder) {
    this(folder, ConsoleSettings.on("127.0.0.1", 0), null);
  }

  ConsoleFixture(Path folder, ConsoleSettings settings, @Nullable EdgeServer edge) {
    store = LogStore.open(folder, Clock.system());
    broker = Broker.open(store, BrokerSettings.defaults(), Clock.system(), timer);
    amqp = AmqpServer.bind(broker, AmqpSettings.defaults().listenOn("127.0.0.1", 0));
    jobs = new JobRegistry(broker, JobSettings.defaults(), Clock.system(), timer, 16);
    schemas = SchemaRegistry.open(broker.topics(), RegistrySettings.defaults(), Clock.system());
    NodeFacts facts =
        new NodeFacts(
            "1.2.3",
            folder,
            System.currentTimeMillis(),
            List.of(new Listener("kafka", "127.0.0.1:9092")));
    console =
        ConsoleServer.bind(
            settings,
            new ConsoleSources(facts, broker, null, jobs, edge, schemas, amqp, List.of()),
            Clock.system(),
            timer);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + console.port() + path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  void topic(String name, int partitions) throws Exception {
    broker
        .topics()
        .create(new NewTopic(name, partitions, Map.of()))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** Appends one record and waits until it can be read. */
  void append(
      String topic,
      int partition,
      long timestampMillis,
      byte @Nullable [] key,
      byte @Nullable [] value,
      RecordHeader... headers)
      throws Exception {
    ByteBuffer batch =
        RecordBatchBuilder.create(Compression.NONE)
            .add(timestampMillis, wrap(key), wrap(value), List.of(headers))
            .build();
    Partition target = broker.topics().find(topic, partition);
    if (target == null) {
      throw new IllegalArgumentException("no " + topic + "-" + partition);
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    target.append(
        batch,
        Acks.ALL,
        (info, failure) -> {
          if (failure == null) {
            done.complete(null);
          } else {
            done.completeExceptionally(failure);
          }
        });
    done.get(10, TimeUnit.SECONDS);
  }

  void append(String topic, int partition, String key, String value) throws Exception {
    append(topic, partition, System.currentTimeMillis(), utf8(key), utf8(value));
  }

  void commit(String group, String topic, int partition, long offset) throws Exception {
    broker
        .groups()
        .commit(
            new MemberIdentity(group, -1, "", null),
            Map.of(
                new TopicPartition(topic, partition),
                new CommittedOffset(offset, 0, "", System.currentTimeMillis())))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  @Override
  public void close() {
    client.close();
    console.close();
    schemas.close();
    jobs.close();
    amqp.close();
    broker.close();
    store.close();
    timer.close();
  }
}
