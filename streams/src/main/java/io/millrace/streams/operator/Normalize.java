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

/** Keeps the latest row of each key, and turns each new one into a change from the one before. */
public final class Normalize implements StatefulStage {

  private final KeyCodec keys;
  private final RowBytes rows;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Row output;
  private final KeyBytes key = new KeyBytes();
  private final SortedState<byte[]> state;

  /**
   * For a node of a plan.
   *
   * @param ttlMillis how long a row is kept; 0 for ever
   */
  public Normalize(
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
    byte[] place = key.clear().add(keys, row).toBytes();
    byte[] known = state.get(place);
    if (!row.kind().isAddition()) {
      if (known != null) {
        state.remove(place);
        put(known, RowKind.DELETE);
      }
      return;
    }
    byte[] bytes = rows.encode(row);
    if (known != null && Arrays.equals(known, bytes)) {
      state.put(place, bytes);
      return;
    }
    state.put(place, bytes);
    if (known != null) {
      put(known, RowKind.UPDATE_BEFORE);
    }
    put(bytes, known == null ? RowKind.INSERT : RowKind.UPDATE_AFTER);
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
    state.save(out, whole);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    state.load(in, whole);
  }

  @Override
  public long stateBytes() {
    return metrics.keeps(state.size(), state.bytes());
  }
}
