package io.millrace.streams.operator;

import io.millrace.core.Clock;
import io.millrace.streams.expression.ExpressionCompiler;
import io.millrace.streams.plan.JoinType;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.RowKind;
import io.millrace.streams.state.KeyBytes;
import io.millrace.streams.state.SortedState;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Joins every row with all rows of the other input, whenever they come. Both inputs are kept. A row
 * that is kept without a partner is put out with NULLs, and taken back when its first partner
 * comes; when its last partner goes it comes back.
 */
public final class RegularJoin implements JoinOperator {

  private final JoinType type;
  private final JoinPairs pairs;
  private final OperatorMetrics metrics;
  private final Stage leftInput;
  private final Stage rightInput;
  private final KeyBytes key = new KeyBytes();

  /** Each side's rows by key and row. The value is how often the row is there. */
  private final SortedState<byte[]> left;

  private final SortedState<byte[]> right;

  /** A row of the other side. */
  private record Partner(byte[] key, long copies) {}

  /**
   * For a node of a plan that joins for ever.
   *
   * @param ttlMillis how long a row is kept; 0 for ever
   */
  public RegularJoin(
      PlanNode.Join node,
      long ttlMillis,
      Clock clock,
      ExpressionCompiler compiler,
      FailedRows failedRows,
      OperatorMetrics metrics,
      Stage next) {
    type = node.type();
    pairs = new JoinPairs(node, compiler, failedRows, metrics, next);
    left = new SortedState<>(SortedState.BYTES, ttlMillis, clock);
    right = new SortedState<>(SortedState.BYTES, ttlMillis, clock);
    this.metrics = metrics;
    Inputs inputs = new Inputs(metrics, next);
    leftInput = inputs.add(row -> take(row, true));
    rightInput = inputs.add(row -> take(row, false));
  }

  @Override
  public Stage input(boolean isLeft) {
    return isLeft ? leftInput : rightInput;
  }

  private SortedState<byte[]> state(boolean isLeft) {
    return isLeft ? left : right;
  }

  private void take(Row row, boolean isLeft) {
    JoinPairs.Side side = pairs.side(isLeft);
    RowKind kind = row.kind();
    byte[] bytes = side.encode(row);
    if (side.hasNoKey(row)) {
      if (type.keeps(isLeft)) {
        pairs.putAlone(isLeft, bytes, 0, alone(kind));
      }
      return;
    }
    byte[] prefix = key.clear().add(side.keys(), row).toBytes();
    byte[] place = key.clear().add(prefix).add(bytes).toBytes();
    SortedState<byte[]> own = state(isLeft);
    byte[] known = own.get(place);
    long copies = known == null ? 0 : KeyBytes.longAt(known, 0);
    if (!kind.isAddition() && copies == 0) {
      return; // It outlived the time to live, and what it was part of was forgotten.
    }
    setCopies(own, place, copies + (kind.isAddition() ? 1 : -1));
    List<Partner> partners = partners(prefix, bytes, isLeft);
    if (partners.isEmpty()) {
      if (type.keeps(isLeft)) {
        pairs.putAlone(isLeft, bytes, 0, alone(kind));
      }
      return;
    }
    for (Partner partner : partners) {
      join(partner, prefix, bytes, isLeft, kind);
    }
  }

  /** What a row that goes or comes by itself is, whatever update it is part of. */
  private static RowKind alone(RowKind kind) {
    return kind.isAddition() ? RowKind.INSERT : RowKind.DELETE;
  }

  private void join(Partner partner, byte[] prefix, byte[] row, boolean isLeft, RowKind kind) {
    boolean otherKept = type.keeps(!isLeft);
    // This row counts already when it comes, and no more when it goes.
    long others = otherKept ? partnersOf(partner, prefix, !isLeft) : 0;
    boolean outer = otherKept || type.keeps(isLeft);
    for (long copy = 0; copy < partner.copies(); copy++) {
      if (otherKept && kind.isAddition() && others == 1) {
        pairs.putAlone(!isLeft, partner.key(), prefix.length, RowKind.DELETE);
      }
      pairs.set(isLeft, row, 0);
      pairs.set(!isLeft, partner.key(), prefix.length);
      pairs.put(outer ? alone(kind) : kind);
      if (otherKept && !kind.isAddition() && others == 0) {
        pairs.putAlone(!isLeft, partner.key(), prefix.length, RowKind.INSERT);
      }
    }
  }

  private static void setCopies(SortedState<byte[]> state, byte[] place, long copies) {
    if (copies == 0) {
      state.remove(place);
    } else {
      state.put(place, new KeyBytes().add(copies).toBytes());
    }
  }

  /** The rows of the other side that match. */
  private List<Partner> partners(byte[] prefix, byte[] row, boolean isLeft) {
    List<Partner> partners = new ArrayList<>();
    SortedState<byte[]>.Cursor cursor = state(!isLeft).prefix(prefix);
    pairs.set(isLeft, row, 0);
    while (cursor.next()) {
      pairs.set(!isLeft, cursor.key(), prefix.length);
      if (pairs.matches()) {
        partners.add(new Partner(cursor.key(), KeyBytes.longAt(cursor.value(), 0)));
      }
    }
    return partners;
  }

  /** How many rows match one of the given side, counted up to two. */
  private long partnersOf(Partner of, byte[] prefix, boolean isLeft) {
    byte[] row = Arrays.copyOfRange(of.key(), prefix.length, of.key().length);
    long count = 0;
    SortedState<byte[]>.Cursor cursor = state(!isLeft).prefix(prefix);
    pairs.set(isLeft, row, 0);
    while (count < 2 && cursor.next()) {
      pairs.set(!isLeft, cursor.key(), prefix.length);
      if (pairs.matches()) {
        count += KeyBytes.longAt(cursor.value(), 0);
      }
    }
    return count;
  }

  @Override
  public void save(StateOutput out, boolean whole) {
    left.save(out, whole);
    right.save(out, whole);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    left.load(in, whole);
    right.load(in, whole);
  }

  @Override
  public long stateBytes() {
    return metrics.keeps(left.size() + (long) right.size(), left.bytes() + right.bytes());
  }
}
