package io.millrace.streams.sql;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * A node made anew with fewer columns: what read the old one finds its columns by this.
 *
 * @param node the new node
 * @param indexes for each of the old node's columns its index in the new one, or -1
 */
record PrunedNode(PlanNode node, int[] indexes) {

  int index(int old) {
    if (indexes[old] < 0) {
      throw new IllegalStateException("column " + old + " is read but was taken away");
    }
    return indexes[old];
  }

  List<Integer> indexes(List<Integer> old) {
    return old.stream().map(this::index).toList();
  }

  OptionalInt index(OptionalInt old) {
    return old.isPresent() ? OptionalInt.of(index(old.getAsInt())) : old;
  }

  Expression over(Expression expression) {
    return Rewrites.remap(expression, this::index);
  }

  List<AggregateCall> calls(List<AggregateCall> calls) {
    return calls.stream()
        .map(
            call ->
                new AggregateCall(
                    call.function(),
                    index(call.argument()),
                    call.distinct(),
                    index(call.filter()),
                    call.fraction(),
                    call.type()))
        .toList();
  }

  /** What a node over this one puts out that adds columns behind, of which some are kept. */
  PrunedNode widened(PlanNode made, int oldSize, BitSet keptBehind) {
    int[] wider = Arrays.copyOf(indexes, oldSize);
    int next = node.rowType().size();
    for (int i = indexes.length; i < oldSize; i++) {
      wider[i] = keptBehind.get(i) ? next++ : -1;
    }
    return new PrunedNode(made, wider);
  }

  /** The columns of this node, then those of the old row behind them that are kept. */
  RowType widened(RowType old, BitSet keptBehind) {
    RowBuilder row = new RowBuilder();
    node.rowType().fields().forEach(field -> row.add(field.name(), field.type()));
    for (int i = indexes.length; i < old.size(); i++) {
      if (keptBehind.get(i)) {
        row.add(old.field(i).name(), old.type(i));
      }
    }
    return row.rowType();
  }
}
