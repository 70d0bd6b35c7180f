package io.millrace.streams.operator;

import io.millrace.core.Clock;
import io.millrace.streams.expression.ExpressionCompiler;
import io.millrace.streams.plan.JoinTime;
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
 * Joins the rows of the same window and key, all at once when the watermark completes the window:
 * windows by their last instant, then keys. A row of a window that is complete is late: dropped and
 * counted. The pairs of one window and key are put out without a pause.
 */
public final class WindowJoin implements WatermarkListener, JoinOperator {

  private final JoinType type;
  private final JoinTime.Window window;
  private final JoinPairs pairs;
  private final EmissionGate gate;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Stage leftInput;
  private final Stage rightInput;
  private final KeyBytes key = new KeyBytes();

  /**
   * Each side's rows by the window's last instant, key and arrival. The value is the length of the
   * first two parts, in eight bytes, and the row.
   */
  private final SortedState<byte[]> left;

  private final SortedState<byte[]> right;
  private long arrivals;
  private long watermark = Stage.NO_WATERMARK;

  /** For a node of a plan that joins windows. */
  public WindowJoin(
      PlanNode.Join node,
      JoinTime.Window window,
      Clock clock,
      ExpressionCompiler compiler,
      FailedRows failedRows,
      EmissionGate gate,
      OperatorMetrics metrics,
      Stage next) {
    type = node.type();
    this.window = window;
    pairs = new JoinPairs(node, compiler, failedRows, metrics, next);
    left = new SortedState<>(SortedState.BYTES, 0, clock);
    right = new SortedState<>(SortedState.BYTES, 0, clock);
    this.gate = gate;
    this.metrics = metrics;
    this.next = next;
    Inputs inputs = new Inputs(metrics, this);
    leftInput = inputs.add(row -> take(row, true));
    rightInput = inputs.add(row -> take(row, false));
  }

  @Override
  public Stage input(boolean isLeft) {
    return isLeft ? leftInput : rightInput;
  }

  private void take(Row row, boolean isLeft) {
    int timeColumn = isLeft ? window.leftTime() : window.rightTime();
    JoinPairs.Side side = pairs.side(isLeft);
    if (row.isNull(timeColumn)) {
      metrics.failedRows++;
      return;
    }
    if (row.getLong(timeColumn) <= watermark) {
      metrics.lateRows++;
      return;
    }
    if (side.hasNoKey(row) && !type.keeps(isLeft)) {
      return;
    }
    key.clear().add(row.getLong(timeColumn)).add(side.keys(), row);
    long prefix = key.length();
    byte[] place = key.add(arrivals++).toBytes();
    SortedState<byte[]> own = isLeft ? left : right;
    own.put(place, new KeyBytes().add(prefix).add(side.encode(row)).toBytes());
  }

  @Override
  public void watermark(long watermark) {
    this.watermark = Math.max(this.watermark, watermark);
    while (true) {
      byte[] group = least(firstGroup(left), firstGroup(right));
      if (group.length == 0 || KeyBytes.longAt(group, 0) > this.watermark) {
        break;
      }
      emit(group);
      gate.betweenRows();
    }
    next.watermark(watermark);
  }

  /** The window and key of the first row, or no bytes. */
  private static byte[] firstGroup(SortedState<byte[]> state) {
    SortedState<byte[]>.Cursor cursor = state.all();
    return cursor.next()
        ? Arrays.copyOf(cursor.key(), (int) KeyBytes.longAt(cursor.value(), 0))
        : new byte[0];
  }

  private static byte[] least(byte[] a, byte[] b) {
    if (a.length == 0 || b.length == 0) {
      return a.length == 0 ? b : a;
    }
    return Arrays.compareUnsigned(a, b) <= 0 ? a : b;
  }

  /** Takes a group out of the state and puts it out: what is saved next is what comes next. */
  private void emit(byte[] group) {
    List<byte[]> lefts = taken(left, group);
    List<byte[]> rights = taken(right, group);
    boolean[] paired = new boolean[rights.size()];
    boolean noKey = hasNull(group);
    for (byte[] row : lefts) {
      boolean found = false;
      for (int i = 0; i < rights.size() && !noKey; i++) {
        pairs.set(true, row, Long.BYTES);
        pairs.set(false, rights.get(i), Long.BYTES);
        if (pairs.matches()) {
          found = true;
          paired[i] = true;
          pairs.put(RowKind.INSERT);
        }
      }
      if (!found && type.keeps(true)) {
        pairs.putAlone(true, row, Long.BYTES, RowKind.INSERT);
      }
    }
    for (int i = 0; i < rights.size(); i++) {
      if (!paired[i] && type.keeps(false)) {
        pairs.putAlone(false, rights.get(i), Long.BYTES, RowKind.INSERT);
      }
    }
  }

  /** Whether a column of the key is NULL, which equals nothing. */
  private boolean hasNull(byte[] group) {
    return pairs.keyHasNull(group, Long.BYTES);
  }

  private static List<byte[]> taken(SortedState<byte[]> state, byte[] group) {
    List<byte[]> rows = new ArrayList<>();
    SortedState<byte[]>.Cursor cursor = state.prefix(group);
    while (cursor.next()) {
      rows.add(cursor.value());
      cursor.remove();
    }
    return rows;
  }

  @Override
  public void idle(boolean idle) {
    next.idle(idle);
  }

  @Override
  public void save(StateOutput out, boolean whole) {
    out.writeLong(arrivals);
    out.writeLong(watermark);
    out.writeLong(metrics.lateRows);
    out.writeLong(metrics.failedRows);
    left.save(out, whole);
    right.save(out, whole);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    arrivals = in.readLong();
    watermark = in.readLong();
    metrics.lateRows = in.readLong();
    metrics.failedRows = in.readLong();
    left.load(in, whole);
    right.load(in, whole);
  }

  @Override
  public long stateBytes() {
    return metrics.keeps(left.size() + (long) right.size(), left.bytes() + right.bytes());
  }
}
