package io.millrace.streams.operator;

import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.SortColumn;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.KeyBytes;
import io.millrace.streams.state.KeyCodec;
import java.util.List;

/** The columns that rows are ordered by as bytes whose unsigned order is that of the rows. */
final class SortKey {

  private static final int NULL_FIRST = 0;
  private static final int VALUE = 1;
  private static final int NULL_LAST = 2;

  private final SortColumn[] columns;
  private final KeyCodec[] codecs;

  SortKey(List<SortColumn> order, RowType input) {
    columns = order.toArray(SortColumn[]::new);
    codecs = new KeyCodec[columns.length];
    for (int i = 0; i < columns.length; i++) {
      int column = columns[i].column();
      codecs[i] = new KeyCodec(List.of(input.type(column)), new int[] {column});
    }
  }

  /** Appends the key of a row. */
  void addTo(KeyBytes key, Row row) {
    for (int i = 0; i < columns.length; i++) {
      SortColumn column = columns[i];
      if (row.isNull(column.column())) {
        key.add(column.nullsFirst() ? NULL_FIRST : NULL_LAST);
        continue;
      }
      key.add(VALUE);
      codecs[i].encode(row);
      if (column.descending()) {
        key.addInverted(codecs[i].bytes(), 0, codecs[i].length());
      } else {
        key.add(codecs[i].bytes(), 0, codecs[i].length());
      }
    }
  }
}
