package io.millrace.streams.job;

import io.millrace.streams.plan.PlanNames;
import io.millrace.streams.plan.PlanNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    String name = PlanNames.step(node);
    return name.length() <= MOST_CHARS ? name : name.substring(0, MOST_CHARS - 1) + "…";
  }
}
