package io.millrace.streams.operator;

import io.millrace.core.Clock;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.WindowProperty;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.Aggregates;
import io.millrace.streams.state.GroupTable;
import io.millrace.streams.state.KeyBytes;
import io.millrace.streams.state.KeyCodec;
import io.millrace.streams.state.SortedState;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Groups the rows of each key into sessions, and puts one out as soon as the watermark completes
 * it, ordered by the session's end and then by key.
 *
 * <p>A row is a session from its time to the gap after it; sessions of a key that overlap or touch
 * become one. So a row that comes behind the watermark still counts when it falls to a session that
 * is open, and may join two; one that would be a complete session by itself is late: dropped and
 * counted.
 */
public final class SessionAggregate implements StatefulStage {

  /** A session: where it ends, and a table whose one group has the aggregates. */
  private record Session(long end, GroupTable group) {}

  private final WindowAlignment windows;
  private final long gap;
  private final int timeColumn;
  private final KeyCodec keys;
  private final int keyCount;
  private final Aggregates aggregates;
  private final List<WindowProperty> properties;
  private final EmissionGate gate;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Row output;
  private final KeyBytes key = new KeyBytes();

  /** Sessions by key and start. */
  private final SortedState<Session> sessions;

  /** The sessions by end, key and start. */
  private final TreeSet<byte[]> byEnd = new TreeSet<>(SortedState.ORDER);

  private long watermark = NO_WATERMARK;

  /** For a node of a plan with sessions, in a job with that zone. */
  public SessionAggregate(
      PlanNode.WindowAggregate node,
      ZoneId zone,
      Clock clock,
      EmissionGate gate,
      OperatorMetrics metrics,
      Stage next) {
    RowType input = node.input().rowType();
    timeColumn = node.timeColumn();
    windows = new WindowAlignment(node.window(), input.type(timeColumn), zone);
    gap = node.window().size().toMillis();
    keys = KeyCodec.of(input, node.keyColumns());
    keyCount = node.keyColumns().size();
    aggregates = new Aggregates(node.aggregates(), input);
    properties = node.properties();
    output = new Row(node.rowType().size());
    sessions = new SortedState<>(new SessionCodec(), 0, clock);
    this.gate = gate;
    this.metrics = metrics;
    this.next = next;
  }

  private final class SessionCodec implements SortedState.Codec<Session> {

    @Override
    public void write(Session session, StateOutput out) {
      out.writeLong(session.end());
      session.group().save(out, true);
    }

    @Override
    public Session read(StateInput in) {
      long end = in.readLong();
      GroupTable group = aggregates.newGroup(0);
      group.load(in);
      return new Session(end, group);
    }

    @Override
    public long bytes(Session session) {
      return 24 + session.group().bytes();
    }
  }

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    if (row.isNull(timeColumn)) {
      metrics.failedRows++;
      return;
    }
    long start = windows.local(row.getLong(timeColumn));
    long end = start + gap;
    byte[] prefix = key.clear().add(keys, row).toBytes();
    GroupTable group = null;
    // Of one key no two sessions touch, so those that the row touches are neighbours.
    SortedState<Session>.Cursor cursor = sessions.prefixDescending(prefix);
    while (cursor.next()) {
      Session session = cursor.value();
      long sessionStart = KeyBytes.longAt(cursor.key(), prefix.length);
      if (sessionStart > end) {
        continue;
      }
      if (session.end() < start) {
        break;
      }
      start = Math.min(start, sessionStart);
      end = Math.max(end, session.end());
      byEnd.remove(endKey(session.end(), cursor.key()));
      cursor.remove();
      if (group == null) {
        group = session.group();
      } else {
        aggregates.mergeAll(group, session.group());
      }
    }
    if (group == null) {
      if (isComplete(end)) {
        metrics.lateRows++;
        return;
      }
      group = aggregates.newGroup(0);
    }
    aggregates.add(group, 0, row);
    byte[] sessionKey = key.clear().add(prefix).add(start).toBytes();
    sessions.put(sessionKey, new Session(end, group));
    byEnd.add(endKey(end, sessionKey));
  }

  private byte[] endKey(long end, byte[] sessionKey) {
    return key.clear().add(end).add(sessionKey).toBytes();
  }

  private boolean isComplete(long end) {
    return windows.windowTime(end) <= watermark;
  }

  @Override
  public void watermark(long watermark) {
    this.watermark = Math.max(this.watermark, watermark);
    while (!byEnd.isEmpty()) {
      byte[] first = byEnd.first();
      long end = KeyBytes.longAt(first, 0);
      if (!isComplete(end)) {
        break;
      }
      emit(Arrays.copyOfRange(first, Long.BYTES, first.length), end);
      gate.betweenRows();
    }
    next.watermark(watermark);
  }

  /** Takes a session out of the state and puts it out: what is saved next is what comes next. */
  private void emit(byte[] sessionKey, long end) {
    byEnd.remove(endKey(end, sessionKey));
    @Nullable Session session = sessions.get(sessionKey);
    if (session == null) {
      throw new IllegalStateException("a session has an end but no state");
    }
    sessions.remove(sessionKey);
    if (keyCount > 0) {
      keys.decode(sessionKey, 0, output, 0);
    }
    aggregates.results(session.group(), 0, output, keyCount);
    int column = keyCount + aggregates.size();
    for (WindowProperty property : properties) {
      output.setLong(
          column++,
          switch (property) {
            case WINDOW_START -> KeyBytes.longAt(sessionKey, sessionKey.length - Long.BYTES);
            case WINDOW_END -> end;
            case WINDOW_TIME -> windows.windowTime(end);
          });
    }
    metrics.rowsOut++;
    next.row(output);
  }

  @Override
  public void idle(boolean idle) {
    next.idle(idle);
  }

  @Override
  public void save(StateOutput out, boolean whole) {
    out.writeLong(watermark);
    out.writeLong(metrics.lateRows);
    out.writeLong(metrics.failedRows);
    sessions.save(out, whole);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    watermark = in.readLong();
    metrics.lateRows = in.readLong();
    metrics.failedRows = in.readLong();
    sessions.load(in, whole);
    byEnd.clear();
    sessions.forEach((each, session) -> byEnd.add(endKey(session.end(), each)));
  }

  @Override
  public long stateBytes() {
    return metrics.keeps(sessions.size(), sessions.bytes() + 64L * byEnd.size());
  }
}
