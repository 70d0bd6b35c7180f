package io.millrace.streams.sql;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.PlanNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Which columns of each node of a job any of its parents read; of a node under several parents, the
 * union.
 */
final class RequiredColumns {

  private final IdentityHashMap<PlanNode, BitSet> required = new IdentityHashMap<>();
  private final List<PlanNode> nodes = new ArrayList<>();

  /** Those of the nodes below the inserts, which read all columns of theirs. */
  RequiredColumns(List<Insert> inserts) {
    Set<PlanNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Insert insert : inserts) {
      visit(insert.input(), seen);
      of(insert.input()).set(0, insert.rowType().size());
    }
    for (PlanNode node : nodes.reversed()) {
      passDown(node);
    }
  }

  private void visit(PlanNode node, Set<PlanNode> seen) {
    if (seen.add(node)) {
      required.put(node, new BitSet());
      node.inputs().forEach(input -> visit(input, seen));
      nodes.add(node);
    }
  }

  /** All nodes, inputs before the nodes that read them. */
  List<PlanNode> nodes() {
    return nodes;
  }

  /** The indexes of a node's columns that are read; not a copy. */
  BitSet of(PlanNode node) {
    return required.computeIfAbsent(node, unknown -> new BitSet());
  }

  /** The calls whose results are read. */
  List<AggregateCall> calls(PlanNode.WindowAggregate aggregate) {
    return calls(aggregate, aggregate.aggregates(), aggregate.keyColumns().size());
  }

  /** The calls whose results are read. */
  List<AggregateCall> calls(PlanNode.GroupAggregate group) {
    return calls(group, group.aggregates(), group.keyColumns().size());
  }

  /** The calls whose results are read. */
  List<AggregateCall> calls(PlanNode.OverAggregate over) {
    return calls(over, over.aggregates(), over.input().rowType().size());
  }

  private List<AggregateCall> calls(PlanNode node, List<AggregateCall> calls, int firstColumn) {
    BitSet columns = of(node);
    List<AggregateCall> read = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      if (columns.get(firstColumn + i)) {
        read.add(calls.get(i));
      }
    }
    return read;
  }

  private void passDown(PlanNode node) {
    BitSet columns = of(node);
    switch (node) {
      case PlanNode.Scan scan ->
          scan.watermark().ifPresent(w -> Rewrites.addColumns(w.expression(), columns));
      case PlanNode.Values values -> {}
      case PlanNode.Filter filter -> {
        of(filter.input()).or(columns);
        Rewrites.addColumns(filter.condition(), of(filter.input()));
      }
      case PlanNode.Project project -> {
        BitSet below = of(project.input());
        columns.stream().forEach(i -> Rewrites.addColumns(project.expressions().get(i), below));
      }
      case PlanNode.WindowAggregate aggregate -> {
        BitSet below = of(aggregate.input());
        below.set(aggregate.timeColumn());
        aggregate.keyColumns().forEach(below::set);
        calls(aggregate).forEach(call -> addColumns(call, below));
      }
      case PlanNode.Union union -> union.inputs().forEach(input -> of(input).or(columns));
      case PlanNode.AssignWindows assign -> {
        passThrough(assign.input(), columns);
        of(assign.input()).set(assign.timeColumn());
      }
      case PlanNode.GroupAggregate group -> {
        BitSet below = of(group.input());
        group.keyColumns().forEach(below::set);
        calls(group).forEach(call -> addColumns(call, below));
      }
      case PlanNode.Rank rank -> {
        passThrough(rank.input(), columns);
        BitSet below = of(rank.input());
        rank.partitionColumns().forEach(below::set);
        rank.order().forEach(each -> below.set(each.column()));
        rank.windowTime().ifPresent(below::set);
      }
      case PlanNode.OverAggregate over -> {
        passThrough(over.input(), columns);
        BitSet below = of(over.input());
        over.partitionColumns().forEach(below::set);
        below.set(over.timeColumn());
        calls(over).forEach(call -> addColumns(call, below));
      }
      case PlanNode.Normalize normalize -> {
        of(normalize.input()).or(columns);
        normalize.keyColumns().forEach(of(normalize.input())::set);
      }
      case PlanNode.Join join -> {
        BitSet all = (BitSet) columns.clone();
        join.condition().ifPresent(condition -> Rewrites.addColumns(condition, all));
        int leftSize = join.left().rowType().size();
        BitSet left = of(join.left());
        BitSet right = of(join.right());
        all.stream()
            .forEach(
                i -> {
                  if (i < leftSize) {
                    left.set(i);
                  } else {
                    right.set(i - leftSize);
                  }
                });
        join.leftKeys().forEach(left::set);
        join.rightKeys().forEach(right::set);
        JoinTimes.addColumns(join.time(), left, right);
      }
    }
  }

  /** Of the columns that a node puts out those that are its input's. */
  private void passThrough(PlanNode input, BitSet columns) {
    BitSet passed = (BitSet) columns.clone();
    passed.clear(input.rowType().size(), Math.max(input.rowType().size(), columns.length()));
    of(input).or(passed);
  }

  private static void addColumns(AggregateCall call, BitSet columns) {
    call.argument().ifPresent(columns::set);
    call.filter().ifPresent(columns::set);
  }
}
