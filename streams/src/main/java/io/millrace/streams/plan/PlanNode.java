package io.millrace.streams.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One step of a plan; rows flow from inputs to the node. Equal by value; a node that stands under
 * several parents is one instance, to be run once.
 */
public sealed interface PlanNode {

  /** The columns of the rows this node puts out. */
  RowType rowType();

  /** The nodes whose rows this node takes, in order. */
  List<PlanNode> inputs();

  /**
   * Reads a table. Puts out exactly the columns that something above it needs.
   *
   * @param table the table's name in the catalog
   * @param connector where its records are
   * @param columns where each output column comes from, parallel to the row type
   * @param watermark how event time advances, over the output row; absent when the table declares
   *     none
   * @param rowType the output columns
   */
  record Scan(
      String table,
      Connector connector,
      List<ScanColumn> columns,
      Optional<WatermarkSpec> watermark,
      RowType rowType)
      implements PlanNode {

    /** Takes an unmodifiable copy of the columns. */
    public Scan {
      columns = List.copyOf(columns);
      if (columns.size() != rowType.size()) {
        throw new IllegalArgumentException("a scan needs one origin per column");
      }
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of();
    }
  }

  /**
   * A fixed list of rows; ends after them.
   *
   * @param rows the rows, each with one literal per column
   * @param rowType the columns
   */
  record Values(List<List<Expression.Literal>> rows, RowType rowType) implements PlanNode {

    /** Takes unmodifiable copies. */
    public Values {
      rows = rows.stream().map(List::copyOf).toList();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of();
    }
  }

  /**
   * Passes on the rows for which the condition is TRUE (neither FALSE nor NULL).
   *
   * @param input where rows come from
   * @param condition BOOLEAN over the input row
   */
  record Filter(PlanNode input, Expression condition) implements PlanNode {

