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

/**
 * Keeps of each partition the first or the last row by event time, and updates it when a row of an
 * earlier or later time comes. Of rows of the same time the first one stays when the first is kept,
 * the last one takes its place when the last is. A row without a time is dropped and counted.
 */
public final class Deduplicate implements StatefulStage {

  private final KeyCodec partition;
  private final int timeColumn;
  private final boolean keepsLast;
  private final RowBytes rows;
  private final boolean numbered;
  private final int columns;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Row output;
  private final KeyBytes key = new KeyBytes();
  private final SortedState<byte[]> state;

  /**
   * For a node of a plan that deduplicates.
   *
   * @param ttlMillis how long a row is kept; 0 for ever
   */
  public Deduplicate(
      PlanNode.Rank node, long ttlMillis, Clock clock, OperatorMetrics metrics, Stage next) {
    RowType input = node.input().rowType();
    partition = KeyCodec.of(input, node.partitionColumns());
    timeColumn = node.order().getFirst().column();
    keepsLast = node.order().getFirst().descending();
    rows = new RowBytes(input);
    numbered = node.numbered();
    columns = input.size();
    output = new Row(node.rowType().size());
    state = new SortedState<>(SortedState.BYTES, ttlMillis, clock);
    this.metrics = metrics;
    this.next = next;
  }

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    if (row.isNull(timeColumn)) {
      metrics.failedRows++;
      return;
    }
    byte[] place = key.clear().add(partition, row).toBytes();
    byte[] known = state.get(place);
    if (known == null) {
      byte[] bytes = rows.encode(row);
      state.put(place, bytes);
      put(bytes, RowKind.INSERT);
      return;
    }
    rows.decode(known, 0, output, 0);
    long time = row.getLong(timeColumn);
    long knownTime = output.getLong(timeColumn);
    if (keepsLast ? time >= knownTime : time < knownTime) {
      byte[] bytes = rows.encode(row);
      state.put(place, bytes);
      put(known, RowKind.UPDATE_BEFORE);
      put(bytes, RowKind.UPDATE_AFTER);
    }
  }

  private void put(byte[] row, RowKind kind) {
    rows.decode(row, 0, output, 0);
    if (numbered) {
      output.setLong(columns, 1);
    }
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
    out.writeLong(metrics.failedRows);
    state.save(out, whole);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    metrics.failedRows = in.readLong();
    state.load(in, whole);
  }

  @Override
  public long stateBytes() {
    return metrics.keeps(state.size(), state.bytes());
  }
}
