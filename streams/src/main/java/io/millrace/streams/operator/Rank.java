package io.millrace.streams.operator;

import io.millrace.core.Clock;
import io.millrace.streams.plan.ChangelogMode;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.RowKind;
import io.millrace.streams.state.KeyBytes;
import io.millrace.streams.state.KeyCodec;
import io.millrace.streams.state.SortedState;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps the first rows of each partition in an order, and puts out what enters and leaves their
 * place: with the number, an update of each number whose row is another now; without it, a deletion
 * of the row that leaves and an insertion of the one that enters.
 *
 * <p>When rows are only added, those behind the last place are forgotten at once. When they may be
 * taken back all rows are kept, since any may move up.
 */
public final class Rank implements StatefulStage {

  private final KeyCodec partition;
  private final SortKey order;
  private final RowBytes rows;
  private final int columns;
  private final int first;
  private final int last;
  private final boolean numbered;
  private final boolean keepsAll;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Row output;
  private final KeyBytes key = new KeyBytes();

  /** Rows by partition, order and arrival. */
  private final SortedState<byte[]> state;

  private long arrivals;

  /** A row of a partition: its key in the state, and its bytes. */
  private record Place(byte[] key, byte[] row) {}

  /**
   * For a node of a plan.
   *
   * @param ttlMillis how long a row is kept; 0 for ever
   */
  public Rank(
      PlanNode.Rank node, long ttlMillis, Clock clock, OperatorMetrics metrics, Stage next) {
    RowType input = node.input().rowType();
    partition = KeyCodec.of(input, node.partitionColumns());
    order = new SortKey(node.order(), input);
    rows = new RowBytes(input);
    columns = input.size();
    first = Math.toIntExact(node.first());
    last = Math.toIntExact(node.last());
    numbered = node.numbered();
    keepsAll = ChangelogMode.of(node.input()) == ChangelogMode.RETRACT;
    output = new Row(node.rowType().size());
    state = new SortedState<>(SortedState.BYTES, ttlMillis, clock);
    this.metrics = metrics;
    this.next = next;
  }

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    byte[] prefix = key.clear().add(partition, row).toBytes();
    key.clear().add(prefix);
    order.addTo(key, row);
    List<Place> before = top(prefix);
    if (row.kind().isAddition()) {
      byte[] place = key.add(arrivals).toBytes();
      if (!keepsAll
          && before.size() == last
          && Arrays.compareUnsigned(place, before.getLast().key()) > 0) {
        return;
      }
      arrivals++;
      state.put(place, rows.encode(row));
      if (!keepsAll && before.size() == last) {
        state.remove(before.getLast().key());
      }
    } else if (!remove(key.toBytes(), rows.encode(row))) {
      return;
    }
    List<Place> after = top(prefix);
    if (numbered) {
      putNumbered(kept(before), kept(after));
    } else {
      putDifference(kept(before), kept(after));
    }
  }

  private boolean remove(byte[] prefix, byte[] row) {
    SortedState<byte[]>.Cursor cursor = state.prefix(prefix);
    while (cursor.next()) {
      if (Arrays.equals(cursor.value(), row)) {
        cursor.remove();
        return true;
      }
    }
    return false;
  }

  private List<Place> top(byte[] prefix) {
    List<Place> places = new ArrayList<>();
    SortedState<byte[]>.Cursor cursor = state.prefix(prefix);
    while (places.size() < last && cursor.next()) {
      places.add(new Place(cursor.key(), cursor.value()));
    }
    return places;
  }

  private List<Place> kept(List<Place> places) {
    return places.subList(Math.min(first - 1, places.size()), places.size());
  }

  private void putNumbered(List<Place> before, List<Place> after) {
    for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
      if (i >= before.size()) {
        put(after.get(i), i, RowKind.INSERT);
      } else if (i >= after.size()) {
        put(before.get(i), i, RowKind.DELETE);
      } else if (!Arrays.equals(before.get(i).row(), after.get(i).row())) {
        put(before.get(i), i, RowKind.UPDATE_BEFORE);
        put(after.get(i), i, RowKind.UPDATE_AFTER);
      }
    }
  }

  private void putDifference(List<Place> before, List<Place> after) {
    for (Place place : before) {
      if (!contains(after, place)) {
        put(place, 0, RowKind.DELETE);
      }
    }
    for (Place place : after) {
      if (!contains(before, place)) {
        put(place, 0, RowKind.INSERT);
      }
    }
  }

  private static boolean contains(List<Place> places, Place place) {
    for (Place each : places) {
      if (Arrays.equals(each.key(), place.key())) {
        return true;
      }
    }
    return false;
  }

  private void put(Place place, int index, RowKind kind) {
    rows.decode(place.row(), 0, output, 0);
    if (numbered) {
      output.setLong(columns, first + (long) index);
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
