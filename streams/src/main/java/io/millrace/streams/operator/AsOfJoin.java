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
import org.jspecify.annotations.Nullable;

/**
 * Joins each left row with the version of the right row of its key that was valid at the left row's
 * time: the last one not after it, if it is not a deletion. Left rows wait until the watermark
 * reaches their time and are put out in its order. Of each key the versions are kept that left rows
 * to come may need.
 */
public final class AsOfJoin implements WatermarkListener, JoinOperator {

  private static final int GONE = 0;
  private static final int VALID = 1;

  private final JoinType type;
  private final JoinTime.AsOf times;
  private final JoinPairs pairs;
  private final EmissionGate gate;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Stage leftInput;
  private final Stage rightInput;
  private final KeyBytes key = new KeyBytes();

  /** Left rows by time and arrival. The value is the length of the key, the key and the row. */
  private final SortedState<byte[]> waiting;

  /** Right rows by key and time. The value is whether the row is there, and the row. */
  private final SortedState<byte[]> versions;

  private long arrivals;
  private long watermark = Stage.NO_WATERMARK;

  /** For a node of a plan that joins versions. */
  public AsOfJoin(
      PlanNode.Join node,
      JoinTime.AsOf times,
      Clock clock,
      ExpressionCompiler compiler,
      FailedRows failedRows,
      EmissionGate gate,
      OperatorMetrics metrics,
      Stage next) {
    type = node.type();
    this.times = times;
    pairs = new JoinPairs(node, compiler, failedRows, metrics, next);
    waiting = new SortedState<>(SortedState.BYTES, 0, clock);
    versions = new SortedState<>(SortedState.BYTES, 0, clock);
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
    if (row.isNull(isLeft ? times.leftTime() : times.rightTime())) {
      metrics.failedRows++;
    } else if (isLeft) {
      await(row);
    } else {
      keep(row);
    }
  }

  private void await(Row row) {
    JoinPairs.Side side = pairs.side(true);
    long time = row.getLong(times.leftTime());
    byte[] prefix = side.hasNoKey(row) ? new byte[0] : key.clear().add(side.keys(), row).toBytes();
    byte[] value =
        key.clear().add((long) prefix.length).add(prefix).add(side.encode(row)).toBytes();
    waiting.put(key.clear().add(time).add(arrivals++).toBytes(), value);
  }

  private void keep(Row row) {
    JoinPairs.Side side = pairs.side(false);
    // What an update was before it ends where the update begins.
    if (row.kind() == RowKind.UPDATE_BEFORE || side.hasNoKey(row)) {
      return;
    }
    byte[] prefix = key.clear().add(side.keys(), row).toBytes();
    byte[] value =
        key.clear().add(row.kind().isAddition() ? VALID : GONE).add(side.encode(row)).toBytes();
    byte[] place = key.clear().add(prefix).add(row.getLong(times.rightTime())).toBytes();
    versions.put(place, value);
    dropOld(prefix);
  }

  /** Of the versions up to the watermark the last one may be needed still. */
  private void dropOld(byte[] prefix) {
    SortedState<byte[]>.Cursor cursor = versions.prefixDescending(prefix);
    boolean found = false;
    while (cursor.next()) {
      if (found) {
        cursor.remove();
      } else {
        found = KeyBytes.longAt(cursor.key(), prefix.length) <= watermark;
      }
    }
  }

  @Override
  public void watermark(long watermark) {
    this.watermark = Math.max(this.watermark, watermark);
    while (true) {
      SortedState<byte[]>.Cursor cursor = waiting.all();
      if (!cursor.next() || KeyBytes.longAt(cursor.key(), 0) > this.watermark) {
        break;
      }
      long time = KeyBytes.longAt(cursor.key(), 0);
      byte[] value = cursor.value();
      cursor.remove();
      join(time, value);
      gate.betweenRows();
    }
    next.watermark(watermark);
  }

  private void join(long time, byte[] value) {
    int keyBytes = (int) KeyBytes.longAt(value, 0);
    int row = Long.BYTES + keyBytes;
    byte[] version = keyBytes == 0 ? null : versionAt(value, keyBytes, time);
    if (version != null && version[0] == VALID) {
      pairs.set(true, value, row);
      pairs.set(false, version, 1);
      if (pairs.matches()) {
        pairs.put(RowKind.INSERT);
        return;
      }
    }
    if (type.keeps(true)) {
      pairs.putAlone(true, value, row, RowKind.INSERT);
    }
  }

  private byte @Nullable [] versionAt(byte[] value, int keyBytes, long time) {
    byte[] prefix = key.clear().add(value, Long.BYTES, keyBytes).toBytes();
    byte[] at = null;
    SortedState<byte[]>.Cursor cursor = versions.prefix(prefix);
    while (cursor.next() && KeyBytes.longAt(cursor.key(), prefix.length) <= time) {
      at = cursor.value();
    }
    return at;
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
    waiting.save(out, whole);
    versions.save(out, whole);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    arrivals = in.readLong();
    watermark = in.readLong();
    metrics.failedRows = in.readLong();
    waiting.load(in, whole);
    versions.load(in, whole);
  }

  @Override
  public long stateBytes() {
    return metrics.keeps(
        waiting.size() + (long) versions.size(), waiting.bytes() + versions.bytes());
  }
}
