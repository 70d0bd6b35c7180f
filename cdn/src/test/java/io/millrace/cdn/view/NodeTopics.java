package io.millrace.cdn.view;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.LogStore;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A broker over a folder, and records put into its topics. */
public final class NodeTopics implements AutoCloseable {

  private final ThreadTimer timer = new ThreadTimer("timer");
  private final LogStore store;
  private final Broker broker;

  public NodeTopics(Path folder) {
    store = LogStore.open(folder, Clock.system());
    broker = Broker.open(store, BrokerSettings.defaults(), Clock.system(), timer);
  }

  public Topics topics() {
    return broker.topics();
  }

  public void make(String name, int partitions) throws Exception {
    broker
        .topics()
        .create(new NewTopic(name, partitions, Map.of()))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  public void drop(String name) throws Exception {
    broker.topics().delete(name).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  public Partition partition(String topic, int partition) {
    return Objects.requireNonNull(broker.topics().find(topic, partition));
  }

  public void append(String topic, int partition, @Nullable String key, @Nullable String value) {
    append(topic, partition, bytes(key), bytes(value), Compression.NONE);
  }

  public void append(
      String topic,
      int partition,
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      Compression compression) {
    RecordBatchBuilder builder = RecordBatchBuilder.create(compression);
    builder.add(Clock.system().millis(), key, value, List.of());
    CompletableFuture<Void> appended = new CompletableFuture<>();
    partition(topic, partition)
        .append(
            builder.build(),
            Partition.Acks.ALL,
            (info, failure) -> {
              if (failure == null) {
                appended.complete(null);
              } else {
                appended.completeExceptionally(failure);
              }
            });
    appended.orTimeout(10, TimeUnit.SECONDS).join();
  }

  public static @Nullable ByteBuffer bytes(@Nullable String text) {
    return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    broker.close();
    store.close();
    timer.close();
  }
}
