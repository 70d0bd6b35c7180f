package io.millrace.streams.state;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.AggregateFunction;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.Row;
import java.util.List;

/** An aggregate over the distinct values of a column: keeps the set, and computes at the end. */
final class DistinctAggregator extends Aggregator {

  private static final byte[] ONE_GROUP = new byte[0];

  private final int column;
  private final boolean counts;
  private final KeyCodec codec;
  private final Aggregator inner;
  private final GroupTable innerTable;
  private final Row value = new Row(1);

  DistinctAggregator(AggregateCall call, int column, DataType type) {
    this.column = column;
    counts = call.function() == AggregateFunction.COUNT;
    codec = new KeyCodec(List.of(type), new int[] {column});
    inner = Aggregates.plain(call, 0, type);
    innerTable = new GroupTable(inner.words(), inner.objects());
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
      codec.encode(row);
      table.objectBytes += set(table, group).add(codec);
    }
  }

  @Override
  void merge(GroupTable table, int group, GroupTable from, int fromGroup) {
    if (from.objects[objectAt(from, fromGroup)] instanceof ValueSet values) {
      table.objectBytes += set(table, group).addAll(values);
    }
  }

  private ValueSet set(GroupTable table, int group) {
    int at = objectAt(table, group);
    if (table.objects[at] instanceof ValueSet set) {
      return set;
    }
    ValueSet made = new ValueSet();
    table.objects[at] = made;
    table.objectBytes += made.bytes();
    return made;
  }

  @Override
  void result(GroupTable table, int group, Row out, int column) {
    ValueSet values =
        table.objects[objectAt(table, group)] instanceof ValueSet set ? set : new ValueSet();
    if (counts) {
      out.setLong(column, values.size());
      return;
    }
    innerTable.clear();
    int only = innerTable.findOrAdd(ONE_GROUP, 0, 0);
    for (int i = 0; i < values.size(); i++) {
      codec.decode(values.encoded(), values.start(i), value, 0);
      inner.add(innerTable, only, value);
    }
    inner.result(innerTable, only, out, column);
  }
}