    @Override
    public RowType rowType() {
      return input.rowType();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /**
   * Computes one output row per input row.
   *
   * @param input where rows come from
   * @param expressions one per output column, over the input row
   * @param rowType the output columns
   */
  record Project(PlanNode input, List<Expression> expressions, RowType rowType)
      implements PlanNode {

    /** Takes an unmodifiable copy of the expressions. */
    public Project {
      expressions = List.copyOf(expressions);
      if (expressions.size() != rowType.size()) {
        throw new IllegalArgumentException("a projection needs one expression per column");
      }
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /**
   * Puts rows into windows of event time, groups each window's rows by key, and puts out one row
   * per window and key when the watermark completes the window. A window and key without rows puts
   * out nothing. Rows whose time is NULL, or whose every window is complete already, are dropped
   * and counted.
   *
   * <p>Output columns, in this order: the keys, the aggregates, the window properties.
   *
   * @param input where rows come from
   * @param window which windows
   * @param timeColumn the input column with the event time: TIMESTAMP or TIMESTAMP_LTZ
   * @param keyColumns the input columns to group by; empty for one group per window
   * @param aggregates what to compute per window and key
   * @param properties which facts of the window to put out
   * @param rowType the output columns
   */
  record WindowAggregate(
      PlanNode input,
      WindowSpec window,
      int timeColumn,
      List<Integer> keyColumns,
      List<AggregateCall> aggregates,
      List<WindowProperty> properties,
      RowType rowType)
      implements PlanNode {

    /** Takes unmodifiable copies. */
    public WindowAggregate {
      keyColumns = List.copyOf(keyColumns);
      aggregates = List.copyOf(aggregates);
      properties = List.copyOf(properties);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /**
   * All rows of all inputs, in no particular order between them. Its watermark is the least of the
   * inputs'.
   *
   * @param inputs two or more nodes with columns of the same kinds
   * @param rowType the output columns, named as the first input's
   */
  record Union(List<PlanNode> inputs, RowType rowType) implements PlanNode {

    /** Takes an unmodifiable copy of the inputs. */
    public Union {
      inputs = List.copyOf(new ArrayList<>(inputs));
    }
  }

  /**
   * Puts rows into windows of event time without grouping them: one output row per input row and
   * window it lies in. Rows whose time is NULL are dropped and counted.
   *
   * <p>Output columns: the input's, then the first instant, the first instant after and the last
   * instant of the window, as {@link WindowProperty} has them.
   *
   * @param input where rows come from
   * @param window which windows; not sessions
   * @param timeColumn the input column with the event time
   * @param rowType the output columns
   */
  record AssignWindows(PlanNode input, WindowSpec window, int timeColumn, RowType rowType)
      implements PlanNode {

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /**
   * Groups all rows by key and puts out, with each row that changes a group's results, what they
   * were and what they are now. Output columns: the keys, the aggregates.
   *
   * @param input where rows come from
   * @param keyColumns the input columns to group by; empty for one group
   * @param aggregates what to compute per key
   * @param rowType the output columns
   */
  record GroupAggregate(
      PlanNode input, List<Integer> keyColumns, List<AggregateCall> aggregates, RowType rowType)
      implements PlanNode {

    /** Takes unmodifiable copies. */
    public GroupAggregate {
      keyColumns = List.copyOf(keyColumns);
      aggregates = List.copyOf(aggregates);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /**
   * Numbers the rows of each partition from 1 in an order and keeps those of some numbers. Rows
   * that are equal in the order stand as they came. Output columns: the input's, then the number
   * when it is asked for.
   *
   * @param input where rows come from
   * @param partitionColumns the input columns that rows of one partition have in common
   * @param order what to order by
   * @param first the first number to keep, from 1
   * @param last the last number to keep
   * @param numbered whether the number is put out
   * @param deduplicates whether one row is kept by event time alone: of rows of the same time the
   *     one that came last when the order descends
   * @param windowTime the input column with the last instant of the row's window: then partitions
   *     are of one window each and are put out once, when the watermark completes it; empty: what
   *     is kept is put out at once and taken back when other rows take its place
   * @param rowType the output columns
   */
  record Rank(
      PlanNode input,
      List<Integer> partitionColumns,
      List<SortColumn> order,
      long first,
      long last,
      boolean numbered,
      boolean deduplicates,
      OptionalInt windowTime,
      RowType rowType)
      implements PlanNode {

    /** Takes unmodifiable copies. */
    public Rank {
      partitionColumns = List.copyOf(partitionColumns);
      order = List.copyOf(order);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /**
   * Joins the rows of two inputs. Output columns: the left input's, then the right input's, NULL
   * for a partner that is missing.
   *
   * @param left where left rows come from
   * @param right where right rows come from
   * @param type which rows are put out without a partner
   * @param leftKeys the left columns that must be equal to the right keys; NULL equals nothing
   * @param rightKeys the right columns, parallel to the left keys and of the same kinds
   * @param condition what must also be TRUE, over the output row; absent for nothing
   * @param time how long rows wait
   * @param rowType the output columns
   */
  record Join(
      PlanNode left,
      PlanNode right,
      JoinType type,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      Optional<Expression> condition,
      JoinTime time,
      RowType rowType)
      implements PlanNode {

    /** Takes unmodifiable copies. */
    public Join {
      leftKeys = List.copyOf(leftKeys);
      rightKeys = List.copyOf(rightKeys);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(left, right);
    }
  }

  /**
   * Adds to each row aggregates over the rows of its partition up to it, in the order of event
   * time. A row is put out when the watermark reaches its time; one at or before the watermark is
   * late, dropped and counted. Output columns: the input's, then the aggregates.
   *
   * @param input where rows come from
   * @param partitionColumns the input columns that rows of one partition have in common
   * @param timeColumn the input column with the event time
   * @param rows whether the aggregates are over a number of rows; else over a span of time, which
   *     holds all rows of the same time
   * @param preceding how many rows, or milliseconds, before the row; empty for all
   * @param aggregates what to compute
   * @param rowType the output columns
   */
  record OverAggregate(
      PlanNode input,
      List<Integer> partitionColumns,
      int timeColumn,
      boolean rows,
      OptionalLong preceding,
      List<AggregateCall> aggregates,
      RowType rowType)
      implements PlanNode {

    /** Takes unmodifiable copies. */
    public OverAggregate {
      partitionColumns = List.copyOf(partitionColumns);
      aggregates = List.copyOf(aggregates);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /**
   * Makes of rows the latest row of each key, and of each new one a change: what the key's row was
   * is put out before what it is.
   *
   * @param input where rows come from
   * @param keyColumns the input columns that are the key
   * @param retracts whether the input's changes come with the row as it was before: then several
   *     rows of a key may be there at once, of which the last one counts. Else each row is the
   *     latest of its key, and a deletion may have nothing but the key
   */
  record Normalize(PlanNode input, List<Integer> keyColumns, boolean retracts) implements PlanNode {

    /** Takes an unmodifiable copy. */
    public Normalize {
      keyColumns = List.copyOf(keyColumns);
    }

    @Override
    public RowType rowType() {
      return input.rowType();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }
}
