package io.millrace.streams.state;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.Row;
import java.util.List;

/** MIN and MAX of rows that may be taken back: keeps every value. */
final class BagExtremeAggregator extends Aggregator {

  private final int column;
  private final boolean greatest;
  private final KeyCodec codec;

  BagExtremeAggregator(int column, DataType type, boolean greatest) {
    this.column = column;
    this.greatest = greatest;
    codec = new KeyCodec(List.of(type), new int[] {column});
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
    change(table, group, row, true);
  }

  @Override
  void retract(GroupTable table, int group, Row row) {
    change(table, group, row, false);
  }

  private void change(GroupTable table, int group, Row row, boolean add) {
    if (row.isNull(column)) {
      return;
    }
    ValueBag bag = bag(table, objectAt(table, group));
    codec.encode(row);
    long before = bag.bytes();
    if (add) {
      bag.add(codec);
    } else {
      bag.remove(codec);
    }
    table.objectBytes += bag.bytes() - before;
  }

  static ValueBag bag(GroupTable table, int at) {
    if (table.objects[at] instanceof ValueBag bag) {
      return bag;
    }
    ValueBag made = new ValueBag();
    table.objects[at] = made;
    table.objectBytes += made.bytes();
    return made;
  }

  @Override
  void merge(GroupTable table, int group, GroupTable from, int fromGroup) {
    throw new IllegalStateException("groups whose rows may be taken back are not merged");
  }

  @Override
  void result(GroupTable table, int group, Row out, int column) {
    byte[] value =
        table.objects[objectAt(table, group)] instanceof ValueBag bag
            ? greatest ? bag.greatest() : bag.least()
            : null;
    if (value == null) {
      out.setNull(column);
    } else {
      codec.decode(value, 0, out, column);
    }
  }
}
