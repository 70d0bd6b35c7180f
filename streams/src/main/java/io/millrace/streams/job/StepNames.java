package io.millrace.streams.job;

import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Field;
import io.millrace.streams.plan.PlanNames;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What each step of a job does, in EXPLAIN's words but at most {@value #MOST_CHARS} characters: how
 * a status names its operators. Steps that would have the same name are numbered.
 */
final class StepNames {

  private static final int MOST_CHARS = 100;

  private StepNames() {}

  /** The names of the nodes, in their order, no two of them equal. */
  static List<String> of(List<PlanNode> nodes) {
    List<String> names = nodes.stream().map(StepNames::name).toList();
    Map<String, Long> uses =
        names.stream().collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    Map<String, Integer> numbers = new HashMap<>();
    List<String> unique = new ArrayList<>();
    for (String name : names) {
      unique.add(
          uses.getOrDefault(name, 0L) == 1
              ? name
              : name + " #" + numbers.merge(name, 1, Integer::sum));
    }
    return unique;
  }

  private static String name(PlanNode node) {
    String name =
        switch (node) {
          case PlanNode.Scan scan -> "scan " + PlanNames.identifier(scan.table());
          case PlanNode.Values unused -> "values";
          case PlanNode.Filter filter ->
              "filter by " + columns(filter.condition(), filter.input().rowType());
          case PlanNode.Project project -> "project " + names(project.rowType());
          case PlanNode.WindowAggregate aggregate -> "aggregate " + PlanNames.windows(aggregate);
          case PlanNode.Union unused -> "union all";
        };
    return name.length() <= MOST_CHARS ? name : name.substring(0, MOST_CHARS - 1) + "…";
  }

  private static String names(RowType row) {
    return row.fields().stream()
        .map(Field::name)
        .map(PlanNames::identifier)
        .collect(Collectors.joining(", "));
  }

  /** The columns that an expression reads. */
  private static String columns(Expression expression, RowType row) {
    SortedSet<Integer> read = new TreeSet<>();
    collect(expression, read);
    return read.isEmpty()
        ? "a constant"
        : read.stream()
            .map(column -> PlanNames.column(row, column))
            .collect(Collectors.joining(", "));
  }

  private static void collect(Expression expression, SortedSet<Integer> into) {
    switch (expression) {
      case Expression.Column column -> into.add(column.index());
      case Expression.Literal unused -> {}
      case Expression.Call call -> call.operands().forEach(each -> collect(each, into));
    }
  }
}
