package io.millrace.streams.state;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.Row;
import java.util.List;

/**
 * An aggregate over the distinct values of a column, read after each row: keeps how often each
 * value is there, and hands a value on when it comes and when the last of it goes.
 */
final class BagDistinctAggregator extends Aggregator {

  private final Aggregator inner;
  private final int column;
  private final KeyCodec codec;
  private final Row value = new Row(1);

  /**
   * @param inner over a row of the value alone
   */
  BagDistinctAggregator(Aggregator inner, int column, DataType type) {
    this.inner = inner;
    this.column = column;
    codec = new KeyCodec(List.of(type), new int[] {column});
  }

  @Override
  int words() {
    return inner.words();
  }

  @Override
  int objects() {
    return 1 + inner.objects();
  }

  @Override
  void place(int word, int object) {
    super.place(word, object);
    inner.place(word, object + 1);
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
    ValueBag bag = BagExtremeAggregator.bag(table, objectAt(table, group));
    codec.encode(row);
    long before = bag.bytes();
    long count = add ? bag.add(codec) : bag.remove(codec);
    table.objectBytes += bag.bytes() - before;
    value.copy(0, row, column);
    if (add && count == 1) {
      inner.add(table, group, value);
    } else if (!add && count == 0) {
      inner.retract(table, group, value);
    }
  }

  @Override
  void merge(GroupTable table, int group, GroupTable from, int fromGroup) {
    throw new IllegalStateException("groups whose rows may be taken back are not merged");
  }

  @Override
  void result(GroupTable table, int group, Row out, int column) {
    inner.result(table, group, out, column);
  }
}
