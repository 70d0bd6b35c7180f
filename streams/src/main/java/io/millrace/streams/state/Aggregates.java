package io.millrace.streams.state;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import java.util.List;
import java.util.OptionalInt;

/**
 * All aggregates of one window: where in a group each keeps what, and adding, merging and reading
 * them together.
 */
public final class Aggregates {

  private final Aggregator[] aggregators;
  private final int[] filters;
  private final int stride;
  private final int objectStride;

  /** For calls over rows of the input type. */
  public Aggregates(List<AggregateCall> calls, RowType input) {
    aggregators = new Aggregator[calls.size()];
    filters = new int[calls.size()];
    int words = 0;
    int objects = 0;
    for (int i = 0; i < aggregators.length; i++) {
      AggregateCall call = calls.get(i);
      Aggregator aggregator = aggregator(call, input);
      aggregator.word = words;
      aggregator.object = objects;
      words += aggregator.words();
      objects += aggregator.objects();
      aggregators[i] = aggregator;
      filters[i] = call.filter().orElse(-1);
    }
    stride = words;
    objectStride = objects;
  }

  /** An empty table with room for these aggregates in each group. */
  public GroupTable newTable() {
    return new GroupTable(stride, objectStride);
  }

  /** Counts a row into a group. */
  public void add(GroupTable table, int group, Row row) {
    for (int i = 0; i < aggregators.length; i++) {
      int filter = filters[i];
      if (filter < 0 || row.getBoolean(filter)) {
        aggregators[i].add(table, group, row);
      }
    }
    table.markChanged(group);
  }

  /** Counts all groups of another table into the groups of the same keys. */
  public void mergeAll(GroupTable table, GroupTable from) {
    for (int fromGroup = 0; fromGroup < from.size(); fromGroup++) {
      int start = from.keyStart(fromGroup);
      int group = table.findOrAdd(from.keys(), start, from.keyEnd(fromGroup) - start);
      for (Aggregator aggregator : aggregators) {
        aggregator.merge(table, group, from, fromGroup);
      }
    }
  }

  /** Sets neighbouring output columns to the results of a group. */
  public void results(GroupTable table, int group, Row out, int firstColumn) {
    for (int i = 0; i < aggregators.length; i++) {
      aggregators[i].result(table, group, out, firstColumn + i);
    }
  }

  /** How many aggregates there are. */
  public int size() {
    return aggregators.length;
  }

  private static Aggregator aggregator(AggregateCall call, RowType input) {
    OptionalInt argument = call.argument();
    if (argument.isEmpty()) {
      return new CountAggregator(-1);
    }
    DataType type = input.type(argument.getAsInt());
    boolean repeatable =
        switch (call.function()) {
          case MIN, MAX -> true;
          case COUNT, SUM, AVG, PERCENTILE -> false;
        };
    return call.distinct() && !repeatable
        ? new DistinctAggregator(call, argument.getAsInt(), type)
        : plain(call, argument.getAsInt(), type);
  }

  static Aggregator plain(AggregateCall call, int column, DataType type) {
    return switch (call.function()) {
      case COUNT -> new CountAggregator(column);
      case SUM ->
          switch (type.kind().carrier()) {
            case DOUBLE -> new DoubleSumAggregator(column, call.type(), false);
            case DECIMAL -> new DecimalSumAggregator(column, call.type(), false);
            default -> new LongSumAggregator(column, call.type(), false);
          };
      case AVG ->
          switch (type.kind().carrier()) {
            case DOUBLE -> new DoubleSumAggregator(column, call.type(), true);
            case DECIMAL -> new DecimalSumAggregator(column, call.type(), true);
            default -> new LongSumAggregator(column, call.type(), true);
          };
      case MIN -> extreme(column, type, -1);
      case MAX -> extreme(column, type, 1);
      case PERCENTILE -> new PercentileAggregator(column, type, call.fraction().orElseThrow());
    };
  }

  private static Aggregator extreme(int column, DataType type, int sign) {
    return switch (type.kind().carrier()) {
      case BOOLEAN, LONG, DOUBLE -> new WordExtremeAggregator(column, type.kind().carrier(), sign);
      case DECIMAL, STRING, BYTES -> new ObjectExtremeAggregator(column, sign);
    };
  }
}
