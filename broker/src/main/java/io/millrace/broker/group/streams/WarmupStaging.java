package io.millrace.broker.group.streams;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Moves tasks with state without a pause (KIP-441, KIP-1071 "Warm-up tasks"). A task that is to go
 * to a process without its state stays where it is, and its next owner gets a warm-up task; once
 * that has caught up, the next assignment moves the task. A task goes at once when nobody processes
 * it, when it stays in its process, when it keeps no state, when the state is there already, or
 * when the next owner cannot tell how far it has come. At most so many are warmed up at a time;
 * what is beyond that stays where it is. A pure function.
 */
final class WarmupStaging {

  private WarmupStaging() {}

  /**
   * What is known of a member.
   *
   * @param before what it was to have so far
   * @param tellsProgress whether it reports how far its state has come
   */
  record Known(String processId, Tasks before, ReportedOffsets reported, boolean tellsProgress) {}

  private record Move(TaskId task, String from, String to, boolean begun) {}

  /**
   * The assignment that members are to reach next.
   *
   * @param desired the assignor's, by member id
   * @param members all that are in {@code desired}
   * @param processedBy the member that processes a task now, or null
   * @param most warm-up tasks at a time; 0 to move all at once
   * @param acceptableLag records that a state may be behind when its task is moved
   */
  static Map<String, Tasks> stage(
      Map<String, Tasks> desired,
      Map<String, Known> members,
      Function<TaskId, @Nullable String> processedBy,
      ResolvedTopology topology,
      int most,
      long acceptableLag) {
    if (most == 0) {
      return desired;
    }
    List<Move> moves = new ArrayList<>();
    desired.forEach(
        (to, tasks) -> {
          for (TaskId task : tasks.active()) {
            String from = processedBy.apply(task);
            Known next = members.get(to);
            Known present = members.get(from);
            if (next == null || present == null || !topology.isStateful(task)) {
              continue;
            }
            boolean begun = next.before().warmup().contains(task);
            if (!next.processId().equals(present.processId())
                && (next.tellsProgress() || begun)
                && !next.reported().isCaughtUp(task, acceptableLag)) {
              moves.add(new Move(task, from, to, begun));
            }
          }
        });
    moves.sort(Comparator.comparing((Move move) -> !move.begun).thenComparing(Move::task));
    return staged(desired, members, moves, most);
  }

  private static Map<String, Tasks> staged(
      Map<String, Tasks> desired, Map<String, Known> members, List<Move> moves, int most) {
    Map<String, Set<TaskId>> active = new HashMap<>();
    Map<String, Set<TaskId>> standby = new HashMap<>();
    Map<String, Set<TaskId>> warmup = new HashMap<>();
    desired.forEach(
        (id, tasks) -> {
          active.put(id, new HashSet<>(tasks.active()));
          standby.put(id, new HashSet<>(tasks.standby()));
          warmup.put(id, new TreeSet<>());
        });
    int begun = 0;
    for (Move move : moves) {
      in(active, move.to).remove(move.task);
      in(active, move.from).add(move.task);
      Known from = members.get(move.from);
      members.forEach(
          (id, member) -> {
            // A process has a task once.
            if (from != null && member.processId().equals(from.processId())) {
              in(standby, id).remove(move.task);
            }
          });
      if (begun < most) {
        in(warmup, move.to).add(move.task);
        begun++;
      }
    }
    Map<String, Tasks> staged = new HashMap<>();
    desired
        .keySet()
        .forEach(id -> staged.put(id, new Tasks(in(active, id), in(standby, id), in(warmup, id))));
    return staged;
  }

  private static Set<TaskId> in(Map<String, Set<TaskId>> tasks, String id) {
    return tasks.computeIfAbsent(id, any -> new HashSet<>());
  }
}
