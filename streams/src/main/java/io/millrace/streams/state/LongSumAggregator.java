package io.millrace.streams.state;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.Row;

/** SUM and AVG of integers: the sum in 64 bits, and how many there were. */
final class LongSumAggregator extends Aggregator {

  private final int column;
  private final DataType type;
  private final boolean mean;

  LongSumAggregator(int column, DataType type, boolean mean) {
    this.column = column;
    this.type = type;
    this.mean = mean;
  }

  @Override
  int words() {
    return 2;
  }

  @Override
  void add(GroupTable table, int group, Row row) {
    if (!row.isNull(column)) {
      int at = wordAt(table, group);
      table.words[at] += row.getLong(column);
      table.words[at + 1]++;
    }
  }

  @Override
  void retract(GroupTable table, int group, Row row) {
    if (!row.isNull(column)) {
      int at = wordAt(table, group);
      table.words[at] -= row.getLong(column);
      table.words[at + 1]--;
    }
  }

  @Override
  void merge(GroupTable table, int group, GroupTable from, int fromGroup) {
    int at = wordAt(table, group);
    int fromAt = wordAt(from, fromGroup);
    table.words[at] += from.words[fromAt];
    table.words[at + 1] += from.words[fromAt + 1];
  }

  @Override
  void result(GroupTable table, int group, Row out, int column) {
    int at = wordAt(table, group);
    long sum = table.words[at];
    long count = table.words[at + 1];
    if (count == 0) {
      out.setNull(column);
      return;
    }
    if (type.kind().carrier() == DataType.Carrier.DOUBLE) {
      out.setDouble(column, mean ? (double) sum / count : sum);
      return;
    }
    long value = mean ? sum / count : sum;
    out.setLong(
        column,
        switch (type.kind()) {
          case TINYINT -> (byte) value;
          case SMALLINT -> (short) value;
          case INT -> (int) value;
          default -> value;
        });
  }
}
