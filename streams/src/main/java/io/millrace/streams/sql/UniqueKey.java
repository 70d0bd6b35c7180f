package io.millrace.streams.sql;

import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.PlanNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The columns of which no two rows that are there at once have the same values. */
final class UniqueKey {

  private UniqueKey() {}

  /** The key of a node's rows; empty when none is known. */
  static Optional<Set<Integer>> of(PlanNode node) {
    return switch (node) {
      case PlanNode.GroupAggregate group -> Optional.of(firstColumns(group.keyColumns().size()));
      case PlanNode.Normalize normalize -> Optional.of(Set.copyOf(normalize.keyColumns()));
      case PlanNode.Rank rank ->
          rank.first() == rank.last() && rank.windowTime().isEmpty()
              ? Optional.of(Set.copyOf(rank.partitionColumns()))
              : numbered(rank);
      case PlanNode.Filter filter -> of(filter.input());
      case PlanNode.Project project ->
          of(project.input()).flatMap(key -> passed(key, project.expressions()));
      default -> Optional.empty();
    };
  }

  private static Set<Integer> firstColumns(int count) {
    return java.util.stream.IntStream.range(0, count).boxed().collect(Collectors.toSet());
  }

  private static Optional<Set<Integer>> numbered(PlanNode.Rank rank) {
    if (!rank.numbered() || rank.windowTime().isPresent()) {
      return Optional.empty();
    }
    Set<Integer> key = new HashSet<>(rank.partitionColumns());
    key.add(rank.rowType().size() - 1);
    return Optional.of(key);
  }

  /** Where a projection passes the columns on; empty when it leaves one out. */
  private static Optional<Set<Integer>> passed(Set<Integer> key, List<Expression> expressions) {
    Set<Integer> passed = new HashSet<>();
    for (int column : key) {
      int at = -1;
      for (int i = 0; i < expressions.size() && at < 0; i++) {
        if (expressions.get(i) instanceof Expression.Column same && same.index() == column) {
          at = i;
        }
      }
      if (at < 0) {
        return Optional.empty();
      }
      passed.add(at);
    }
    return Optional.of(passed);
  }
}
