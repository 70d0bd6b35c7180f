package io.millrace.streams.sql;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.PlanNode.WindowProperty;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.ScanColumn;
import io.millrace.streams.plan.WatermarkSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Leaves in the plan of a job only the columns that something needs.
 *
 * <p>Two passes over the graph of nodes. From the inserts down: each node learns which of its
 * columns any of its parents read; a node under several parents, the union. From the scans up: each
 * node is made once more with those columns, so that what was shared stays shared. A projection
 * that only picks columns disappears, since its parents can pick them themselves; one above another
 * takes it in when that computes nothing twice.
 */
final class ColumnPruning {

  private final IdentityHashMap<PlanNode, BitSet> needed = new IdentityHashMap<>();
  private final IdentityHashMap<PlanNode, Pruned> made = new IdentityHashMap<>();

  private ColumnPruning() {}

  /** A node made anew, and for each of the old one's columns its new index, or -1. */
  private record Pruned(PlanNode node, int[] indexes) {

    int index(int old) {
      if (indexes[old] < 0) {
        throw new IllegalStateException("column " + old + " is read but was taken away");
      }
      return indexes[old];
    }

    Expression over(Expression expression) {
      return Rewrites.remap(expression, this::index);
    }
  }

  /** The inserts of one job with narrower plans. */
  static List<Insert> prune(List<Insert> inserts) {
    ColumnPruning pruning = new ColumnPruning();
    List<PlanNode> order = new ArrayList<>();
    Set<PlanNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Insert insert : inserts) {
      pruning.visit(insert.input(), seen, order);
      pruning.need(insert.input()).set(0, insert.rowType().size());
    }
    for (PlanNode node : order.reversed()) {
      pruning.passDown(node);
    }
    order.forEach(pruning::make);
    return inserts.stream().map(pruning::rebuilt).toList();
  }

  /** Inputs before the nodes that read them. */
  private void visit(PlanNode node, Set<PlanNode> seen, List<PlanNode> order) {
    if (seen.add(node)) {
      needed.put(node, new BitSet());
      node.inputs().forEach(input -> visit(input, seen, order));
      order.add(node);
    }
  }

  private BitSet need(PlanNode node) {
    return needed.computeIfAbsent(node, unknown -> new BitSet());
  }

  private void passDown(PlanNode node) {
    BitSet columns = need(node);
    switch (node) {
      case PlanNode.Scan scan ->
          scan.watermark().ifPresent(w -> Rewrites.addColumns(w.expression(), columns));
      case PlanNode.Values values -> {}
      case PlanNode.Filter filter -> {
        need(filter.input()).or(columns);
        Rewrites.addColumns(filter.condition(), need(filter.input()));
      }
      case PlanNode.Project project -> {
        BitSet below = need(project.input());
        columns.stream().forEach(i -> Rewrites.addColumns(project.expressions().get(i), below));
      }
      case PlanNode.WindowAggregate aggregate -> {
        BitSet below = need(aggregate.input());
        below.set(aggregate.timeColumn());
        aggregate.keyColumns().forEach(below::set);
        for (AggregateCall call : keptCalls(aggregate)) {
          call.argument().ifPresent(below::set);
          call.filter().ifPresent(below::set);
        }
      }
      case PlanNode.Union union -> union.inputs().forEach(input -> need(input).or(columns));
    }
  }

  private List<AggregateCall> keptCalls(PlanNode.WindowAggregate aggregate) {
    BitSet columns = need(aggregate);
    int first = aggregate.keyColumns().size();
    List<AggregateCall> kept = new ArrayList<>();
    for (int i = 0; i < aggregate.aggregates().size(); i++) {
      if (columns.get(first + i)) {
        kept.add(aggregate.aggregates().get(i));
      }
    }
    return kept;
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
        });
  }

  private Pruned input(PlanNode node) {
    Pruned pruned = made.get(node);
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

  private Pruned scan(PlanNode.Scan scan) {
    BitSet kept = need(scan);
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
    return new Pruned(
        new PlanNode.Scan(
            scan.table(), scan.connector(), columns, watermark, row(scan.rowType(), kept)),
        indexes);
  }

  private Pruned values(PlanNode.Values values) {
    BitSet kept = need(values);
    List<List<Literal>> rows =
        values.rows().stream().map(row -> kept.stream().mapToObj(row::get).toList()).toList();
    return new Pruned(
        new PlanNode.Values(rows, row(values.rowType(), kept)),
        indexes(values.rowType().size(), kept));
  }

  private Pruned filter(PlanNode.Filter filter) {
    Pruned input = input(filter.input());
    return new Pruned(
        new PlanNode.Filter(input.node(), input.over(filter.condition())), input.indexes());
  }

  private Pruned project(PlanNode.Project project) {
    Pruned input = input(project.input());
    BitSet kept = need(project);
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
      return new Pruned(input.node(), through);
    }
    return new Pruned(merged(input.node(), expressions, row(project.rowType(), kept)), indexes);
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

  private Pruned aggregate(PlanNode.WindowAggregate aggregate) {
    Pruned input = input(aggregate.input());
    int keys = aggregate.keyColumns().size();
    int calls = aggregate.aggregates().size();
    BitSet kept = (BitSet) need(aggregate).clone();
    kept.set(0, keys);
    List<AggregateCall> keptCalls =
        keptCalls(aggregate).stream()
            .map(
                call ->
                    new AggregateCall(
                        call.function(),
                        moved(call.argument(), input),
                        call.distinct(),
                        moved(call.filter(), input),
                        call.fraction(),
                        call.type()))
            .toList();
    List<WindowProperty> properties = new ArrayList<>();
    for (int i = 0; i < aggregate.properties().size(); i++) {
      if (kept.get(keys + calls + i)) {
        properties.add(aggregate.properties().get(i));
      }
    }
    return new Pruned(
        new PlanNode.WindowAggregate(
            input.node(),
            aggregate.window(),
            input.index(aggregate.timeColumn()),
            aggregate.keyColumns().stream().map(input::index).toList(),
            keptCalls,
            properties,
            row(aggregate.rowType(), kept)),
        indexes(aggregate.rowType().size(), kept));
  }

  private static OptionalInt moved(OptionalInt column, Pruned input) {
    return column.isPresent() ? OptionalInt.of(input.index(column.getAsInt())) : column;
  }

  private Pruned union(PlanNode.Union union) {
    BitSet kept = need(union);
    RowType row = row(union.rowType(), kept);
    List<PlanNode> inputs =
        union.inputs().stream()
            .map(node -> picked(input(node), kept.stream().toArray(), row))
            .toList();
    return new Pruned(new PlanNode.Union(inputs, row), indexes(union.rowType().size(), kept));
  }

  /** The input with exactly the given of its old columns, in their order. */
  private static PlanNode picked(Pruned input, int[] columns, RowType row) {
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
