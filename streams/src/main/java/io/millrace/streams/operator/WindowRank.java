package io.millrace.streams.operator;

import io.millrace.core.Clock;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.KeyBytes;
import io.millrace.streams.state.KeyCodec;
import io.millrace.streams.state.SortedState;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps the first rows of each partition of each window, and puts them out in their order when the
 * watermark completes the window: windows by their last instant, then partitions by their values. A
 * row of a window that is complete is late: dropped and counted.
 */
public final class WindowRank implements StatefulStage {

  private final int windowTime;
  private final KeyCodec partition;
  private final SortKey order;
  private final RowBytes rows;
  private final int columns;
  private final int first;
  private final int last;
  private final boolean numbered;
  private final boolean latestFirst;
  private final EmissionGate gate;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Row output;
  private final KeyBytes key = new KeyBytes();

  /**
   * Rows by the window's last instant, partition, order and arrival. The value is the length of the
   * first two parts, in eight bytes, and the row.
   */
  private final SortedState<byte[]> state;

  private long arrivals;
  private long watermark = NO_WATERMARK;

  /** For a node of a plan that ranks within windows. */
  public WindowRank(
      PlanNode.Rank node, Clock clock, EmissionGate gate, OperatorMetrics metrics, Stage next) {
    RowType input = node.input().rowType();
    windowTime = node.windowTime().orElseThrow();
    partition = KeyCodec.of(input, node.partitionColumns());
    order = new SortKey(node.order(), input);
    rows = new RowBytes(input);
    columns = input.size();
    first = Math.toIntExact(node.first());
    last = Math.toIntExact(node.last());
    numbered = node.numbered();
    latestFirst = node.deduplicates() && node.order().getFirst().descending();
    output = new Row(node.rowType().size());
    state = new SortedState<>(SortedState.BYTES, 0, clock);
    this.gate = gate;
    this.metrics = metrics;
    this.next = next;
  }

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    if (row.isNull(windowTime)) {
      metrics.failedRows++;
      return;
    }
    if (row.getLong(windowTime) <= watermark) {
      metrics.lateRows++;
      return;
    }
    byte[] prefix = key.clear().add(row.getLong(windowTime)).add(partition, row).toBytes();
    order.addTo(key, row);
    long arrival = arrivals++;
    byte[] place = key.add(latestFirst ? -arrival : arrival).toBytes();
    byte[] bytes = rows.encode(row);
    state.put(place, new KeyBytes().add((long) prefix.length).add(bytes).toBytes());
    int count = 0;
    SortedState<byte[]>.Cursor cursor = state.prefix(prefix);
    while (cursor.next()) {
      if (++count > last) {
        cursor.remove();
      }
    }
  }

  @Override
  public void watermark(long watermark) {
    this.watermark = Math.max(this.watermark, watermark);
    while (true) {
      SortedState<byte[]>.Cursor cursor = state.all();
      if (!cursor.next() || KeyBytes.longAt(cursor.key(), 0) > this.watermark) {
        break;
      }
      int prefix = (int) KeyBytes.longAt(cursor.value(), 0);
      emit(Arrays.copyOf(cursor.key(), prefix));
      gate.betweenRows();
    }
    next.watermark(watermark);
  }

  /** Takes a partition out of the state and puts it out: what is saved next is what comes next. */
  private void emit(byte[] prefix) {
    List<byte[]> taken = new ArrayList<>();
    SortedState<byte[]>.Cursor cursor = state.prefix(prefix);
    while (cursor.next()) {
      taken.add(cursor.value());
      cursor.remove();
    }
    for (int i = first - 1; i < taken.size(); i++) {
      rows.decode(taken.get(i), Long.BYTES, output, 0);
      if (numbered) {
        output.setLong(columns, i + 1L);
      }
      metrics.rowsOut++;
      next.row(output);
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
    out.writeLong(metrics.lateRows);
    out.writeLong(metrics.failedRows);
    state.save(out, whole);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    arrivals = in.readLong();
    watermark = in.readLong();
    metrics.lateRows = in.readLong();
    metrics.failedRows = in.readLong();
    state.load(in, whole);
  }

  @Override
  public long stateBytes() {
    return metrics.keeps(state.size(), state.bytes());
  }
}
