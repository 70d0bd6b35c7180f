package io.millrace.broker.group.streams;

import io.millrace.broker.group.streams.StickyTaskAssignor.Candidate;
import io.millrace.broker.group.streams.WarmupStaging.Known;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From a group to the tasks of its members: the assignor says where tasks belong, staging how they
 * get there. The target that is stored is the staged one; where tasks belonged can be told from it,
 * since a warm-up task stands for an active one, so a restart changes nothing. Members whose
 * topology is older than the group's get none: they cannot know what the tasks are.
 */
final class TaskSharing {

  private TaskSharing() {}

  static Map<String, Tasks> share(
      @Nullable StreamsTopology topology,
      ResolvedTopology resolved,
      Map<String, StreamsMemberMetadata> members,
      Function<String, Tasks> targetOf,
      Function<TaskId, @Nullable String> processing,
      StreamsGroupMemory memory,
      AssignmentRules rules) {
    if (topology == null || !resolved.isReady()) {
      return Map.of();
    }
    Map<String, StreamsMemberMetadata> able = new TreeMap<>(members);
    able.values().removeIf(member -> member.topologyEpoch() != topology.epoch());
    Set<TaskId> moving = new HashSet<>();
    able.keySet().forEach(id -> moving.addAll(targetOf.apply(id).warmup()));
    SortedMap<String, Candidate> candidates = new TreeMap<>();
    Map<String, Known> known = new HashMap<>();
    able.forEach(
        (id, member) -> {
          Tasks before = targetOf.apply(id);
          ReportedOffsets reported = memory.of(id);
          candidates.put(
              id,
              new Candidate(
                  member.processId(), member.clientTags(), arrived(before, moving), reported));
          known.put(id, new Known(member.processId(), before, reported, memory.isTelling(id)));
        });
    Map<String, Tasks> desired =
        StickyTaskAssignor.assign(candidates, resolved, rules.standbyReplicas(), rules.rackTags());
    return WarmupStaging.stage(
        desired, known, processing, resolved, rules.warmupReplicas(), rules.acceptableLag());
  }

  /** As if all moves that have begun were done. */
  private static Tasks arrived(Tasks before, Set<TaskId> moving) {
    Set<TaskId> active = new HashSet<>(before.active());
    Set<TaskId> standby = new HashSet<>(before.standby());
    active.removeAll(moving);
    before.active().stream().filter(moving::contains).forEach(standby::add);
    active.addAll(before.warmup());
    return new Tasks(active, standby, Set.of());
  }
}
