package io.millrace.streams.operator;

import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.WindowProperty;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.Aggregates;
import io.millrace.streams.state.GroupTable;
import io.millrace.streams.state.KeyCodec;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Groups the rows of each window and puts out one row per window and group as soon as the watermark
 * completes the window, ordered by the window's end and then by key.
 *
 * <p>A row is counted once, into the slice that it falls in; a window is put out by merging the
 * slices that it is made of, which overlapping windows share. A row whose last window is complete
 * is late: it is dropped and counted.
 *
 * <p>An emission may be saved halfway (see {@link EmissionGate}): the state then names the window
 * and the key put out last, and the next watermark, the same one again included, goes on there.
 */
public final class WindowAggregate implements StatefulStage {

  private final WindowAlignment windows;
  private final int timeColumn;
  private final KeyCodec keys;
  private final int keyCount;
  private final Aggregates aggregates;
  private final List<WindowProperty> properties;
  private final EmissionGate gate;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final Row output;

  /** Slices by their end, those that some window to come needs. */
  private final TreeMap<Long, GroupTable> slices = new TreeMap<>();

  private final GroupTable merged;

  private long watermark = NO_WATERMARK;
  private long completeThrough = NO_WATERMARK;

  /** The end of the last window that is done with: put out whole, or without rows. */
  private long emittedThrough = NO_WATERMARK;

  // The window being put out: its groups, and the one put out last, or -1.
  private @Nullable GroupTable emitting;
  private int emittedGroup = -1;

  /** After a restart amid an emission, the key that was put out last. */
  private byte @Nullable [] resumeAfter;

  // The slice of the last row: rows of one time come together.
  private long recentEnd = NO_WATERMARK;
  private @Nullable GroupTable recent;

  /** For a node of a plan, in a job with that zone. */
  public WindowAggregate(
      PlanNode.WindowAggregate node,
      ZoneId zone,
      EmissionGate gate,
      OperatorMetrics metrics,
      Stage next) {
    RowType input = node.input().rowType();
    timeColumn = node.timeColumn();
    windows = new WindowAlignment(node.window(), input.type(timeColumn), zone);
    keys = KeyCodec.of(input, node.keyColumns());
    keyCount = node.keyColumns().size();
    aggregates = new Aggregates(node.aggregates(), input);
    properties = node.properties();
    merged = aggregates.newTable();
    output = new Row(node.rowType().size());
    this.gate = gate;
    this.metrics = metrics;
    this.next = next;
  }

