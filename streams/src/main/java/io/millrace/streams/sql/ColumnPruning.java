package io.millrace.streams.sql;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.ScanColumn;
import io.millrace.streams.plan.SortColumn;
import io.millrace.streams.plan.WatermarkSpec;
import io.millrace.streams.plan.WindowProperty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Leaves in the plan of a job only the columns that something needs.
 *
 * <p>Two passes over the graph of nodes. From the inserts down, {@link RequiredColumns}: which of a
 * node's columns any of its parents read. From the scans up, here: each node is made once more with
 * those columns, so that what was shared stays shared. A projection that only picks columns
 * disappears, since its parents can pick them themselves; one above another takes it in when that
 * computes nothing twice.
 */
final class ColumnPruning {

  private final RequiredColumns required;
  private final IdentityHashMap<PlanNode, PrunedNode> made = new IdentityHashMap<>();

  private ColumnPruning(RequiredColumns required) {
    this.required = required;
  }

  /** The inserts of one job with narrower plans. */
  static List<Insert> prune(List<Insert> inserts) {
    RequiredColumns required = new RequiredColumns(inserts);
    ColumnPruning pruning = new ColumnPruning(required);
    required.nodes().forEach(pruning::make);
    return inserts.stream().map(pruning::rebuilt).toList();
  }

  private void make(PlanNode node) {
    made.put(
        node,
        switch (node) {
          case PlanNode.Scan scan -> scan(scan);
          case PlanNode.Values values -> values(values);
          case PlanNode.Filter filter -> filter(filter);
          case PlanNode.Project project -> project(project);
          case PlanNode.WindowAggregate aggregate -> aggregate(aggregate);
          case PlanNode.Union union -> union(union);
          case PlanNode.AssignWindows assign -> assign(assign);
          case PlanNode.GroupAggregate group -> group(group);
          case PlanNode.Rank rank -> rank(rank);
          case PlanNode.OverAggregate over -> over(over);
          case PlanNode.Normalize normalize -> normalize(normalize);
          case PlanNode.Join join -> join(join);
        });
  }

  private PrunedNode input(PlanNode node) {
    PrunedNode pruned = made.get(node);
    if (pruned == null) {
      throw new IllegalStateException("an input is made before what reads it");
    }
    return pruned;
  }

