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
        keptCalls(aggregate).forEach(call -> addColumns(call, below));
      }
      case PlanNode.Union union -> union.inputs().forEach(input -> need(input).or(columns));
      case PlanNode.AssignWindows assign -> {
        passThrough(assign.input(), columns);
        need(assign.input()).set(assign.timeColumn());
      }
      case PlanNode.GroupAggregate group -> {
        BitSet below = need(group.input());
        group.keyColumns().forEach(below::set);
        kept(group.aggregates(), columns, group.keyColumns().size())
            .forEach(call -> addColumns(call, below));
      }
      case PlanNode.Rank rank -> {
        passThrough(rank.input(), columns);
        BitSet below = need(rank.input());
        rank.partitionColumns().forEach(below::set);
        rank.order().forEach(each -> below.set(each.column()));
        rank.windowTime().ifPresent(below::set);
      }
      case PlanNode.OverAggregate over -> {
        passThrough(over.input(), columns);
        BitSet below = need(over.input());
        over.partitionColumns().forEach(below::set);
        below.set(over.timeColumn());
        kept(over.aggregates(), columns, over.input().rowType().size())
            .forEach(call -> addColumns(call, below));
      }
      case PlanNode.Normalize normalize -> {
        need(normalize.input()).or(columns);
        normalize.keyColumns().forEach(need(normalize.input())::set);
      }
      case PlanNode.Join join -> {
        BitSet all = (BitSet) columns.clone();
        join.condition().ifPresent(condition -> Rewrites.addColumns(condition, all));
        int leftSize = join.left().rowType().size();
        BitSet left = need(join.left());
        BitSet right = need(join.right());
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
    need(input).or(passed);
  }

  private static void addColumns(AggregateCall call, BitSet columns) {
    call.argument().ifPresent(columns::set);
    call.filter().ifPresent(columns::set);
  }

  /** The calls whose results are read; the first result has the given index. */
  private static List<AggregateCall> kept(List<AggregateCall> calls, BitSet columns, int first) {
    List<AggregateCall> kept = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      if (columns.get(first + i)) {
        kept.add(calls.get(i));
      }
    }
    return kept;
  }

  private List<AggregateCall> keptCalls(PlanNode.WindowAggregate aggregate) {
    return kept(aggregate.aggregates(), need(aggregate), aggregate.keyColumns().size());
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
    List<AggregateCall> keptCalls = movedCalls(keptCalls(aggregate), input);
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

  private static List<AggregateCall> movedCalls(List<AggregateCall> calls, Pruned input) {
    return calls.stream()
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
  }

  private static List<Integer> moved(List<Integer> columns, Pruned input) {
    return columns.stream().map(input::index).toList();
  }

  /** An input with the columns that are needed and no others, since its rows are kept. */
  private Pruned exact(PlanNode node) {
    BitSet kept = need(node);
    return new Pruned(
        picked(input(node), kept.stream().toArray(), row(node.rowType(), kept)),
        indexes(node.rowType().size(), kept));
  }

  /** What a node with an exact input and more columns puts out. */
  private static Pruned widened(PlanNode made, Pruned input, int oldSize, BitSet keptBehind) {
    int[] indexes = Arrays.copyOf(input.indexes(), oldSize);
    int next = input.node().rowType().size();
    for (int i = input.indexes().length; i < oldSize; i++) {
      indexes[i] = keptBehind.get(i) ? next++ : -1;
    }
    return new Pruned(made, indexes);
  }

  /** The columns of an exact input, then those of the old row behind it that are kept. */
  private static RowType widened(PlanNode old, Pruned input, BitSet keptBehind) {
    RowBuilder row = new RowBuilder();
    input.node().rowType().fields().forEach(field -> row.add(field.name(), field.type()));
    for (int i = input.indexes().length; i < old.rowType().size(); i++) {
      if (keptBehind.get(i)) {
        row.add(old.rowType().field(i).name(), old.rowType().type(i));
      }
    }
    return row.rowType();
  }

  private Pruned assign(PlanNode.AssignWindows assign) {
    Pruned input = exact(assign.input());
    BitSet behind = new BitSet();
    behind.set(assign.input().rowType().size(), assign.rowType().size());
    PlanNode node =
        new PlanNode.AssignWindows(
            input.node(),
            assign.window(),
            input.index(assign.timeColumn()),
            widened(assign, input, behind));
    return widened(node, input, assign.rowType().size(), behind);
  }

  private Pruned group(PlanNode.GroupAggregate group) {
    Pruned input = input(group.input());
    BitSet kept = (BitSet) need(group).clone();
    kept.set(0, group.keyColumns().size());
    return new Pruned(
        new PlanNode.GroupAggregate(
            input.node(),
            moved(group.keyColumns(), input),
            movedCalls(kept(group.aggregates(), kept, group.keyColumns().size()), input),
            row(group.rowType(), kept)),
        indexes(group.rowType().size(), kept));
  }

  private Pruned rank(PlanNode.Rank rank) {
    Pruned input = exact(rank.input());
    BitSet behind = need(rank);
    int number = rank.input().rowType().size();
    PlanNode node =
        new PlanNode.Rank(
            input.node(),
            moved(rank.partitionColumns(), input),
            rank.order().stream()
                .map(
                    each ->
                        new PlanNode.SortColumn(
                            input.index(each.column()), each.descending(), each.nullsFirst()))
                .toList(),
            rank.first(),
            rank.last(),
            rank.numbered() && behind.get(number),
            rank.deduplicates(),
            moved(rank.windowTime(), input),
            widened(rank, input, behind));
    return widened(node, input, rank.rowType().size(), behind);
  }

  private Pruned over(PlanNode.OverAggregate over) {
    Pruned input = exact(over.input());
    BitSet behind = need(over);
    PlanNode node =
        new PlanNode.OverAggregate(
            input.node(),
            moved(over.partitionColumns(), input),
            input.index(over.timeColumn()),
            over.rows(),
            over.preceding(),
            movedCalls(kept(over.aggregates(), behind, over.input().rowType().size()), input),
            widened(over, input, behind));
    return widened(node, input, over.rowType().size(), behind);
  }

  private Pruned normalize(PlanNode.Normalize normalize) {
    Pruned input = exact(normalize.input());
    return new Pruned(
        new PlanNode.Normalize(
            input.node(), moved(normalize.keyColumns(), input), normalize.retracts()),
        input.indexes());
  }

  private Pruned join(PlanNode.Join join) {
    Pruned left = exact(join.left());
    Pruned right = exact(join.right());
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
    return new Pruned(
        new PlanNode.Join(
            left.node(),
            right.node(),
            join.type(),
            moved(join.leftKeys(), left),
            moved(join.rightKeys(), right),
            join.condition().map(condition -> Rewrites.remap(condition, i -> indexes[i])),
            JoinTimes.moved(join.time(), left::index, right::index),
            row.rowType()),
        indexes);
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
