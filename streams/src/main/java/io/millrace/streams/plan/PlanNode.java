package io.millrace.streams.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /** A fact of a window that can be put out beside keys and aggregates. */
  enum WindowProperty {
    /** First instant of the window, as local time in the job's zone: TIMESTAMP(3) NOT NULL. */
    WINDOW_START,
    /** First instant after the window, as local time in the zone: TIMESTAMP(3) NOT NULL. */
    WINDOW_END,
    /** The last instant in the window (end - 1 ms), of the time column's own type. */
    WINDOW_TIME
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
}
