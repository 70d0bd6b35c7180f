package io.millrace.streams.operator;

import io.millrace.core.Clock;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.RowKind;
import io.millrace.streams.state.KeyBytes;
import io.millrace.streams.state.KeyCodec;
import io.millrace.streams.state.SortedState;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keeps all rows of each key that were not taken back, in the order they came, and puts out the
 * last one: when it goes, the one before it is there again.
 */
public final class Materialize implements StatefulStage {

  private final KeyCodec keys;
  private final RowBytes rows;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Row output;
  private final KeyBytes key = new KeyBytes();

  /** Rows by key and arrival. */
  private final SortedState<byte[]> state;

  private long arrivals;

  /**
   * For a node of a plan.
   *
   * @param ttlMillis how long a row is kept; 0 for ever
   */
  public Materialize(
      PlanNode.Normalize node, long ttlMillis, Clock clock, OperatorMetrics metrics, Stage next) {
    RowType input = node.rowType();
    keys = KeyCodec.of(input, node.keyColumns());
    rows = new RowBytes(input);
    output = new Row(input.size());
    state = new SortedState<>(SortedState.BYTES, ttlMillis, clock);
    this.metrics = metrics;
    this.next = next;
  }

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    byte[] prefix = key.clear().add(keys, row).toBytes();
    byte[] bytes = rows.encode(row);
    byte[] last = last(prefix);
    if (row.kind().isAddition()) {
      state.put(key.clear().add(prefix).add(arrivals++).toBytes(), bytes);
      change(last, bytes, row.kind());
    } else if (remove(prefix, bytes)) {
      byte[] now = last(prefix);
      if (now == null || !Arrays.equals(now, last)) {
        change(last, now, row.kind());
      }
    }
  }

  private byte @Nullable [] last(byte[] prefix) {
    SortedState<byte[]>.Cursor cursor = state.prefixDescending(prefix);
    return cursor.next() ? cursor.value() : null;
  }

  /** Removes the row that came last of those that are equal. */
  private boolean remove(byte[] prefix, byte[] row) {
    SortedState<byte[]>.Cursor cursor = state.prefixDescending(prefix);
    while (cursor.next()) {
      if (Arrays.equals(cursor.value(), row)) {
        cursor.remove();
        return true;
      }
    }
    return false;
  }

  /** An update whose rows have one key stays an update. */
  private void change(byte @Nullable [] before, byte @Nullable [] after, RowKind kind) {
    if (before != null) {
      put(before, after == null ? kind : RowKind.UPDATE_BEFORE);
    }
    if (after != null) {
      put(after, before == null ? kind : RowKind.UPDATE_AFTER);
    }
  }

  private void put(byte[] row, RowKind kind) {
    rows.decode(row, 0, output, 0);
    output.setKind(kind);
    metrics.rowsOut++;
    next.row(output);
  }

  @Override
  public void watermark(long watermark) {
    next.watermark(watermark);
  }

  @Override
  public void idle(boolean idle) {
    next.idle(idle);
  }

  @Override
  public void save(StateOutput out, boolean whole) {
    out.writeLong(arrivals);
    state.save(out, whole);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    arrivals = in.readLong();
    state.load(in, whole);
  }

  @Override
  public long stateBytes() {
    return metrics.keeps(state.size(), state.bytes());
  }
}
