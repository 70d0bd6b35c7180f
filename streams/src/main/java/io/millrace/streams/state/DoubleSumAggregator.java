package io.millrace.streams.state;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.Row;

/** SUM and AVG of FLOAT and DOUBLE: the sum in a double, and how many there were. */
final class DoubleSumAggregator extends Aggregator {

  private final int column;
  private final boolean single;
  private final boolean mean;

  DoubleSumAggregator(int column, DataType type, boolean mean) {
    this.column = column;
    single = type.kind() == DataType.Kind.FLOAT;
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
      plus(table, at, row.getDouble(column), 1);
    }
  }

  @Override
  void retract(GroupTable table, int group, Row row) {
    if (!row.isNull(column)) {
      plus(table, wordAt(table, group), -row.getDouble(column), -1);
    }
  }

  @Override
  void merge(GroupTable table, int group, GroupTable from, int fromGroup) {
    int fromAt = wordAt(from, fromGroup);
    plus(
        table,
        wordAt(table, group),
        Double.longBitsToDouble(from.words[fromAt]),
        from.words[fromAt + 1]);
  }

  private static void plus(GroupTable table, int at, double sum, long count) {
    table.words[at] = Double.doubleToRawLongBits(Double.longBitsToDouble(table.words[at]) + sum);
    table.words[at + 1] += count;
  }

  @Override
  void result(GroupTable table, int group, Row out, int column) {
    int at = wordAt(table, group);
    long count = table.words[at + 1];
    if (count == 0) {
      out.setNull(column);
      return;
    }
    double sum = Double.longBitsToDouble(table.words[at]);
    double value = mean ? sum / count : sum;
    out.setDouble(column, single ? (float) value : value);
  }
}
