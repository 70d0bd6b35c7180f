package io.millrace.streams;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.Disk;
import io.millrace.log.LogSlice;
import io.millrace.log.LogStore;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A broker over a folder, with a timer, and the shortest way to put records in and get them out.
 */
public final class TestNode implements AutoCloseable {

  private final LogStore store;
  private final ThreadTimer timer = new ThreadTimer("test-timer");
  private final Broker broker;

  /** Opens the folder. */
  public TestNode(Path folder) {
    this(folder, Disk.system());
  }

  /** Opens the folder on a disk that the test owns. */
  public TestNode(Path folder, Disk disk) {
    store = LogStore.open(folder, Clock.system(), disk);
    broker = Broker.open(store, BrokerSettings.defaults(), Clock.system(), timer);
  }

  /** The broker. */
  public Broker broker() {
    return broker;
  }

  /** The timer. */
  public ThreadTimer timer() {
    return timer;
  }

  /** Makes a topic. */
  public Topic create(String name, int partitions) {
    return create(name, partitions, Map.of());
  }

  /** Makes a topic with settings. */
  public Topic create(String name, int partitions, Map<String, String> settings) {
    return broker
        .topics()
        .create(new NewTopic(name, partitions, settings))
        .toCompletableFuture()
        .join();
  }

  /** A partition that is there. */
  public Partition partition(String topic, int partition) {
    return Objects.requireNonNull(broker.topics().find(topic, partition));
  }

  /** Appends one record as a batch of its own. */
  public void send(String topic, int partition, @Nullable String key, @Nullable String value) {
    send(topic, partition, List.of(new Sent(key, value)));
  }

  /** A record to be sent. */
  public record Sent(@Nullable String key, @Nullable String value) {}

  /** Appends records as one batch. */
  public void send(String topic, int partition, List<Sent> records) {
    RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
    for (Sent record : records) {
      builder.add(1000, bytes(record.key()), bytes(record.value()), List.of());
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    partition(topic, partition)
        .append(
            builder.build(),
            Partition.Acks.ALL,
            (info, failure) -> {
              if (failure == null) {
                done.complete(null);
              } else {
                done.completeExceptionally(failure);
              }
            });
    done.join();
  }

  private static @Nullable ByteBuffer bytes(@Nullable String text) {
    return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A record that was read. */
  public record Received(
      int partition,
      long offset,
      long timestampMillis,
      @Nullable String key,
      @Nullable String value) {}

  /** Everything in a topic, by partition and offset; empty when there is no such topic. */
  public List<Received> records(String name) {
    Topic topic = broker.topics().find(name);
    List<Received> records = new ArrayList<>();
    if (topic == null) {
      return records;
    }
    for (Partition partition : topic.partitions()) {
      long offset = partition.startOffset();
      try (RecordCursor cursor = RecordCursor.create()) {
        while (offset < partition.highWatermark()) {
          ByteBuffer batches = read(partition, offset);
          cursor.reset(batches, offset);
          while (cursor.next()) {
            records.add(
                new Received(
                    partition.id().partition(),
                    cursor.offset(),
                    cursor.timestampMillis(),
                    text(cursor.key()),
                    text(cursor.value())));
            offset = cursor.offset() + 1;
          }
        }
      }
    }
    return records;
  }

  private static ByteBuffer read(Partition partition, long offset) {
    try (LogSlice slice = partition.read(offset, 1 << 20)) {
      ByteBuffer batches = ByteBuffer.allocate(slice.length());
      slice.copyTo(batches);
      return batches.flip();
    }
  }

  private static @Nullable String text(@Nullable ByteBuffer bytes) {
    return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  @Override
  public void close() {
    broker.close();
    store.close();
    timer.close();
  }
}
