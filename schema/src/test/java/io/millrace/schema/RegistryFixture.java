package io.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.LogSlice;
import io.millrace.log.LogStore;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import io.millrace.schema.format.SchemaType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** A registry over a real broker in a folder. */
final class RegistryFixture implements AutoCloseable {

  private final ThreadTimer timer = new ThreadTimer("registry-test");
  private final LogStore store;
  private final Broker broker;
  SchemaRegistry registry;

  RegistryFixture(Path folder) {
    store = LogStore.open(folder, Clock.system());
    broker = Broker.open(store, BrokerSettings.defaults(), Clock.system(), timer);
    registry = SchemaRegistry.open(broker.topics(), RegistrySettings.defaults(), Clock.system());
  }

  /** Another registry on the same topic, which has nothing but the topic to know from. */
  void reopen() {
    registry.close();
    registry = SchemaRegistry.open(broker.topics(), RegistrySettings.defaults(), Clock.system());
  }

  /** A record with one field of that name and type. */
  static NewSchema avro(String field, String type) {
    return NewSchema.of(
        SchemaType.AVRO,
        """
        {"type": "record", "name": "R", "fields": [{"name": "%s", "type": "%s"}]}
        """
            .formatted(field, type));
  }

  /** What refused a call. */
  static RegistryError refusal(ThrowingCallable call) {
    RegistryException refused = catchThrowableOfType(RegistryException.class, call);
    assertThat(refused).as("the call was not refused").isNotNull();
    return refused.error();
  }

  void createTopic(Map<String, String> settings) throws Exception {
    broker
        .topics()
        .create(new NewTopic("_schemas", 1, settings))
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  void deleteTopic() throws Exception {
    broker.topics().delete("_schemas").toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Appends a record as another program would. */
  void append(String key, @Nullable String value) throws Exception {
    ByteBuffer batch =
        RecordBatchBuilder.create(Compression.GZIP)
            .add(
                0,
                ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8)),
                value == null ? null : ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)),
                List.of())
            .build();
    CompletableFuture<Void> done = new CompletableFuture<>();
    partition()
        .append(
            batch,
            Partition.Acks.ALL,
            (info, failure) -> {
              if (failure == null) {
                done.complete(null);
              } else {
                done.completeExceptionally(failure);
              }
            });
    done.get(20, TimeUnit.SECONDS);
  }

  private Partition partition() {
    return Objects.requireNonNull(broker.topics().find("_schemas", 0));
  }

  /** What compaction leaves: the last record of each key, in the order of their offsets. */
  Map<ByteBuffer, @Nullable ByteBuffer> compacted() {
    Map<ByteBuffer, @Nullable ByteBuffer> last = new LinkedHashMap<>();
    if (broker.topics().find("_schemas") == null) {
      return last;
    }
    long next = 0;
    try (RecordCursor cursor = RecordCursor.create()) {
      while (next < partition().highWatermark()) {
        try (LogSlice slice = partition().read(next, 1 << 20)) {
          ByteBuffer bytes = ByteBuffer.allocate(slice.length());
          slice.copyTo(bytes);
          cursor.reset(bytes.flip(), next);
          while (cursor.next()) {
            ByteBuffer key = copy(Objects.requireNonNull(cursor.key()));
            last.remove(key);
            ByteBuffer value = cursor.value();
            last.put(key, value == null ? null : copy(value));
          }
          next = RecordBatchView.endOffset(bytes);
        }
      }
    }
    return last;
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }

  @Override
  public void close() {
    registry.close();
    broker.close();
    store.close();
    timer.close();
  }
}
