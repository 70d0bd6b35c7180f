package io.millrace.cdn.topic;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.core.Clock;
import io.millrace.log.AppendInfo;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordBatchBuilder.RecordHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request's records on their way into a topic: put into as few batches as the topic's bound
 * allows, appended, and answered once all are acknowledged by all in-sync replicas.
 *
 * <p>Everything that can be refused beforehand is refused before the first append. Records of one
 * partition keep their order.
 */
final class TopicWriter {

  private static final AtomicInteger KEYLESS = new AtomicInteger();

  private final Topic topic;
  private final Clock clock;
  private final List<Batch> batches = new ArrayList<>();
  private final AtomicInteger unanswered = new AtomicInteger();

  /** A batch, and which of the request's records are in it. */
  private static final class Batch {
    final Partition partition;
    final List<Integer> records = new ArrayList<>();
    @Nullable ByteBuffer bytes;
    volatile @Nullable AppendInfo written;
    volatile @Nullable BrokerException failure;

    Batch(Partition partition) {
      this.partition = partition;
    }
  }

  private TopicWriter(Topic topic, Clock clock) {
    this.topic = topic;
    this.clock = clock;
  }

  /**
   * Appends.
   *
   * @param done called once, on any thread, with the answer; it must not block
   * @throws Refusal when nothing was appended
   */
  static void write(Topic topic, List<NewRecord> records, Clock clock, Consumer<Answer> done) {
    TopicWriter writer = new TopicWriter(topic, clock);
    writer.batch(records);
    writer.append(records.size(), done);
  }

  private void batch(List<NewRecord> records) {
    int partitions = topic.partitions().size();
    // Records without a key stay together, and requests take turns, as Kafka's clients do it.
    int keyless = Math.floorMod(KEYLESS.getAndIncrement(), partitions);
    @Nullable Batch[] open = new Batch[partitions];
    RecordBatchBuilder[] builders = new RecordBatchBuilder[partitions];
    int most = topic.settings().log().maxBatchBytes();
    long now = clock.millis();
    for (int i = 0; i < records.size(); i++) {
      NewRecord record = records.get(i);
      int to = partition(record, partitions, keyless);
      if (builders[to] == null) {
        builders[to] = RecordBatchBuilder.create(Compression.NONE);
      }
      RecordBatchBuilder builder = builders[to];
      Batch batch = open[to];
      if (batch != null && (long) builder.sizeBytes() + mostBytes(record) > most) {
        batch.bytes = builder.build();
        batch = null;
      }
      if (batch == null) {
        batch = new Batch(topic.partitions().get(to));
        batches.add(batch);
        open[to] = batch;
      }
      builder.add(
          record.timestampMillis() < 0 ? now : record.timestampMillis(),
          record.key() == null ? null : ByteBuffer.wrap(record.key()),
          record.value() == null ? null : ByteBuffer.wrap(record.value()),
          record.headers());
      batch.records.add(i);
      if (builder.sizeBytes() > most) {
        throw new Refusal(
            413,
            "A record makes a batch of "
                + builder.sizeBytes()
                + " bytes, but the topic takes at most "
                + most
                + " (max.message.bytes).");
      }
    }
    for (int i = 0; i < partitions; i++) {
      Batch batch = open[i];
      if (batch != null) {
        batch.bytes = builders[i].build();
      }
    }
  }

  private int partition(NewRecord record, int partitions, int keyless) {
    if (record.partition() >= partitions) {
      throw new Refusal(
          404,
          "The topic "
              + topic.name()
              + " has no partition "
              + record.partition()
              + ", only 0 to "
              + (partitions - 1)
              + ".");
    }
    byte[] key = record.key();
    if (record.partition() >= 0) {
      return record.partition();
    }
    return key == null ? keyless : KeyPartitioner.partition(key, partitions);
  }

  /** At most as many bytes does it add to a batch. */
  private static long mostBytes(NewRecord record) {
    long bytes = 40;
    bytes += record.key() == null ? 0 : record.key().length;
    bytes += record.value() == null ? 0 : record.value().length;
    for (RecordHeader header : record.headers()) {
      ByteBuffer value = header.value();
      bytes += 10 + header.name().getBytes(StandardCharsets.UTF_8).length;
      bytes += value == null ? 0 : value.remaining();
    }
    return bytes;
  }

  private void append(int records, Consumer<Answer> done) {
    unanswered.set(batches.size());
    for (Batch batch : batches) {
      ByteBuffer bytes = batch.bytes;
      if (bytes == null) {
        throw new IllegalStateException("a batch was not built");
      }
      batch.partition.append(
          bytes,
          Partition.Acks.ALL,
          (info, failure) -> {
            batch.written = info;
            batch.failure = failure;
            if (unanswered.decrementAndGet() == 0) {
              done.accept(answer(records));
            }
          });
    }
  }

  private Answer answer(int records) {
    long[] offsets = new long[records];
    int[] partitions = new int[records];
    BrokerException failure = null;
    boolean some = false;
    for (Batch batch : batches) {
      AppendInfo info = batch.written;
      some |= info != null;
      if (batch.failure != null) {
        failure = batch.failure;
      }
      for (int i = 0; i < batch.records.size(); i++) {
        int record = batch.records.get(i);
        partitions[record] = batch.partition.id().partition();
        offsets[record] = info == null ? -1 : info.baseOffset() + i;
      }
    }
    Answer.Document listed =
        out -> {
          out.writeArrayFieldStart("records");
          for (int i = 0; i < records; i++) {
            out.writeStartObject();
            out.writeNumberField("partition", partitions[i]);
            if (offsets[i] < 0) {
              out.writeNullField("offset");
            } else {
              out.writeNumberField("offset", offsets[i]);
            }
            out.writeEndObject();
          }
          out.writeEndArray();
        };
    if (failure != null) {
      // Those with an offset were written all the same: the client is told which.
      return some ? Answer.problem(Refusal.of(failure), listed) : Answer.of(Refusal.of(failure));
    }
    return Answer.of(
        200,
        Answer.JSON,
        Answer.NO_STORE,
        Answer.bytes(
            out -> {
              out.writeStartObject();
              listed.write(out);
              out.writeEndObject();
            }));
  }
}
