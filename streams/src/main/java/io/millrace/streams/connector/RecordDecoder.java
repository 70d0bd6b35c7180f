package io.millrace.streams.connector;

import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import io.millrace.streams.format.FormatColumn;
import io.millrace.streams.format.FormatException;
import io.millrace.streams.format.RowDecoder;
import io.millrace.streams.operator.Stage;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.ScanColumn;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.RowKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns a record into the row of a scan: key, value, and facts of the record. One thread. */
final class RecordDecoder {

  private static final String[] TIMESTAMP_TYPES = {"CreateTime", "LogAppendTime"};

  private final String topic;
  private final @Nullable RowDecoder key;
  private final RowDecoder value;
  private final List<Fact> facts = new ArrayList<>();
  private final int[] watermarkColumns;
  private final int[] valueColumns;
  private final boolean upserts;

  /** A column that the connector itself fills. */
  private record Fact(int column, ScanColumn.Metadata.Key what) {}

  RecordDecoder(PlanNode.Scan scan, Connector.Kafka options) {
    topic = options.topic();
    upserts = scan.connector() instanceof Connector.UpsertKafka;
    List<FormatColumn> keyColumns = new ArrayList<>();
    List<FormatColumn> valueColumns = new ArrayList<>();
    List<Integer> watermarks = new ArrayList<>();
    for (int i = 0; i < scan.columns().size(); i++) {
      switch (scan.columns().get(i)) {
        case ScanColumn.Payload payload -> {
          // With the key's columns in the value as well, the value's count.
          boolean inKey =
              options.keyFields().contains(payload.name()) && (upserts || !options.keyInValue());
          (inKey ? keyColumns : valueColumns)
              .add(new FormatColumn(i, payload.name(), payload.type()));
        }
        case ScanColumn.Metadata metadata -> facts.add(new Fact(i, metadata.what()));
        case ScanColumn.PartitionWatermark unused -> watermarks.add(i);
      }
    }
    key = keyColumns.isEmpty() ? null : RowDecoder.of(options.keyFormat(), keyColumns, options);
    value = RowDecoder.of(options.valueFormat(), valueColumns, options);
    this.valueColumns = valueColumns.stream().mapToInt(FormatColumn::index).toArray();
    watermarkColumns = watermarks.stream().mapToInt(i -> i).toArray();
  }

  /**
   * Fills the row from the cursor's record.
   *
   * @param batch the batch that the record is in, from its position on
   * @param watermark the partition's, before this record counts
   * @return false when the record stands for no row
   */
  boolean decode(RecordCursor record, ByteBuffer batch, int partition, long watermark, Row row)
      throws FormatException {
    if (key != null && !key.decode(record.key(), row)) {
      return false;
    }
    row.setKind(RowKind.INSERT);
    if (upserts && record.value() == null) {
      // The key is no more: columns of the value are NULL.
      for (int column : valueColumns) {
        row.setNull(column);
      }
      row.setKind(RowKind.DELETE);
    } else if (!value.decode(record.value(), row)) {
      return false;
    }
    for (Fact fact : facts) {
      setFact(fact, record, batch, partition, row);
    }
    for (int column : watermarkColumns) {
      if (watermark == Stage.NO_WATERMARK) {
        row.setNull(column);
      } else {
        row.setLong(column, watermark);
      }
    }
    return true;
  }

  private void setFact(Fact fact, RecordCursor record, ByteBuffer batch, int partition, Row row) {
    int at = batch.position();
    switch (fact.what()) {
      case TIMESTAMP -> row.setLong(fact.column(), record.timestampMillis());
      case TIMESTAMP_TYPE ->
          row.setObject(
              fact.column(), TIMESTAMP_TYPES[RecordBatchView.isAppendTime(batch, at) ? 1 : 0]);
      case TOPIC -> row.setObject(fact.column(), topic);
      case PARTITION -> row.setLong(fact.column(), partition);
      case OFFSET -> row.setLong(fact.column(), record.offset());
      case LEADER_EPOCH -> row.setLong(fact.column(), RecordBatchView.leaderEpoch(batch, at));
      case KEY -> row.setObject(fact.column(), copyOf(record.key()));
    }
  }

  private static byte @Nullable [] copyOf(@Nullable ByteBuffer bytes) {
    if (bytes == null) {
      return null;
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return copy;
  }
}
