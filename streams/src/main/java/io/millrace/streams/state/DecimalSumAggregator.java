package io.millrace.streams.state;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.Decimals;
import io.millrace.streams.row.Row;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** SUM and AVG of decimals: NULL when the result needs more digits than its type has. */
final class DecimalSumAggregator extends Aggregator {

  private static final MathContext DIVISION = new MathContext(77, RoundingMode.HALF_UP);

  private final int column;
  private final DataType type;
  private final boolean mean;

  DecimalSumAggregator(int column, DataType type, boolean mean) {
    this.column = column;
    this.type = type;
    this.mean = mean;
  }

  @Override
  int words() {
    return 1;
  }

  @Override
  int objects() {
    return 1;
  }

  @Override
  void add(GroupTable table, int group, Row row) {
    if (!row.isNull(column)) {
      plus(table, group, (BigDecimal) row.object(column), 1);
    }
  }

  @Override
  void retract(GroupTable table, int group, Row row) {
    if (!row.isNull(column)) {
      plus(table, group, ((BigDecimal) row.object(column)).negate(), -1);
    }
  }

  @Override
  void merge(GroupTable table, int group, GroupTable from, int fromGroup) {
    BigDecimal sum = (BigDecimal) from.objects[objectAt(from, fromGroup)];
    if (sum != null) {
      plus(table, group, sum, from.words[wordAt(from, fromGroup)]);
    }
  }

  private void plus(GroupTable table, int group, BigDecimal value, long count) {
    int at = objectAt(table, group);
    @Nullable BigDecimal sum = (BigDecimal) table.objects[at];
    if (sum == null) {
      table.objectBytes += StateObjects.bytes(value);
    }
    table.objects[at] = sum == null ? value : sum.add(value);
    table.words[wordAt(table, group)] += count;
  }

  @Override
  void result(GroupTable table, int group, Row out, int column) {
    BigDecimal sum = (BigDecimal) table.objects[objectAt(table, group)];
    long count = table.words[wordAt(table, group)];
    if (sum == null || count == 0) {
      out.setNull(column);
      return;
    }
    BigDecimal value = mean ? sum.divide(BigDecimal.valueOf(count), DIVISION) : sum;
    out.setObject(column, Decimals.fit(value, type));
  }
}