  /** New indexes for the kept of a number of columns: in order, from 0. */
  private static int[] indexes(int size, BitSet kept) {
    int[] indexes = new int[size];
    Arrays.fill(indexes, -1);
    int next = 0;
    for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
      indexes[i] = next++;
    }
    return indexes;
  }

  private static RowType row(RowType type, BitSet kept) {
    return new RowType(kept.stream().mapToObj(type::field).toList());
  }

  private PrunedNode scan(PlanNode.Scan scan) {
    BitSet kept = required.of(scan);
    int[] indexes = indexes(scan.rowType().size(), kept);
    List<ScanColumn> columns = kept.stream().mapToObj(scan.columns()::get).toList();
    Optional<WatermarkSpec> watermark =
        scan.watermark()
            .map(
                w ->
                    new WatermarkSpec(
                        Rewrites.remap(w.expression(), i -> indexes[i]),
                        w.column(),
                        w.idleTimeout()));
    return new PrunedNode(
        new PlanNode.Scan(
            scan.table(), scan.connector(), columns, watermark, row(scan.rowType(), kept)),
        indexes);
  }

  private PrunedNode values(PlanNode.Values values) {
    BitSet kept = required.of(values);
    List<List<Literal>> rows =
        values.rows().stream().map(row -> kept.stream().mapToObj(row::get).toList()).toList();
    return new PrunedNode(
        new PlanNode.Values(rows, row(values.rowType(), kept)),
        indexes(values.rowType().size(), kept));
  }

  private PrunedNode filter(PlanNode.Filter filter) {
    PrunedNode input = input(filter.input());
    return new PrunedNode(
        new PlanNode.Filter(input.node(), input.over(filter.condition())), input.indexes());
  }

  private PrunedNode project(PlanNode.Project project) {
    PrunedNode input = input(project.input());
    BitSet kept = required.of(project);
    List<Expression> expressions =
        kept.stream().mapToObj(i -> input.over(project.expressions().get(i))).toList();
    int[] indexes = indexes(project.expressions().size(), kept);
    if (expressions.stream().allMatch(Expression.Column.class::isInstance)) {
      int[] through = new int[indexes.length];
      for (int i = 0; i < indexes.length; i++) {
        through[i] =
            indexes[i] >= 0 && expressions.get(indexes[i]) instanceof Expression.Column column
                ? column.index()
                : -1;
      }
      return new PrunedNode(input.node(), through);
    }
    return new PrunedNode(merged(input.node(), expressions, row(project.rowType(), kept)), indexes);
  }

  /** The projection, taking in a projection below it when that computes nothing twice. */
  private static PlanNode merged(PlanNode input, List<Expression> expressions, RowType row) {
    if (!(input instanceof PlanNode.Project below)) {
      return new PlanNode.Project(input, expressions, row);
    }
    int[] uses = new int[below.expressions().size()];
    expressions.forEach(expression -> Rewrites.countColumns(expression, uses));
    for (int i = 0; i < uses.length; i++) {
      if (uses[i] > 1 && below.expressions().get(i) instanceof Expression.Call) {
        return new PlanNode.Project(input, expressions, row);
      }
    }
    List<Expression> inlined =
        expressions.stream().map(e -> Rewrites.inline(e, below.expressions()::get)).toList();
    return new PlanNode.Project(below.input(), inlined, row);
  }

  private PrunedNode aggregate(PlanNode.WindowAggregate aggregate) {
    PrunedNode input = input(aggregate.input());
    int keys = aggregate.keyColumns().size();
    int calls = aggregate.aggregates().size();
    BitSet kept = (BitSet) required.of(aggregate).clone();
    kept.set(0, keys);
    List<AggregateCall> keptCalls = input.calls(required.calls(aggregate));
    List<WindowProperty> properties = new ArrayList<>();
    for (int i = 0; i < aggregate.properties().size(); i++) {
      if (kept.get(keys + calls + i)) {
        properties.add(aggregate.properties().get(i));
      }
    }
    return new PrunedNode(
        new PlanNode.WindowAggregate(
            input.node(),
            aggregate.window(),
            input.index(aggregate.timeColumn()),
            input.indexes(aggregate.keyColumns()),
            keptCalls,
            properties,
            row(aggregate.rowType(), kept)),
        indexes(aggregate.rowType().size(), kept));
  }

  /** An input with the columns that are needed and no others, since its rows are kept. */
  private PrunedNode exact(PlanNode node) {
    BitSet kept = required.of(node);
    return new PrunedNode(
        picked(input(node), kept.stream().toArray(), row(node.rowType(), kept)),
        indexes(node.rowType().size(), kept));
  }

  private PrunedNode assign(PlanNode.AssignWindows assign) {
    PrunedNode input = exact(assign.input());
    BitSet behind = new BitSet();
    behind.set(assign.input().rowType().size(), assign.rowType().size());
    PlanNode node =
        new PlanNode.AssignWindows(
            input.node(),
            assign.window(),
            input.index(assign.timeColumn()),
            input.widened(assign.rowType(), behind));
    return input.widened(node, assign.rowType().size(), behind);
  }

  private PrunedNode group(PlanNode.GroupAggregate group) {
    PrunedNode input = input(group.input());
    BitSet kept = (BitSet) required.of(group).clone();
    kept.set(0, group.keyColumns().size());
    return new PrunedNode(
        new PlanNode.GroupAggregate(
            input.node(),
            input.indexes(group.keyColumns()),
            input.calls(required.calls(group)),
            row(group.rowType(), kept)),
        indexes(group.rowType().size(), kept));
  }

  private PrunedNode rank(PlanNode.Rank rank) {
    PrunedNode input = exact(rank.input());
    BitSet behind = required.of(rank);
    int number = rank.input().rowType().size();
    PlanNode node =
        new PlanNode.Rank(
            input.node(),
            input.indexes(rank.partitionColumns()),
            rank.order().stream()
                .map(
                    each ->
                        new SortColumn(
                            input.index(each.column()), each.descending(), each.nullsFirst()))
                .toList(),
            rank.first(),
            rank.last(),
            rank.numbered() && behind.get(number),
            rank.deduplicates(),
            input.index(rank.windowTime()),
            input.widened(rank.rowType(), behind));
    return input.widened(node, rank.rowType().size(), behind);
  }

  private PrunedNode over(PlanNode.OverAggregate over) {
    PrunedNode input = exact(over.input());
    BitSet behind = required.of(over);
    PlanNode node =
        new PlanNode.OverAggregate(
            input.node(),
            input.indexes(over.partitionColumns()),
            input.index(over.timeColumn()),
            over.rows(),
            over.preceding(),
            input.calls(required.calls(over)),
            input.widened(over.rowType(), behind));
    return input.widened(node, over.rowType().size(), behind);
  }

  private PrunedNode normalize(PlanNode.Normalize normalize) {
    PrunedNode input = exact(normalize.input());
    return new PrunedNode(
        new PlanNode.Normalize(
            input.node(), input.indexes(normalize.keyColumns()), normalize.retracts()),
        input.indexes());
  }

  private PrunedNode join(PlanNode.Join join) {
    PrunedNode left = exact(join.left());
    PrunedNode right = exact(join.right());
    int oldLeft = join.left().rowType().size();
    int newLeft = left.node().rowType().size();
    int[] indexes = new int[join.rowType().size()];
    RowBuilder row = new RowBuilder();
    for (int i = 0; i < indexes.length; i++) {
      int below = i < oldLeft ? left.indexes()[i] : right.indexes()[i - oldLeft];
      indexes[i] = below < 0 ? -1 : i < oldLeft ? below : newLeft + below;
      if (below >= 0) {
        row.add(join.rowType().field(i).name(), join.rowType().type(i));
      }
    }
    return new PrunedNode(
        new PlanNode.Join(
            left.node(),
            right.node(),
            join.type(),
            left.indexes(join.leftKeys()),
            right.indexes(join.rightKeys()),
            join.condition().map(condition -> Rewrites.remap(condition, i -> indexes[i])),
            JoinTimes.moved(join.time(), left::index, right::index),
            row.rowType()),
        indexes);
  }

  private PrunedNode union(PlanNode.Union union) {
    BitSet kept = required.of(union);
    RowType row = row(union.rowType(), kept);
    List<PlanNode> inputs =
        union.inputs().stream()
            .map(node -> picked(input(node), kept.stream().toArray(), row))
            .toList();
    return new PrunedNode(new PlanNode.Union(inputs, row), indexes(union.rowType().size(), kept));
  }

  /** The input with exactly the given of its old columns, in their order. */
  private static PlanNode picked(PrunedNode input, int[] columns, RowType row) {
    RowType type = input.node().rowType();
    List<Expression> expressions = new ArrayList<>();
    boolean same = type.size() == columns.length;
    for (int i = 0; i < columns.length; i++) {
      int index = input.index(columns[i]);
      same &= index == i;
      expressions.add(new Expression.Column(index, type.type(index)));
    }
    return same ? input.node() : merged(input.node(), expressions, row);
  }

  private Insert rebuilt(Insert insert) {
    int size = insert.rowType().size();
    int[] columns = new int[size];
    Arrays.setAll(columns, i -> i);
    PlanNode node = picked(input(insert.input()), columns, named(insert, insert.input().rowType()));
    return new Insert(
        insert.table(), insert.connector(), node, insert.metadata(), insert.rowType());
  }

  /** The types of the query's columns under the names of the table's. */
  private static RowType named(Insert insert, RowType types) {
    RowBuilder row = new RowBuilder();
    for (int i = 0; i < insert.rowType().size(); i++) {
      row.add(insert.rowType().field(i).name(), types.type(i));
    }
    return row.rowType();
  }
}
