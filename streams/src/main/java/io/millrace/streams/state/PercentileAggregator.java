package io.millrace.streams.state;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.Row;
import java.math.BigDecimal;
import java.util.Arrays;

/**
 * PERCENTILE, exact: keeps every value. Of n sorted values it gives the one at position {@code
 * fraction * (n - 1)}, by linear interpolation between neighbours.
 */
final class PercentileAggregator extends Aggregator {

  private final int column;
  private final DataType.Carrier carrier;
  private final double fraction;
  private double[] sorted = new double[64];

  PercentileAggregator(int column, DataType type, double fraction) {
    this.column = column;
    carrier = type.kind().carrier();
    this.fraction = fraction;
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
    if (row.isNull(column)) {
      return;
    }
    double value =
        switch (carrier) {
          case LONG -> row.getLong(column);
          case DECIMAL -> ((BigDecimal) row.object(column)).doubleValue();
          default -> row.getDouble(column);
        };
    table.objectBytes += list(table, group).add(value);
  }

  @Override
  void merge(GroupTable table, int group, GroupTable from, int fromGroup) {
    if (from.objects[objectAt(from, fromGroup)] instanceof DoubleList values) {
      table.objectBytes += list(table, group).addAll(values);
    }
  }

  private DoubleList list(GroupTable table, int group) {
    int at = objectAt(table, group);
    if (table.objects[at] instanceof DoubleList list) {
      return list;
    }
    DoubleList made = new DoubleList();
    table.objects[at] = made;
    table.objectBytes += made.bytes();
    return made;
  }

  @Override
  void result(GroupTable table, int group, Row out, int column) {
    if (!(table.objects[objectAt(table, group)] instanceof DoubleList values)) {
      out.setNull(column);
      return;
    }
    int size = values.size();
    if (sorted.length < size) {
      sorted = new double[Math.max(size, sorted.length * 2)];
    }
    values.copyTo(sorted);
    Arrays.sort(sorted, 0, size);
    double position = fraction * (size - 1);
    int below = (int) position;
    int above = Math.min(below + 1, size - 1);
    double part = position - below;
    // Without a part the neighbour must not matter, were it infinite.
    out.setDouble(
        column, part == 0 ? sorted[below] : sorted[below] + part * (sorted[above] - sorted[below]));
  }
}
