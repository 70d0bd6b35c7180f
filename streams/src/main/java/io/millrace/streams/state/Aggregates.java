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

  private static final byte[] NO_KEY = new byte[0];

  private final Aggregator[] aggregators;
  private final int[] filters;
  private final int stride;
  private final int objectStride;

  /** For calls over rows of the input type, which are counted in and never taken back. */
  public Aggregates(List<AggregateCall> calls, RowType input) {
    this(calls, input, false, false);
  }

  /**
   * For results that are read again and again while rows come.
   *
   * @param retracts whether rows may be taken back
   */
  public static Aggregates running(List<AggregateCall> calls, RowType input, boolean retracts) {
    return new Aggregates(calls, input, true, retracts);
  }

  private Aggregates(List<AggregateCall> calls, RowType input, boolean running, boolean retracts) {
    aggregators = new Aggregator[calls.size()];
    filters = new int[calls.size()];
    int words = 0;
    int objects = 0;
    for (int i = 0; i < aggregators.length; i++) {
      AggregateCall call = calls.get(i);
      Aggregator aggregator =
          running ? runningAggregator(call, input, retracts) : aggregator(call, input);
      aggregator.place(words, objects);
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

  /**
   * An empty table with room for these aggregates and, after them, some longs of the caller's.
   *
   * @param extra how many; the first has the index {@link #words()}
   */
  public GroupTable newTable(int extra) {
    return new GroupTable(stride + extra, objectStride);
  }

  /**
   * A small table with one group, 0, of no key.
   *
   * @param extra how many longs of the caller's stand after those of the aggregates
   */
  public GroupTable newGroup(int extra) {
    GroupTable table = new GroupTable(stride + extra, objectStride, 1);
    table.findOrAdd(NO_KEY, 0, 0);
    return table;
  }

  /** How many longs these aggregates keep in a group. */
  public int words() {
    return stride;
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

  /** Takes a row back that was counted into a group. */
  public void retract(GroupTable table, int group, Row row) {
    for (int i = 0; i < aggregators.length; i++) {
      int filter = filters[i];
      if (filter < 0 || row.getBoolean(filter)) {
        aggregators[i].retract(table, group, row);
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

  private static Aggregator runningAggregator(AggregateCall call, RowType input, boolean retracts) {
    if (call.argument().isEmpty()) {
      return new CountAggregator(-1);
    }
    int column = call.argument().getAsInt();
    DataType type = input.type(column);
    return switch (call.function()) {
      case MIN ->
          retracts ? new BagExtremeAggregator(column, type, false) : extreme(column, type, -1);
      case MAX ->
          retracts ? new BagExtremeAggregator(column, type, true) : extreme(column, type, 1);
      case PERCENTILE -> throw new IllegalArgumentException("PERCENTILE is of windows only");
      case COUNT, SUM, AVG ->
          call.distinct()
              ? new BagDistinctAggregator(plain(call, 0, type), column, type)
              : plain(call, column, type);
    };
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
