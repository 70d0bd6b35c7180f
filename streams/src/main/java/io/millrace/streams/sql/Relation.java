package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.SortColumn;
import io.millrace.streams.plan.WindowSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query, or part of one, that has been planned: a node and what the columns of its rows mean.
 *
 * @param node puts out the rows; it may put out more columns than can be named
 * @param columns the columns that can be named, in order
 * @param watermark the index of the node's column with the partition's watermark, or -1
 * @param windowing set when the rows stand in windows but have not been aggregated yet
 * @param windowTime the index of the node's column with the last instant of the row's window, when
 *     the columns with the window's start and end are of the node's row; -1 otherwise
 * @param ranking set when the rows have numbers of which none have been chosen yet
 */
record Relation(
    PlanNode node,
    List<Column> columns,
    int watermark,
    @Nullable Windowing windowing,
    int windowTime,
    @Nullable Ranking ranking) {

  static final int NONE = -1;

  /** What a column means beyond its value. */
  enum Role {
    VALUE,
    /** The event time that the watermark is about. */
    EVENT_TIME,
    /** The first instant of the row's window. */
    WINDOW_START,
    /** The first instant after the row's window. */
    WINDOW_END,
    /** The last instant of the row's window. */
    WINDOW_TIME,
    /** The row's number in its partition. */
    ROW_NUMBER
  }

  /**
   * A column that can be named.
   *
   * @param qualifier the table or alias it belongs to; empty when it has none
   * @param name its name
   * @param type its type
   * @param index its index in the node's row; -1 for a fact of a window that is not aggregated yet
   *     and for a row's number of which none has been chosen yet
   * @param role what it means
   */
  record Column(String qualifier, String name, DataType type, int index, Role role) {

    /** Whether it is a fact of a window that only the aggregate will know. */
    boolean isOfWindow() {
      return index == NONE && role != Role.ROW_NUMBER;
    }

    /** Whether the node does not have it yet. */
    boolean isPending() {
      return index == NONE;
    }

    Column withQualifier(String qualifier) {
      return new Column(qualifier, name, type, index, role);
    }

    Column withName(String name) {
      return new Column(qualifier, name, type, index, role);
    }
  }

  /**
   * Which windows the rows stand in.
   *
   * @param spec the windows
   * @param timeColumn the index of the event time in the node's row
   * @param partition the indexes of the columns that sessions are kept apart by; empty otherwise
   * @param position where the windows are asked for
   */
  record Windowing(WindowSpec spec, int timeColumn, List<Integer> partition, Position position) {}

  /**
   * How rows are numbered.
   *
   * @param partition the indexes of the columns that rows numbered together have in common
   * @param order what they are ordered by
   * @param byTime whether the order is that of the event time alone
   * @param ofWindows whether the partitions are of one window each
   * @param position where the number is asked for
   */
  record Ranking(
      List<Integer> partition,
      List<SortColumn> order,
      boolean byTime,
      boolean ofWindows,
      Position position) {}

  Relation {
    columns = List.copyOf(columns);
  }

  Relation(PlanNode node, List<Column> columns, int watermark, @Nullable Windowing windowing) {
    this(node, columns, watermark, windowing, NONE, null);
  }

  Relation withColumns(List<Column> columns) {
    return new Relation(node, columns, watermark, windowing, windowTime, ranking);
  }

  /** The same rows from another node with the same columns. */
  Relation withNode(PlanNode node) {
    return new Relation(node, columns, watermark, windowing, windowTime, ranking);
  }

  /** The same with every column belonging to the alias. */
  Relation as(String alias) {
    return withColumns(columns.stream().map(column -> column.withQualifier(alias)).toList());
  }

  boolean hasRole(Role role) {
    return columns.stream().anyMatch(column -> column.role() == role);
  }

  List<String> names() {
    return columns.stream().map(Column::name).distinct().toList();
  }
}
