package io.millrace.streams.operator;

import io.millrace.core.Clock;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.Aggregates;
import io.millrace.streams.state.GroupTable;
import io.millrace.streams.state.KeyBytes;
import io.millrace.streams.state.KeyCodec;
import io.millrace.streams.state.SortedState;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Adds to each row aggregates over the rows of its partition before it. Rows wait until the
 * watermark reaches their time; then they are put out in the order of time, partition and arrival,
 * so that a row that comes out of order is where it belongs. A row at or before the watermark is
 * late: dropped and counted.
 *
 * <p>A partition's aggregates are kept with the rows in them when those leave one by one: by time,
 * when the watermark has passed the span after them; by number, when enough rows have followed.
 */
public final class OverAggregate implements StatefulStage {

  private final int timeColumn;
  private final boolean byRows;
  private final long preceding;
  private final boolean bounded;
  private final KeyCodec partition;
  private final RowBytes rows;
  private final int columns;
  private final Aggregates aggregates;

  /** Where in a group's longs the number of rows in it is. */
  private final int countWord;

  private final EmissionGate gate;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Row output;
  private final Row leaving;
  private final KeyBytes key = new KeyBytes();

  /** Rows to come by time, partition and arrival. The value is the row. */
  private final SortedState<byte[]> waiting;

  /** Rows in the aggregates by partition, time and arrival. The value is the row. */
  private final SortedState<byte[]> counted;

  /** The rows that leave by time: when their span ends, and their key above. */
  private final TreeSet<byte[]> byEnd = new TreeSet<>(SortedState.ORDER);

  /** A partition's aggregates: a table of one group. */
  private final SortedState<GroupTable> groups;

  private long arrivals;
  private long watermark = NO_WATERMARK;

  /**
   * For a node of a plan.
   *
   * @param ttlMillis how long a partition's aggregates are kept without rows; 0 for ever
   */
  public OverAggregate(
      PlanNode.OverAggregate node,
      long ttlMillis,
      Clock clock,
      EmissionGate gate,
      OperatorMetrics metrics,
      Stage next) {
    RowType input = node.input().rowType();
    timeColumn = node.timeColumn();
    byRows = node.rows();
    bounded = node.preceding().isPresent();
    preceding = node.preceding().orElse(0);
    partition = KeyCodec.of(input, node.partitionColumns());
    rows = new RowBytes(input);
    columns = input.size();
    aggregates = Aggregates.running(node.aggregates(), input, bounded);
    countWord = aggregates.words();
    output = new Row(node.rowType().size());
    leaving = new Row(columns);
    waiting = new SortedState<>(SortedState.BYTES, 0, clock);
    counted = new SortedState<>(SortedState.BYTES, ttlMillis, clock);
    groups = new SortedState<>(new GroupCodec(), ttlMillis, clock);
    this.gate = gate;
    this.metrics = metrics;
    this.next = next;
  }

  private final class GroupCodec implements SortedState.Codec<GroupTable> {

    @Override
    public void write(GroupTable group, StateOutput out) {
      group.save(out, true);
    }

    @Override
    public GroupTable read(StateInput in) {
      GroupTable group = aggregates.newGroup(1);
      group.load(in);
      return group;
    }

