package io.millrace.streams.job;

import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.plan.PlanNode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The nodes of a plan, each once, inputs before those that use them: the numbers by which a
 * checkpoint and a status name them. Immutable.
 */
final class PlanOrder {

  private final List<PlanNode> nodes = new ArrayList<>();
  private final IdentityHashMap<PlanNode, Integer> numbers = new IdentityHashMap<>();

  PlanOrder(JobPlan plan) {
    for (Insert insert : plan.inserts()) {
      add(insert.input());
    }
  }

  private void add(PlanNode node) {
    if (numbers.containsKey(node)) {
      return;
    }
    node.inputs().forEach(this::add);
    numbers.put(node, nodes.size());
    nodes.add(node);
  }

  List<PlanNode> nodes() {
    return nodes;
  }

  int number(PlanNode node) {
    Integer number = numbers.get(node);
    if (number == null) {
      throw new IllegalArgumentException("the node is not of this plan");
    }
    return number;
  }
}
