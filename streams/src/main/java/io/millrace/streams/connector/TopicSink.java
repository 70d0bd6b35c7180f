package io.millrace.streams.connector;

import io.millrace.broker.Broker;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.core.Clock;
import io.millrace.streams.format.FormatColumn;
import io.millrace.streams.format.RowEncoder;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.ScanColumn;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows as records of a topic. Records are encoded at once and wait in batches until the job
 * publishes the epoch. A record with a key goes where Kafka's clients would put it; records without
 * one go to one partition until its batch is full, then to the next.
 */
public final class TopicSink extends Sink {

  private final Connector.Kafka options;
  private final Broker broker;
  private final Clock clock;
  private final @Nullable RowEncoder key;
  private final RowEncoder value;
  private final int timestampColumn;
  private final boolean upserts;
  private final List<PartitionOutput> outputs = new ArrayList<>();
  private long producerId = -1;
  private boolean lasting;
  private int keylessPartition;

  /** The key whose row an update replaces: without the row after it, it is deleted. */
  private byte @Nullable [] replaced;

  private long replacedTimestamp;

  /**
   * For an insert; creates the topic when it is missing, and blocks for that.
   *
   * @param upserts whether a row that is deleted is written as its key without a value; else rows
   *     are only added
   */
  public TopicSink(
      Insert insert, Connector.Kafka options, boolean upserts, Broker broker, Clock clock) {
    super(insert.table());
    this.upserts = upserts;
    this.options = options;
    this.broker = broker;
    this.clock = clock;
    int timestamp = -1;
    List<FormatColumn> keyColumns = new ArrayList<>();
    List<FormatColumn> valueColumns = new ArrayList<>();
    for (int i = 0; i < insert.rowType().size(); i++) {
      int column = i;
      if (insert.metadata().stream().anyMatch(metadata -> metadata.index() == column)) {
        continue;
      }
      FormatColumn field =
          new FormatColumn(i, insert.rowType().field(i).name(), insert.rowType().type(i));
      boolean inKey = options.keyFields().contains(field.name());
      if (inKey) {
        keyColumns.add(field);
      }
      if (!inKey || options.keyInValue()) {
        valueColumns.add(field);
      }
    }
    for (Insert.MetadataColumn metadata : insert.metadata()) {
      if (metadata.key() == ScanColumn.Metadata.Key.TIMESTAMP) {
        timestamp = metadata.index();
      }
    }
    timestampColumn = timestamp;
    key =
        keyColumns.isEmpty()
            ? null
            : RowEncoder.of(options.keyFormat(), keyColumns, options.timestampFormat());
    value = RowEncoder.of(options.valueFormat(), valueColumns, options.timestampFormat());
    ensureTopic();
  }

  private void ensureTopic() {
    if (broker.topics().find(options.topic()) == null) {
      Blocking.get(
          broker.topics().create(new NewTopic(options.topic(), -1, Map.of())),
          "Topic "
              + options.topic()
              + ", which table "
              + table()
              + " writes to, cannot be created");
    }
  }

  /**
   * Names the producer that sends the batches; before the first row.
   *
   * @param lasting whether the producer and its sequence numbers are kept by the checkpoint: then
   *     what is sent again after a restart is known as such. Output that is published before the
   *     checkpoint needs a new producer for each run instead, since a restart computes it anew in
   *     other batches.
   */
  public void setProducer(long producerId, boolean lasting) {
    this.producerId = producerId;
    this.lasting = lasting;
    outputs.clear();
    refreshPartitions();
  }

  /** Takes note of partitions that were added; between epochs. */
  public void refreshPartitions() {
    Topic topic = broker.topics().find(options.topic());
    if (topic == null) {
      throw new JobException(
          "Topic " + options.topic() + ", which table " + table() + " writes to, was deleted");
    }
    for (int i = outputs.size(); i < topic.partitions().size(); i++) {
      Partition partition = topic.partitions().get(i);
      outputs.add(
          new PartitionOutput(
              partition.id(), producerId, topic.settings().log().maxBatchBytes(), 0));
    }
  }

