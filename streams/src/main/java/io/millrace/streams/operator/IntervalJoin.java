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
import java.util.TreeSet;

/**
 * Joins rows whose event times are near each other. A row is kept until the watermark says that no
 * partner can come any more; one that is kept without a partner is put out then. Pairs are put out
 * when the second row comes, so times in the output may be behind the watermark by as much as the
 * interval reaches: the watermark is passed on later by that.
 *
 * <p>A row behind the watermark is joined with the rows that are kept still.
 */
public final class IntervalJoin implements WatermarkListener, JoinOperator {

  private static final byte ALONE = 0;
  private static final byte PAIRED = 1;

  private final JoinType type;
  private final JoinTime.Interval interval;
  private final JoinPairs pairs;
  private final EmissionGate gate;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Stage leftInput;
  private final Stage rightInput;
  private final KeyBytes key = new KeyBytes();
  private final Kept left;
  private final Kept right;
  private final long delay;
  private long arrivals;
  private long watermark = Stage.NO_WATERMARK;

  /** One side's rows. */
  private static final class Kept {
    /** Rows by key, time and arrival. The value is whether it was paired, and the row. */
    private final SortedState<byte[]> rows;

    /** The time up to which partners may come, and the key. */
    private final TreeSet<byte[]> byEnd = new TreeSet<>(SortedState.ORDER);

    /** How much later than the row's own time partners may come. */
    private final long wait;

    private Kept(long wait, Clock clock) {
      this.wait = wait;
      rows = new SortedState<>(SortedState.BYTES, 0, clock);
    }

    private static byte[] endKey(long end, byte[] key) {
      return new KeyBytes().add(end).add(key).toBytes();
    }

    private static long time(byte[] key) {
      return KeyBytes.longAt(key, key.length - 2 * Long.BYTES);
    }
  }

  /** For a node of a plan that joins by an interval. */
  public IntervalJoin(
      PlanNode.Join node,
      JoinTime.Interval interval,
      Clock clock,
      ExpressionCompiler compiler,
      FailedRows failedRows,
      EmissionGate gate,
      OperatorMetrics metrics,
      Stage next) {
    type = node.type();
    this.interval = interval;
    pairs = new JoinPairs(node, compiler, failedRows, metrics, next);
    // left - right lies from lower to upper: a right row comes up to left - lower.
    left = new Kept(-interval.lower(), clock);
    right = new Kept(interval.upper(), clock);
    delay = Math.max(0, Math.max(left.wait, right.wait));
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

  private Kept kept(boolean isLeft) {
    return isLeft ? left : right;
  }

  private void take(Row row, boolean isLeft) {
    int timeColumn = isLeft ? interval.leftTime() : interval.rightTime();
    JoinPairs.Side side = pairs.side(isLeft);
    byte[] bytes = side.encode(row);
    if (row.isNull(timeColumn)) {
      metrics.failedRows++;
      return;
    }
    if (side.hasNoKey(row)) {
      if (type.keeps(isLeft)) {
        pairs.putAlone(isLeft, bytes, 0, RowKind.INSERT);
      }
      return;
    }
    long time = row.getLong(timeColumn);
    byte[] prefix = key.clear().add(side.keys(), row).toBytes();
    boolean paired = pair(prefix, time, bytes, isLeft);
    Kept own = kept(isLeft);
    if (time + own.wait > watermark) {
      byte[] place = key.clear().add(prefix).add(time).add(arrivals++).toBytes();
      own.rows.put(place, value(paired, bytes));
      own.byEnd.add(Kept.endKey(time + own.wait, place));
    } else if (!paired && type.keeps(isLeft)) {
      pairs.putAlone(isLeft, bytes, 0, RowKind.INSERT);
    }
  }

  private static byte[] value(boolean paired, byte[] row) {
    return new KeyBytes().add((int) (paired ? PAIRED : ALONE)).add(row).toBytes();
  }

  private boolean pair(byte[] prefix, long time, byte[] row, boolean isLeft) {
    long from = isLeft ? time - interval.upper() : time + interval.lower();
    long to = isLeft ? time - interval.lower() : time + interval.upper();
    Kept other = kept(!isLeft);
    boolean paired = false;
    SortedState<byte[]>.Cursor cursor = other.rows.prefix(prefix, key.clear().add(from).toBytes());
    List<byte[]> newlyPaired = new ArrayList<>();
    while (cursor.next()) {
      byte[] place = cursor.key();
      if (Kept.time(place) > to) {
        break;
      }
      byte[] value = cursor.value();
      pairs.set(isLeft, row, 0);
      pairs.set(!isLeft, value, 1);
      if (!pairs.matches()) {
        continue;
      }
      paired = true;
      if (value[0] == ALONE && type.keeps(!isLeft)) {
        newlyPaired.add(place);
      }
      pairs.put(RowKind.INSERT);
    }
    for (byte[] place : newlyPaired) {
      byte[] value = other.rows.get(place);
      if (value != null) {
        other.rows.put(place, value(true, Arrays.copyOfRange(value, 1, value.length)));
      }
    }
    return paired;
  }

  @Override
  public void watermark(long watermark) {
    this.watermark = Math.max(this.watermark, watermark);
    expire(true);
    expire(false);
    next.watermark(watermark == Stage.END_OF_TIME ? watermark : watermark - delay);
  }

  private void expire(boolean isLeft) {
    Kept own = kept(isLeft);
    while (!own.byEnd.isEmpty() && KeyBytes.longAt(own.byEnd.first(), 0) <= watermark) {
      byte[] end = own.byEnd.removeFirst();
      byte[] place = Arrays.copyOfRange(end, Long.BYTES, end.length);
      byte[] value = own.rows.get(place);
      own.rows.remove(place);
      if (value != null && value[0] == ALONE && type.keeps(isLeft)) {
        pairs.putAlone(isLeft, value, 1, RowKind.INSERT);
        gate.betweenRows();
      }
    }
  }

  @Override
  public void idle(boolean idle) {
    next.idle(idle);
  }

  @Override
  public void save(StateOutput out, boolean whole) {
    out.writeLong(arrivals);
    out.writeLong(watermark);
    out.writeLong(metrics.failedRows);
    left.rows.save(out, whole);
    right.rows.save(out, whole);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    arrivals = in.readLong();
    watermark = in.readLong();
    metrics.failedRows = in.readLong();
    load(left, in, whole);
    load(right, in, whole);
  }

  private static void load(Kept kept, StateInput in, boolean whole) {
    kept.rows.load(in, whole);
    kept.byEnd.clear();
    kept.rows.forEach(
        (place, unused) -> kept.byEnd.add(Kept.endKey(Kept.time(place) + kept.wait, place)));
  }

  @Override
  public long stateBytes() {
    long entries = left.rows.size() + (long) right.rows.size();
    return metrics.keeps(entries, left.rows.bytes() + right.rows.bytes() + 96L * entries);
  }
}
