package io.millrace.streams.sql;

import io.millrace.streams.plan.PlanNode;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives equal nodes of one job one instance, so that what several inserts need is computed once.
 * Nodes are compared by their own fields and the identity of their inputs.
 */
final class NodeTable {

  /** The most different nodes of a job, each view counted once. */
  static final int MAX_NODES = 5_000;

  private final Position job;
  private final Map<Key, PlanNode> nodes = new HashMap<>();
  private final IdentityHashMap<PlanNode, Integer> numbers = new IdentityHashMap<>();

  private record Key(List<Integer> inputs, List<Object> fields) {}

  /**
   * @param job where the job's statement begins
   */
  NodeTable(Position job) {
    this.job = job;
  }

  PlanNode unique(PlanNode node) {
    List<Integer> inputs = node.inputs().stream().map(this::number).toList();
    PlanNode known = nodes.putIfAbsent(new Key(inputs, fields(node)), node);
    if (known != null) {
      return known;
    }
    if (nodes.size() > MAX_NODES) {
      throw new SqlException(job, "this job has more than " + MAX_NODES + " steps");
    }
    number(node);
    return node;
  }

  private int number(PlanNode node) {
    return numbers.computeIfAbsent(node, unknown -> numbers.size());
  }

  private static List<Object> fields(PlanNode node) {
    return switch (node) {
      case PlanNode.Scan n ->
          List.of(n.table(), n.connector(), n.columns(), n.watermark(), n.rowType());
      case PlanNode.Values n -> List.of(n.rows(), n.rowType());
      case PlanNode.Filter n -> List.of(n.condition());
      case PlanNode.Project n -> List.of(n.expressions(), n.rowType());
      case PlanNode.WindowAggregate n ->
          List.of(
              n.window(),
              n.timeColumn(),
              n.keyColumns(),
              n.aggregates(),
              n.properties(),
              n.rowType());
      case PlanNode.Union n -> List.of("union", n.rowType());
      case PlanNode.AssignWindows n -> List.of(n.window(), n.timeColumn(), n.rowType());
      case PlanNode.GroupAggregate n ->
          List.of("group", n.keyColumns(), n.aggregates(), n.rowType());
      case PlanNode.Rank n ->
          List.of(
              n.partitionColumns(),
              n.order(),
              n.first(),
              n.last(),
              n.numbered(),
              n.deduplicates(),
              n.windowTime(),
              n.rowType());
      case PlanNode.Join n ->
          List.of(n.type(), n.leftKeys(), n.rightKeys(), n.condition(), n.time(), n.rowType());
      case PlanNode.OverAggregate n ->
          List.of(
              n.partitionColumns(),
              n.timeColumn(),
              n.rows(),
              n.preceding(),
              n.aggregates(),
              n.rowType());
      case PlanNode.Normalize n -> List.of("normalize", n.keyColumns(), n.retracts());
    };
  }
}
