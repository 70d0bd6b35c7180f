package io.millrace.streams.connector;

import io.millrace.streams.nexmark.NexmarkConfig;
import io.millrace.streams.nexmark.NexmarkEvent;
import io.millrace.streams.nexmark.NexmarkField;
import io.millrace.streams.nexmark.NexmarkGenerator;
import io.millrace.streams.plan.ScanColumn;
import io.millrace.streams.row.Row;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Nexmark's events as rows. */
final class NexmarkRows implements RowGenerator {

  private final NexmarkGenerator generator;
  private final NexmarkField[] fields;
  private final int[] columns;

  /** For a scan of those columns, of which it fills those that are an event's. */
  NexmarkRows(NexmarkConfig config, List<ScanColumn> scanned) {
    generator = new NexmarkGenerator(config);
    columns =
        IntStream.range(0, scanned.size())
            .filter(i -> scanned.get(i) instanceof ScanColumn.Payload)
            .toArray();
    fields = new NexmarkField[columns.length];
    for (int i = 0; i < columns.length; i++) {
      if (scanned.get(columns[i]) instanceof ScanColumn.Payload payload) {
        fields[i] = Objects.requireNonNull(NexmarkField.ofColumn(payload.name()), payload.name());
      }
    }
  }

  @Override
  public void fill(long number, Row row) {
    generator.moveTo(number);
    NexmarkEvent kind = generator.kind();
    for (int i = 0; i < fields.length; i++) {
      NexmarkField field = fields[i];
      int column = columns[i];
      if (!field.isIn(kind)) {
        row.setNull(column);
      } else if (field.type() == NexmarkField.Type.STRING) {
        row.setObject(column, generator.text(field));
      } else {
        row.setLong(column, generator.number(field));
      }
    }
  }
}
