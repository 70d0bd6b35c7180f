package io.millrace.streams.plan;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How parts of plans are named to people, wherever they are: in EXPLAIN, errors and statuses. */
public final class PlanNames {

  private PlanNames() {}

  /** A name as SQL writes it: in backquotes where it needs them. */
  public static String identifier(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_$]*") ? name : "`" + name.replace("`", "``") + "`";
  }

  /** The name of a row's column, as SQL writes it. */
  public static String column(RowType row, int index) {
    return identifier(row.field(index).name());
  }

  /** {@code 1 h 30 min}; units that are zero are left out. */
  public static String duration(Duration duration) {
    if (duration.isNegative()) {
      return "-" + duration(duration.negated());
    }
    StringBuilder text = new StringBuilder();
    append(text, duration.toDays(), "d");
    append(text, duration.toHoursPart(), "h");
    append(text, duration.toMinutesPart(), "min");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.isEmpty() ? "0 s" : text.toString();
  }

  private static void append(StringBuilder text, long amount, String unit) {
    if (amount != 0) {
      text.append(text.isEmpty() ? "" : " ").append(amount).append(' ').append(unit);
    }
  }

  /** {@code HOP of 3 h every 1 h over scheduled by origin}. */
  public static String windows(PlanNode.WindowAggregate aggregate) {
    RowType below = aggregate.input().rowType();
    return window(aggregate.window(), below, aggregate.timeColumn())
        + by(below, aggregate.keyColumns());
  }

  private static String window(WindowSpec spec, RowType below, int timeColumn) {
    String window =
        switch (spec) {
          case WindowSpec.Tumble tumble -> "TUMBLE of " + duration(tumble.size());
          case WindowSpec.Hop hop ->
              "HOP of " + duration(hop.size()) + " every " + duration(hop.slide());
          case WindowSpec.Cumulate cumulate ->
              "CUMULATE of "
                  + duration(cumulate.size())
                  + " by steps of "
                  + duration(cumulate.step());
          case WindowSpec.Session session -> "SESSION with a gap of " + duration(session.gap());
          case WindowSpec.Attached unused -> "the window";
        };
    return window
        + (spec.offset().isZero() ? "" : " from " + duration(spec.offset()))
        + " over "
        + column(below, timeColumn);
  }

  /** {@code put into TUMBLE of 1 h over scheduled}. */
  public static String assignment(PlanNode.AssignWindows assign) {
    return "put into " + window(assign.window(), assign.input().rowType(), assign.timeColumn());
  }

  /** {@code group by origin}. */
  public static String groups(PlanNode.GroupAggregate group) {
    return group.keyColumns().isEmpty()
        ? "group all"
        : "group" + by(group.input().rowType(), group.keyColumns());
  }

  /** {@code rank 1 to 3 by n DESC per origin}. */
  public static String ranking(PlanNode.Rank rank) {
    RowType below = rank.input().rowType();
    String order =
        rank.order().stream()
            .map(
                each ->
                    column(below, each.column())
                        + (each.descending() ? " DESC" : "")
                        + (each.nullsFirst() == each.descending()
                            ? each.nullsFirst() ? " NULLS FIRST" : " NULLS LAST"
                            : ""))
            .collect(Collectors.joining(", "));
    String per =
        rank.partitionColumns().isEmpty() ? "" : " per " + columns(below, rank.partitionColumns());
    if (rank.deduplicates()) {
      String which = rank.order().getFirst().descending() ? "last" : "first";
      return "deduplicate" + window(rank) + ": the " + which + " by " + order + per;
    }
    return "rank" + window(rank) + " " + rank.first() + " to " + rank.last() + " by " + order + per;
  }

  private static String window(PlanNode.Rank rank) {
    return rank.windowTime().isPresent() ? " within windows" : "";
  }

  /** {@code left join on origin = code}. */
  public static String join(PlanNode.Join join) {
    RowType left = join.left().rowType();
    RowType right = join.right().rowType();
    StringBuilder text = new StringBuilder(join.type().name().toLowerCase(Locale.ROOT));
    text.append(
        switch (join.time()) {
          case JoinTime.Unbounded unused -> " join";
          case JoinTime.Interval interval ->
              " interval join, "
                  + column(left, interval.leftTime())
                  + " from "
                  + duration(Duration.ofMillis(interval.lower()))
                  + " to "
                  + duration(Duration.ofMillis(interval.upper()))
                  + " after "
                  + column(right, interval.rightTime())
                  + ",";
          case JoinTime.Window unused -> " window join";
          case JoinTime.AsOf times -> " temporal join as of " + column(left, times.leftTime());
        });
    for (int i = 0; i < join.leftKeys().size(); i++) {
      text.append(i == 0 ? " on " : " and ")
          .append(column(left, join.leftKeys().get(i)))
          .append(" = ")
          .append(column(right, join.rightKeys().get(i)));
    }
    return text.toString();
  }

  /** {@code over the rows within 1 h before, by scheduled per origin}. */
  public static String over(PlanNode.OverAggregate over) {
    RowType below = over.input().rowType();
    String extent;
    if (over.preceding().isEmpty()) {
      extent = "all rows before";
    } else if (over.rows()) {
      extent = over.preceding().getAsLong() + " rows before";
    } else {
      extent =
          "the rows within "
              + duration(Duration.ofMillis(over.preceding().getAsLong()))
              + " before";
    }
    return "over "
        + extent
        + ", by "
        + column(below, over.timeColumn())
        + (over.partitionColumns().isEmpty()
            ? ""
            : " per " + columns(below, over.partitionColumns()));
  }

  /** {@code latest row per id}. */
  public static String normalization(PlanNode.Normalize normalize) {
    return "latest row per " + columns(normalize.rowType(), normalize.keyColumns());
  }

  /** What a step does, in few words. */
  public static String step(PlanNode node) {
    return switch (node) {
      case PlanNode.Scan scan -> "scan " + identifier(scan.table());
      case PlanNode.Values unused -> "values";
      case PlanNode.Filter filter ->
          "filter by " + columnsOf(filter.condition(), filter.input().rowType());
      case PlanNode.Project project -> "project " + names(project.rowType());
      case PlanNode.WindowAggregate aggregate -> "aggregate " + windows(aggregate);
      case PlanNode.Union unused -> "union all";
      case PlanNode.AssignWindows assign -> assignment(assign);
      case PlanNode.GroupAggregate group -> groups(group);
      case PlanNode.Rank rank -> ranking(rank);
      case PlanNode.Join join -> join(join);
      case PlanNode.OverAggregate over -> over(over);
      case PlanNode.Normalize normalize -> normalization(normalize);
    };
  }

  private static String names(RowType row) {
    return row.fields().stream()
        .map(Field::name)
        .map(PlanNames::identifier)
        .collect(Collectors.joining(", "));
  }

  /** The columns that an expression reads. */
  private static String columnsOf(Expression expression, RowType row) {
    SortedSet<Integer> read = new TreeSet<>();
    collect(expression, read);
    return read.isEmpty()
        ? "a constant"
        : read.stream().map(column -> column(row, column)).collect(Collectors.joining(", "));
  }

  private static void collect(Expression expression, SortedSet<Integer> into) {
    switch (expression) {
      case Expression.Column column -> into.add(column.index());
      case Expression.Literal unused -> {}
      case Expression.Call call -> call.operands().forEach(each -> collect(each, into));
    }
  }

  private static String by(RowType row, List<Integer> keys) {
    return keys.isEmpty() ? "" : " by " + columns(row, keys);
  }

  private static String columns(RowType row, List<Integer> columns) {
    return columns.stream().map(each -> column(row, each)).collect(Collectors.joining(", "));
  }
}
