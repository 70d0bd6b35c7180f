package io.millrace.cdn.view;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.broker.topic.Topics;
import io.millrace.log.EpochEnd;
import io.millrace.log.LogConfig;
import io.millrace.log.LogSlice;
import io.millrace.log.TimestampOffset;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Topics whose partitions hold their batches in memory, count their reads and can be cut. */
final class MemoryTopics implements Topics {

  private final ConcurrentMap<String, Topic> topics = new ConcurrentHashMap<>();

  void make(String name, int partitions) {
    List<Partition> all = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      all.add(new MemoryPartition(new TopicPartition(name, i)));
    }
    topics.put(
        name,
        new Topic(
            name,
            UUID.randomUUID(),
            new TopicSettings(Map.of(), LogConfig.DEFAULT, 1),
            false,
            List.copyOf(all)));
  }

  void drop(String name) {
    topics.remove(name);
  }

  MemoryPartition partition(String topic, int partition) {
    return (MemoryPartition) Objects.requireNonNull(topics.get(topic)).partitions().get(partition);
  }

  void append(String topic, int partition, @Nullable String key, @Nullable String value) {
    partition(topic, partition).append(bytes(key), bytes(value));
  }

  static @Nullable ByteBuffer bytes(@Nullable String text) {
    return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public @Nullable Topic find(String name) {
    return topics.get(name);
  }

  @Override
  public @Nullable Topic find(UUID id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable Partition find(String topic, int partition) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Collection<Topic> all() {
    return topics.values();
  }

  @Override
  public CompletionStage<Topic> create(NewTopic topic) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void validate(NewTopic topic) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> delete(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Topic> addPartitions(String name, int count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Topic> configure(String name, Map<String, @Nullable String> changes) {
    throw new UnsupportedOperationException();
  }

  /** One batch for each append. */
  static final class MemoryPartition implements Partition {

    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger waits = new AtomicInteger();
    private final TopicPartition id;
    private final List<byte[]> batches = new ArrayList<>();
    private final List<Wait> waiting = new ArrayList<>();
    private long start;

    private record Wait(long offset, Runnable wake) {}

    MemoryPartition(TopicPartition id) {
      this.id = id;
    }

    void append(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
      RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
      builder.add(1L, key, value, List.of());
      List<Wait> woken = new ArrayList<>();
      synchronized (this) {
        ByteBuffer batch = builder.build();
        byte[] bytes = new byte[batch.remaining()];
        batch.get(bytes);
        ByteBuffer.wrap(bytes).putLong(0, batches.size());
        batches.add(bytes);
        waiting.removeIf(wait -> batches.size() > wait.offset && woken.add(wait));
      }
      woken.forEach(wait -> wait.wake.run());
    }

    synchronized void cutBefore(long offset) {
      start = offset;
    }

    @Override
    public TopicPartition id() {
      return id;
    }

    @Override
    public int leaderEpoch() {
      return 0;
    }

    @Override
    public void append(ByteBuffer data, Acks acks, AppendCallback done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public synchronized long startOffset() {
      return start;
    }

    @Override
    public synchronized long highWatermark() {
      return batches.size();
    }

    @Override
    public synchronized long endOffset() {
      return batches.size();
    }

    @Override
    public long sizeBytes() {
      return 0;
    }

    @Override
    public synchronized LogSlice read(long offset, int maxBytes) {
      reads.incrementAndGet();
      if (offset < start || offset > batches.size()) {
        throw new BrokerException(BrokerError.OFFSET_OUT_OF_RANGE, "out of range");
      }
      int length = 0;
      int end = (int) offset;
      while (end < batches.size()
          && (length == 0 || length + batches.get(end).length <= maxBytes)) {
        length += batches.get(end++).length;
      }
      ByteBuffer bytes = ByteBuffer.allocate(length);
      for (int i = (int) offset; i < end; i++) {
        bytes.put(batches.get(i));
      }
      return new Slice(offset, bytes.flip());
    }

    @Override
    public Runnable whenPast(long offset, Runnable wake) {
      waits.incrementAndGet();
      Wait wait = new Wait(offset, wake);
      synchronized (this) {
        if (batches.size() <= offset) {
          waiting.add(wait);
          return () -> cancel(wait);
        }
      }
      wake.run();
      return () -> {};
    }

    private synchronized void cancel(Wait wait) {
      waiting.remove(wait);
    }

    synchronized int waiting() {
      return waiting.size();
    }

    @Override
    public Optional<TimestampOffset> firstAtOrAfter(long timestampMillis) {
      return Optional.empty();
    }

    @Override
    public Optional<TimestampOffset> latestTimestamp() {
      return Optional.empty();
    }

    @Override
    public EpochEnd endOfEpoch(int leaderEpoch) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long deleteBefore(long offset) {
      cutBefore(offset);
      return offset;
    }
  }

  private record Slice(long baseOffset, ByteBuffer bytes) implements LogSlice {

    @Override
    public FileChannel file() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      return 0;
    }

    @Override
    public int length() {
      return bytes.remaining();
    }

    @Override
    public void copyTo(ByteBuffer target) {
      target.put(bytes.duplicate());
    }

    @Override
    public void close() {}
  }
}
