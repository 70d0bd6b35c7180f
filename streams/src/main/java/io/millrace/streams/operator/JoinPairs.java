package io.millrace.streams.operator;

import io.millrace.streams.expression.Evaluator;
import io.millrace.streams.expression.ExpressionCompiler;
import io.millrace.streams.expression.RowException;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.RowKind;
import io.millrace.streams.state.KeyCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all joins have in common: the keys of both sides, pairing a row with a partner's bytes, the
 * condition, and rows without a partner. One thread.
 */
final class JoinPairs {

  private final Side left;
  private final Side right;
  private final @Nullable Evaluator condition;
  private final FailedRows failedRows;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Row output;

  /** One input of a join. */
  static final class Side {
    private final KeyCodec keys;
    private final int[] keyColumns;
    private final RowBytes rows;
    private final int firstColumn;
    private final int columns;

    private Side(RowType type, List<Integer> keys, int firstColumn) {
      keyColumns = keys.stream().mapToInt(i -> i).toArray();
      this.keys = KeyCodec.of(type, keys);
      rows = new RowBytes(type);
      this.firstColumn = firstColumn;
      columns = type.size();
    }

    /** What equal keys have in common. */
    KeyCodec keys() {
      return keys;
    }

    /** Whether the row has no key that could be equal to another. */
    boolean hasNoKey(Row row) {
      for (int column : keyColumns) {
        if (row.isNull(column)) {
          return true;
        }
      }
      return false;
    }

    /** The row as it is kept. */
    byte[] encode(Row row) {
      return rows.encode(row);
    }
  }

  JoinPairs(
      PlanNode.Join node,
      ExpressionCompiler compiler,
      FailedRows failedRows,
      OperatorMetrics metrics,
      Stage next) {
    left = new Side(node.left().rowType(), node.leftKeys(), 0);
    right = new Side(node.right().rowType(), node.rightKeys(), left.columns);
    condition = node.condition().map(compiler::compile).orElse(null);
    this.failedRows = failedRows;
    this.metrics = metrics;
    this.next = next;
    output = new Row(left.columns + right.columns);
  }

  Side side(boolean isLeft) {
    return isLeft ? left : right;
  }

  /** Sets the columns of one side from a row as it is kept. */
  void set(boolean isLeft, byte[] row, int offset) {
    Side side = side(isLeft);
    side.rows.decode(row, offset, output, side.firstColumn);
  }

  private void setNull(Side side) {
    for (int i = 0; i < side.columns; i++) {
      output.setNull(side.firstColumn + i);
    }
  }

  /** Whether the condition is TRUE for the rows that are set; a row that fails is counted. */
  boolean matches() {
    if (condition == null) {
      return true;
    }
    try {
      return condition.isTrue(output);
    } catch (RowException e) {
      metrics.failedRows++;
      failedRows.failed(metrics.name(), e);
      return false;
    }
  }

  /** Whether a column of a key, whose bytes begin at an index, is NULL. */
  boolean keyHasNull(byte[] key, int offset) {
    Row decoded = new Row(left.keyColumns.length);
    left.keys.decode(key, offset, decoded, 0);
    for (int i = 0; i < decoded.size(); i++) {
      if (decoded.isNull(i)) {
        return true;
      }
    }
    return false;
  }

  /** Puts out the rows that are set. */
  void put(RowKind kind) {
    output.setKind(kind);
    metrics.rowsOut++;
    next.row(output);
  }

  /** Puts out a row of one side without a partner. */
  void putAlone(boolean isLeft, byte[] row, int offset, RowKind kind) {
    set(isLeft, row, offset);
    setNull(side(!isLeft));
    put(kind);
  }
}