  // ---- rows ----

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    if (row.isNull(timeColumn)) {
      metrics.failedRows++;
      return;
    }
    long sliceEnd = windows.sliceEnd(row.getLong(timeColumn));
    if (windows.lastWindowEnd(sliceEnd) <= completeThrough) {
      metrics.lateRows++;
      return;
    }
    GroupTable slice = slice(sliceEnd);
    keys.encode(row);
    aggregates.add(slice, slice.findOrAdd(keys.bytes(), 0, keys.length()), row);
  }

  private GroupTable slice(long sliceEnd) {
    GroupTable slice = recent;
    if (slice == null || recentEnd != sliceEnd) {
      slice = slices.computeIfAbsent(sliceEnd, unused -> aggregates.newTable());
      recent = slice;
      recentEnd = sliceEnd;
    }
    return slice;
  }

  // ---- time ----

  @Override
  public void watermark(long watermark) {
    if (watermark > this.watermark) {
      this.watermark = watermark;
      completeThrough = windows.completeThrough(watermark);
    }
    emitComplete();
    next.watermark(watermark);
  }

  @Override
  public void idle(boolean idle) {
    next.idle(idle);
  }

  private void emitComplete() {
    while (!slices.isEmpty()) {
      long end = nextWindow(slices.firstKey());
      if (end > completeThrough) {
        break;
      }
      emit(end);
      emittedThrough = end;
      dropSlicesBefore(end);
    }
    if (completeThrough > emittedThrough) {
      emittedThrough = completeThrough;
      dropSlicesBefore(completeThrough);
    }
  }

  /** The end of the next window that holds rows, given the first slice that is kept. */
  private long nextWindow(long firstSlice) {
    return emittedThrough == NO_WATERMARK || emittedThrough < firstSlice
        ? firstSlice
        : emittedThrough + windows.slide();
  }

  private void emit(long end) {
    GroupTable groups = groupsOf(end);
    emitting = groups;
    for (int group : groups.sorted()) {
      if (resumeAfter != null && !isAfter(groups, group, resumeAfter)) {
        emittedGroup = group;
        continue;
      }
      if (keyCount > 0) {
        keys.decode(groups.keys(), groups.keyStart(group), output, 0);
      }
      aggregates.results(groups, group, output, keyCount);
      setProperties(end);
      emittedGroup = group;
      metrics.rowsOut++;
      next.row(output);
      gate.betweenRows();
    }
    resumeAfter = null;
    emitting = null;
    emittedGroup = -1;
    merged.clear();
  }

  private GroupTable groupsOf(long end) {
    if (windows.isTumbling()) {
      return slices.getOrDefault(end, merged);
    }
    merged.clear();
    for (GroupTable slice : slices.subMap(windows.start(end), false, end, true).values()) {
      aggregates.mergeAll(merged, slice);
    }
    return merged;
  }

  private static boolean isAfter(GroupTable groups, int group, byte[] key) {
    return Arrays.compareUnsigned(
            groups.keys(), groups.keyStart(group), groups.keyEnd(group), key, 0, key.length)
        > 0;
  }

  private void setProperties(long end) {
    int column = keyCount + aggregates.size();
    for (WindowProperty property : properties) {
      output.setLong(
          column++,
          switch (property) {
            case WINDOW_START -> windows.start(end);
            case WINDOW_END -> end;
            case WINDOW_TIME -> windows.windowTime(end);
          });
    }
  }

  private void dropSlicesBefore(long emittedEnd) {
    if (emittedEnd != NO_WATERMARK) {
      slices.headMap(windows.doneWith(emittedEnd), true).clear();
    }
    recent = null;
    recentEnd = NO_WATERMARK;
  }

  // ---- state ----

  @Override
  public void save(StateOutput out, boolean whole) {
    out.writeLong(watermark);
    out.writeLong(emittedThrough);
    saveEmission(out);
    out.writeLong(metrics.lateRows);
    out.writeLong(metrics.failedRows);
    int count = 0;
    for (GroupTable slice : slices.values()) {
      count += whole || slice.hasChanges() ? 1 : 0;
    }
    out.writeInt(count);
    slices.forEach(
        (end, slice) -> {
          if (whole || slice.hasChanges()) {
            out.writeLong(end);
            slice.save(out, whole);
          }
        });
  }

  private void saveEmission(StateOutput out) {
    GroupTable groups = emitting;
    byte[] key = resumeAfter;
    if (groups != null && emittedGroup >= 0) {
      int start = groups.keyStart(emittedGroup);
      out.writeByte(1);
      out.writeBytes(groups.keys(), start, groups.keyEnd(emittedGroup) - start);
    } else if (key != null) {
      out.writeByte(1);
      out.writeBytes(key, 0, key.length);
    } else {
      out.writeByte(0);
    }
  }

  @Override
  public void load(StateInput in, boolean whole) {
    if (whole) {
      slices.clear();
    }
    watermark = in.readLong();
    completeThrough = windows.completeThrough(watermark);
    emittedThrough = in.readLong();
    resumeAfter = in.readByte() == 0 ? null : in.readBytes();
    metrics.lateRows = in.readLong();
    metrics.failedRows = in.readLong();
    int count = in.readCount();
    for (int i = 0; i < count; i++) {
      slices.computeIfAbsent(in.readLong(), unused -> aggregates.newTable()).load(in);
    }
    dropSlicesBefore(emittedThrough);
    recent = null;
    recentEnd = NO_WATERMARK;
  }

  @Override
  public long stateBytes() {
    long entries = 0;
    long bytes = merged.bytes();
    for (GroupTable slice : slices.values()) {
      entries += slice.size();
      bytes += slice.bytes();
    }
    return metrics.keeps(entries, bytes);
  }
}
