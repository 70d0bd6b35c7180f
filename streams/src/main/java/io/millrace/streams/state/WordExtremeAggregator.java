package io.millrace.streams.state;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.Row;

/** MIN and MAX of what is carried in a long: integers, times, doubles, booleans. */
final class WordExtremeAggregator extends Aggregator {

  private final int column;
  private final DataType.Carrier carrier;
  private final int sign;

  /**
   * @param sign 1 for the greatest, -1 for the least
   */
  WordExtremeAggregator(int column, DataType.Carrier carrier, int sign) {
    this.column = column;
    this.carrier = carrier;
    this.sign = sign;
  }

  /** The value, and whether there is one. */
  @Override
  int words() {
    return 2;
  }

  @Override
  void add(GroupTable table, int group, Row row) {
    if (row.isNull(column)) {
      return;
    }
    long value =
        switch (carrier) {
          case DOUBLE -> Double.doubleToLongBits(row.getDouble(column));
          case BOOLEAN -> row.getBoolean(column) ? 1 : 0;
          default -> row.getLong(column);
        };
    offer(table, group, value);
  }

  @Override
  void merge(GroupTable table, int group, GroupTable from, int fromGroup) {
    int fromAt = wordAt(from, fromGroup);
    if (from.words[fromAt + 1] != 0) {
      offer(table, group, from.words[fromAt]);
    }
  }

  private void offer(GroupTable table, int group, long value) {
    int at = wordAt(table, group);
    if (table.words[at + 1] == 0 || sign * compare(value, table.words[at]) > 0) {
      table.words[at] = value;
      table.words[at + 1] = 1;
    }
  }

  private int compare(long a, long b) {
    return carrier == DataType.Carrier.DOUBLE
        ? Double.compare(Double.longBitsToDouble(a), Double.longBitsToDouble(b))
        : Long.compare(a, b);
  }

  @Override
  void result(GroupTable table, int group, Row out, int column) {
    int at = wordAt(table, group);
    long value = table.words[at];
    if (table.words[at + 1] == 0) {
      out.setNull(column);
      return;
    }
    switch (carrier) {
      case DOUBLE -> out.setDouble(column, Double.longBitsToDouble(value));
      case BOOLEAN -> out.setBoolean(column, value != 0);
      default -> out.setLong(column, value);
    }
  }
}
