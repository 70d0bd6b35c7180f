package io.millrace.peers.flink;

import io.millrace.streams.nexmark.NexmarkConfig;
import io.millrace.streams.nexmark.NexmarkEvent;
import io.millrace.streams.nexmark.NexmarkField;
import io.millrace.streams.nexmark.NexmarkGenerator;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * Makes one row, used again for each event, as object reuse allows. Flink gives each of two readers
 * one half of the numbers; they are dealt out in turn here, so that both are at the same event time.
 */
final class NexmarkRowData implements GeneratorFunction<Long, RowData> {

  private static final long serialVersionUID = 1;
  private static final int READERS = 2;

  private final long events;
  private final NexmarkField[] fields;
  private transient NexmarkGenerator generator;
  private transient GenericRowData row;

  NexmarkRowData(NexmarkConfig config, NexmarkField[] fields) {
    events = config.events();
    this.fields = fields;
  }

  @Override
  public void open(SourceReaderContext context) {
    generator = new NexmarkGenerator(NexmarkConfig.defaults().withEvents(events));
    row = new GenericRowData(fields.length);
  }

  @Override
  public RowData map(Long index) {
    long half = events / READERS;
    generator.moveTo(index < half ? index * READERS : (index - half) * READERS + 1);
    NexmarkEvent kind = generator.kind();
    for (int i = 0; i < fields.length; i++) {
      NexmarkField field = fields[i];
      row.setField(i, field.isIn(kind) ? value(field) : null);
    }
    return row;
  }

  private Object value(NexmarkField field) {
    switch (field.type()) {
      case INT:
        return (int) generator.number(field);
      case BIGINT:
        return generator.number(field);
      case STRING:
        return StringData.fromString(generator.text(field));
      default:
        return TimestampData.fromEpochMillis(generator.number(field));
    }
  }
}