  /** What is promised of the output. */
  public Connector.DeliveryGuarantee guarantee() {
    return options.guarantee();
  }

  /** The topic's name. */
  public String topic() {
    return options.topic();
  }

  @Override
  public void row(Row row) {
    rows++;
    ByteBuffer keyBytes = key == null ? null : key.encode(row);
    long timestamp = timestamp(row);
    if (!upserts) {
      add(timestamp, keyBytes, value.encode(row));
      return;
    }
    byte[] before = replaced;
    if (before != null && !ByteBuffer.wrap(before).equals(keyBytes)) {
      deleteReplaced();
    }
    replaced = null;
    switch (row.kind()) {
      case INSERT, UPDATE_AFTER -> add(timestamp, keyBytes, value.encode(row));
      case DELETE -> add(timestamp, keyBytes, null);
      case UPDATE_BEFORE -> {
        replaced = copyOf(keyBytes);
        replacedTimestamp = timestamp;
      }
    }
  }

  /** An update whose row after it went elsewhere, or nowhere, deletes the row before it. */
  private void deleteReplaced() {
    byte[] gone = replaced;
    if (gone != null) {
      replaced = null;
      add(replacedTimestamp, ByteBuffer.wrap(gone), null);
    }
  }

  private static byte[] copyOf(@Nullable ByteBuffer bytes) {
    if (bytes == null) {
      throw new IllegalStateException("rows are updated by their keys");
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return copy;
  }

  private long timestamp(Row row) {
    long timestamp =
        timestampColumn < 0 || row.isNull(timestampColumn)
            ? clock.millis()
            : row.getLong(timestampColumn);
    if (timestamp < 0) {
      throw new JobException(
          "Table "
              + table()
              + " was given the record timestamp "
              + timestamp
              + " ms; allowed: 1970-01-01 and later");
    }
    return timestamp;
  }

  private void add(long timestamp, @Nullable ByteBuffer keyBytes, @Nullable ByteBuffer valueBytes) {
    if (keyBytes == null) {
      if (outputs.get(keylessPartition).add(timestamp, null, valueBytes)) {
        keylessPartition = (keylessPartition + 1) % outputs.size();
      }
    } else {
      int partition = KeyPartitioner.partition(keyBytes, outputs.size());
      outputs.get(partition).add(timestamp, keyBytes, valueBytes);
    }
  }

  /** Bytes that wait to be published. */
  public long pendingBytes() {
    long bytes = 0;
    for (PartitionOutput output : outputs) {
      bytes += output.pendingBytes();
    }
    return bytes;
  }

  /** Hands all batches over, to be published. */
  public void drainTo(List<OutgoingBatch> target) {
    deleteReplaced();
    outputs.forEach(output -> output.drainTo(target));
    keylessPartition = (keylessPartition + 1) % outputs.size();
  }

  /** Writes the sequence numbers that come next; after {@link #drainTo}. */
  public void save(StateOutput out) {
    out.writeInt(outputs.size());
    for (PartitionOutput output : outputs) {
      out.writeInt(lasting ? output.nextSequence() : 0);
    }
  }

  /** Reads them; after {@link #setProducer}, before the first row. */
  public void load(StateInput in) {
    int count = in.readCount();
    for (int i = 0; i < count; i++) {
      int sequence = in.readInt();
      if (!lasting) {
        continue;
      }
      if (i >= outputs.size()) {
        throw new JobException(
            "The checkpoint has written to partition "
                + i
                + " of topic "
                + options.topic()
                + ", which has only "
                + outputs.size()
                + " now");
      }
      PartitionOutput output = outputs.get(i);
      outputs.set(i, output.withNextSequence(sequence));
    }
  }
}
