package io.millrace.schema;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.TailReader;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.log.AppendInfo;
import io.millrace.log.LogConfig;
import io.millrace.log.LogException;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordCursor;
import io.millrace.schema.record.RegistryRecord;
import io.millrace.schema.record.RegistryRecordCodec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic that holds a registry's state: follows it, whoever writes to it, and appends to it.
 * Confined to the registry's thread, except where it says so.
 */
final class RegistryTopic {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryTopic.class);
  private static final int READ_BYTES = 1 << 20;
  private static final long PATIENCE_SECONDS = 30;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "cleanup.policy",
          "compact",
          "segment.bytes",
          Integer.toString(32 << 20),
          "max.message.bytes",
          Integer.toString(16 << 20),
          "durability",
          "commit");

  private final Topics topics;
  private final String name;
  private final Clock clock;
  private final RegistryState state;
  private final Runnable wake;
  private final TailReader tail = new TailReader(READ_BYTES);
  private @Nullable Partition partition;
  private Runnable cancelWait = () -> {};
  private long next;

  /** The topic that is followed, for other threads. */
  private volatile @Nullable UUID followed;

  /**
   * @param wake called on any thread when there may be more to read; must not block
   */
  RegistryTopic(Topics topics, String name, Clock clock, RegistryState state, Runnable wake) {
    this.topics = topics;
    this.name = name;
    this.clock = clock;
    this.state = state;
    this.wake = wake;
  }

  /** Whether the state is that of the topic which is there now. Any thread. */
  boolean isFollowed() {
    Topic topic = topics.find(name);
    UUID id = followed;
    return topic == null ? id == null : topic.id().equals(id);
  }

  /**
   * Applies all records that are there.
   *
   * @throws BrokerException when the disk refuses
   */
  void catchUp() {
    Topic topic = topics.find(name);
    if (topic == null) {
      if (partition != null) {
        forget();
      }
      return;
    }
    Partition open = partition;
    if (open == null || !topic.id().equals(followed)) {
      forget();
      open = topic.partitions().getFirst();
      partition = open;
    }
    cancelWait.run();
    read(open);
    followed = topic.id();
    cancelWait = open.whenPast(next, wake);
  }

  private void forget() {
    cancelWait.run();
    cancelWait = () -> {};
    partition = null;
    followed = null;
    next = 0;
    state.clear();
  }

  private void read(Partition from) {
    try (RecordCursor cursor = RecordCursor.create()) {
      next = Math.max(next, from.startOffset());
      while (next < from.highWatermark()) {
        long read = tail.read(from, next, cursor, this::apply);
        if (read == next) {
          return;
        }
        next = read;
      }
    } catch (LogException e) {
      throw new RegistryException(
          RegistryError.STORAGE, "The topic " + name + " cannot be read: " + e.getMessage());
    }
  }

  private void apply(RecordCursor at) {
    long offset = at.offset();
    ByteBuffer key = at.key();
    if (key == null) {
      LOG.warn("{} has a record without a key at {}, which is passed over", name, offset);
      return;
    }
    try {
      RegistryRecord record = RegistryRecordCodec.decode(key, at.value());
      if (record != null) {
        state.apply(record);
      }
    } catch (IllegalArgumentException e) {
      LOG.warn("{} has a record at {} that is passed over: {}", name, offset, e.getMessage());
    }
  }

  /**
   * Appends records as one batch, waits until they are durable, and applies them.
   *
   * @throws RegistryException with {@code STORAGE} or {@code TIMEOUT}
   */
  void write(List<RegistryRecord> records) throws InterruptedException {
    Partition to = usable();
    RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
    for (RegistryRecord record : records) {
      builder.add(
          clock.millis(),
          RegistryRecordCodec.key(record),
          RegistryRecordCodec.value(record),
          List.of());
    }
    CompletableFuture<AppendInfo> appended = new CompletableFuture<>();
    to.append(
        builder.build(),
        Partition.Acks.ALL,
        (info, failure) -> {
          if (info != null) {
            appended.complete(info);
          } else {
            appended.completeExceptionally(
                failure == null ? new IllegalStateException("neither written nor not") : failure);
          }
        });
    await(appended);
    catchUp();
  }

  /** The partition to write to; the topic is made when there is none. */
  private Partition usable() throws InterruptedException {
    if (topics.find(name) == null) {
      await(topics.create(new NewTopic(name, 1, SETTINGS)));
    }
    catchUp();
    Topic topic = topics.find(name);
    Partition open = partition;
    if (topic == null || open == null) {
      throw new RegistryException(
          RegistryError.STORAGE, "The topic " + name + " was deleted at this moment");
    }
    if (topic.partitions().size() != 1
        || topic.settings().log().cleanup() != LogConfig.Cleanup.COMPACT) {
      throw new RegistryException(
          RegistryError.STORAGE,
          "The topic "
              + name
              + " must have one partition and cleanup.policy=compact to hold schemas"
              + " (schema-registry.topic)");
    }
    return open;
  }

  private static <T> T await(CompletionStage<T> stage) throws InterruptedException {
    try {
      return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new RegistryException(
          RegistryError.STORAGE,
          "The registry's topic cannot be written: "
              + (e.getCause() == null ? e : e.getCause().getMessage()));
    } catch (TimeoutException e) {
      throw new RegistryException(
          RegistryError.TIMEOUT,
          "The registry's topic did not take the write within " + PATIENCE_SECONDS + " s");
    }
  }

  void close() {
    cancelWait.run();
  }
}