    @Override
    public long bytes(GroupTable group) {
      return group.bytes();
    }
  }

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    if (row.isNull(timeColumn)) {
      metrics.failedRows++;
      return;
    }
    long time = row.getLong(timeColumn);
    if (time <= watermark) {
      metrics.lateRows++;
      return;
    }
    byte[] place = key.clear().add(time).add(partition, row).add(arrivals++).toBytes();
    waiting.put(place, rows.encode(row));
  }

  @Override
  public void watermark(long watermark) {
    this.watermark = Math.max(this.watermark, watermark);
    while (true) {
      SortedState<byte[]>.Cursor cursor = waiting.all();
      if (!cursor.next() || KeyBytes.longAt(cursor.key(), 0) > this.watermark) {
        break;
      }
      expireBefore(KeyBytes.longAt(cursor.key(), 0));
      emit(Arrays.copyOf(cursor.key(), cursor.key().length - Long.BYTES));
      gate.betweenRows();
    }
    // A row to come is after the watermark.
    expireBefore(this.watermark);
    next.watermark(watermark);
  }

  /** Takes rows out of the aggregates whose span of time ends before an instant. */
  private void expireBefore(long instant) {
    while (!byEnd.isEmpty() && KeyBytes.longAt(byEnd.first(), 0) < instant) {
      byte[] end = byEnd.removeFirst();
      byte[] place = Arrays.copyOfRange(end, Long.BYTES, end.length);
      byte[] owner = Arrays.copyOf(place, place.length - 2 * Long.BYTES);
      byte[] row = counted.get(place);
      counted.remove(place);
      GroupTable group = groups.get(owner);
      if (row != null && group != null) {
        leave(owner, row, group);
      }
    }
  }

  private void leave(byte[] owner, byte[] row, GroupTable group) {
    rows.decode(row, 0, leaving, 0);
    aggregates.retract(group, 0, leaving);
    long left = group.word(0, countWord) - 1;
    group.setWord(0, countWord, left);
    if (left == 0) {
      groups.remove(owner);
    } else {
      groups.put(owner, group);
    }
  }

  /** Takes the first row out when there are more than those before the current one. */
  private void leaveByNumber(byte[] owner, GroupTable group) {
    if (group.word(0, countWord) > preceding + 1) {
      SortedState<byte[]>.Cursor cursor = counted.prefix(owner);
      if (cursor.next()) {
        byte[] row = cursor.value();
        cursor.remove();
        leave(owner, row, group);
      }
    }
  }

  private static byte[] endKey(long end, byte[] place) {
    return new KeyBytes().add(end).add(place).toBytes();
  }

  /** Takes the rows of one time and partition and puts them out. */
  private void emit(byte[] prefix) {
    long time = KeyBytes.longAt(prefix, 0);
    byte[] owner = Arrays.copyOfRange(prefix, Long.BYTES, prefix.length);
    List<byte[]> peers = new ArrayList<>();
    SortedState<byte[]>.Cursor cursor = waiting.prefix(prefix);
    while (cursor.next()) {
      peers.add(cursor.value());
      if (bounded) {
        long arrival = KeyBytes.longAt(cursor.key(), prefix.length);
        byte[] place = key.clear().add(owner).add(time).add(arrival).toBytes();
        counted.put(place, cursor.value());
        if (!byRows) {
          byEnd.add(endKey(time + preceding, place));
        }
      }
      cursor.remove();
    }
    GroupTable known = groups.get(owner);
    GroupTable group = known == null ? aggregates.newGroup(1) : known;
    if (!byRows) {
      peers.forEach(peer -> enter(peer, group));
    }
    for (byte[] peer : peers) {
      if (byRows) {
        enter(peer, group);
        if (bounded) {
          leaveByNumber(owner, group);
        }
      }
      rows.decode(peer, 0, output, 0);
      aggregates.results(group, 0, output, columns);
      metrics.rowsOut++;
      next.row(output);
    }
    groups.put(owner, group);
  }

  private void enter(byte[] row, GroupTable group) {
    rows.decode(row, 0, leaving, 0);
    aggregates.add(group, 0, leaving);
    group.setWord(0, countWord, group.word(0, countWord) + 1);
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
    waiting.save(out, whole);
    counted.save(out, whole);
    groups.save(out, whole);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    arrivals = in.readLong();
    watermark = in.readLong();
    metrics.lateRows = in.readLong();
    metrics.failedRows = in.readLong();
    waiting.load(in, whole);
    counted.load(in, whole);
    groups.load(in, whole);
    byEnd.clear();
    if (!byRows) {
      counted.forEach(
          (place, unused) -> {
            long time = KeyBytes.longAt(place, place.length - 2 * Long.BYTES);
            byEnd.add(endKey(time + preceding, place));
          });
    }
  }

  @Override
  public long stateBytes() {
    return metrics.keeps(
        waiting.size() + (long) counted.size() + groups.size(),
        waiting.bytes() + counted.bytes() + groups.bytes() + 96L * byEnd.size());
  }
}
