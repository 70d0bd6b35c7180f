package io.millrace.streams.state;

import io.millrace.streams.row.Row;
import io.millrace.streams.row.ValueOrder;

/** MIN and MAX of texts, decimals and bytes. */
final class ObjectExtremeAggregator extends Aggregator {

  private final int column;
  private final int sign;

  /**
   * @param sign 1 for the greatest, -1 for the least
   */
  ObjectExtremeAggregator(int column, int sign) {
    this.column = column;
    this.sign = sign;
  }

  @Override
  int words() {
    return 0;
  }

  @Override
  int objects() {
    return 1;
  }

  @Override
  void add(GroupTable table, int group, Row row) {
    if (!row.isNull(column)) {
      offer(table, group, row.object(column));
    }
  }

  @Override
  void merge(GroupTable table, int group, GroupTable from, int fromGroup) {
    Object value = from.objects[objectAt(from, fromGroup)];
    if (value != null) {
      offer(table, group, value);
    }
  }

  private void offer(GroupTable table, int group, Object value) {
    int at = objectAt(table, group);
    Object best = table.objects[at];
    if (best == null || sign * ValueOrder.compare(value, best) > 0) {
      table.objectBytes += StateObjects.bytes(value) - StateObjects.bytes(best);
      table.objects[at] = value;
    }
  }

  @Override
  void result(GroupTable table, int group, Row out, int column) {
    out.setObject(column, table.objects[objectAt(table, group)]);
  }
}
