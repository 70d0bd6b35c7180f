package io.millrace.broker.group.streams;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a member's state has come, as it says: sums over the changelog partitions of each task
 * whose state it has on disk or is restoring. Immutable.
 */
public record ReportedOffsets(Map<TaskId, Long> offsets, Map<TaskId, Long> ends) {

  /** Of a member that has said nothing. */
  public static final ReportedOffsets NONE = new ReportedOffsets(Map.of(), Map.of());

  /** Takes copies. */
  public ReportedOffsets {
    offsets = Map.copyOf(offsets);
    ends = Map.copyOf(ends);
  }

  /** With what is new; null has not changed. */
  public ReportedOffsets with(
      @Nullable Map<TaskId, Long> newOffsets, @Nullable Map<TaskId, Long> newEnds) {
    return new ReportedOffsets(
        newOffsets == null ? offsets : newOffsets, newEnds == null ? ends : newEnds);
  }

  /** Whether the task's state is at most so many records behind. */
  public boolean isCaughtUp(TaskId task, long acceptableLag) {
    Long offset = offsets.get(task);
    Long end = ends.get(task);
    return offset != null && end != null && end - offset <= acceptableLag;
  }
}
