package io.millrace.broker.group.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.streams.ResolvedTopology.Part;
import io.millrace.broker.group.streams.StickyTaskAssignor.Candidate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StickyTaskAssignorTest {

  private static ResolvedTopology topology(int stateless, int stateful) {
    SortedMap<String, Part> parts = new TreeMap<>();
    parts.put("0", new Part(stateless, false, List.of(), List.of(), List.of(), List.of()));
    parts.put("1", new Part(stateful, true, List.of(), List.of(), List.of(), List.of()));
    return new ResolvedTopology(parts, List.of(), null);
  }

  private static <T> T of(Map<String, T> byMember, String id) {
    return Objects.requireNonNull(byMember.get(id));
  }

  private static Candidate candidate(String process, Tasks before) {
    return new Candidate(process, Map.of(), before, ReportedOffsets.NONE);
  }

  private static Map<String, Tasks> assign(
      SortedMap<String, Candidate> members, ResolvedTopology topology, int standbys) {
    return StickyTaskAssignor.assign(members, topology, standbys, List.of());
  }

  private static SortedMap<String, Candidate> members(Map<String, String> processes) {
    SortedMap<String, Candidate> members = new TreeMap<>();
    processes.forEach((id, process) -> members.put(id, candidate(process, Tasks.NONE)));
    return members;
  }

  /** The same members, who have what they were given. */
  private static SortedMap<String, Candidate> having(
      SortedMap<String, Candidate> members, Map<String, Tasks> assigned) {
    SortedMap<String, Candidate> having = new TreeMap<>();
    members.forEach(
        (id, member) ->
            having.put(id, candidate(member.processId(), assigned.getOrDefault(id, Tasks.NONE))));
    return having;
  }

  @Property(tries = 1000)
  void everyTaskHasOneOwnerAndNobodyHasMoreThanOneMoreThanAnother(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 0, max = 3) Integer> processes,
      @ForAll @IntRange(min = 0, max = 12) int stateless,
      @ForAll @IntRange(min = 0, max = 12) int stateful,
      @ForAll @IntRange(min = 0, max = 2) int standbys,
      @ForAll @IntRange(min = 0, max = 7) int gone) {
    ResolvedTopology topology = topology(stateless, stateful);
    SortedMap<String, Candidate> members = new TreeMap<>();
    for (int i = 0; i < processes.size(); i++) {
      members.put("m" + i, candidate("p" + processes.get(i), Tasks.NONE));
    }
    Map<String, Tasks> first = assign(members, topology, standbys);
    check(members, topology, standbys, first);
    assertThat(active(assign(having(members, first), topology, standbys)))
        .as("no active task moves without a reason")
        .isEqualTo(active(first));

    SortedMap<String, Candidate> fewer = having(members, first);
    if (fewer.size() > 1) {
      fewer.remove("m" + gone % processes.size());
      Map<String, Tasks> second = assign(fewer, topology, standbys);
      check(fewer, topology, standbys, second);
      SortedMap<String, Candidate> again = having(members, second);
      check(members, topology, standbys, assign(again, topology, standbys));
    }
  }

  private static Map<String, Set<TaskId>> active(Map<String, Tasks> assigned) {
    Map<String, Set<TaskId>> active = new HashMap<>();
    assigned.forEach((id, tasks) -> active.put(id, tasks.active()));
    return active;
  }

  private static void check(
      SortedMap<String, Candidate> members,
      ResolvedTopology topology,
      int standbys,
      Map<String, Tasks> assigned) {
    Set<TaskId> active = new HashSet<>();
    Map<TaskId, Set<String>> processes = new HashMap<>();
    Map<TaskId, Integer> copies = new HashMap<>();
    assigned.forEach(
        (id, tasks) -> {
          String process = of(members, id).processId();
          for (TaskId task : tasks.active()) {
            assertThat(active.add(task)).as("%s has one owner", task).isTrue();
            processes.computeIfAbsent(task, any -> new HashSet<>()).add(process);
          }
          assertThat(tasks.warmup()).isEmpty();
        });
    assigned.forEach(
        (id, tasks) -> {
          for (TaskId task : tasks.standby()) {
            assertThat(topology.isStateful(task)).isTrue();
            assertThat(
                    processes
                        .computeIfAbsent(task, any -> new HashSet<>())
                        .add(of(members, id).processId()))
                .as("%s once in a process", task)
                .isTrue();
            copies.merge(task, 1, Integer::sum);
          }
        });
    long distinct = members.values().stream().map(Candidate::processId).distinct().count();
    topology
        .parts()
        .forEach(
            (id, part) -> {
              for (int i = 0; i < part.tasks(); i++) {
                TaskId task = new TaskId(id, i);
                assertThat(active).contains(task);
                if (part.stateful()) {
                  assertThat(copies.getOrDefault(task, 0))
                      .isEqualTo((int) Math.min(standbys, distinct - 1));
                }
              }
            });
    assertThat(spread(assigned, task -> true)).isLessThanOrEqualTo(1);
    assertThat(spread(assigned, topology::isStateful)).isLessThanOrEqualTo(1);
  }

  private static long spread(
      Map<String, Tasks> assigned, java.util.function.Predicate<TaskId> counted) {
    List<Long> counts =
        assigned.values().stream()
            .map(tasks -> tasks.active().stream().filter(counted).count())
            .sorted()
            .toList();
    return counts.getLast() - counts.getFirst();
  }

  @Test
  void theMemberWithTheStateGetsTheTaskOfOneThatHasGone() {
    SortedMap<String, Candidate> members = new TreeMap<>();
    TaskId task = new TaskId("1", 0);
    members.put("a", candidate("p1", Tasks.NONE));
    members.put("b", candidate("p2", new Tasks(Set.of(), Set.of(task), Set.of())));
    members.put("c", candidate("p3", Tasks.NONE));
    assertThat(of(assign(members, topology(0, 1), 0), "b").active()).containsExactly(task);
  }

  @Test
  void anInstanceThatComesBackGetsTheTaskWhoseStateIsMostCompleteThere() {
    SortedMap<String, Candidate> members = new TreeMap<>();
    TaskId task = new TaskId("1", 0);
    members.put("a", new Candidate("p1", Map.of(), Tasks.NONE, offsets(task, 5)));
    members.put("b", new Candidate("p2", Map.of(), Tasks.NONE, offsets(task, 50)));
    assertThat(of(assign(members, topology(0, 1), 0), "b").active()).containsExactly(task);
  }

  private static ReportedOffsets offsets(TaskId task, long offset) {
    return new ReportedOffsets(Map.of(task, offset), Map.of(task, 100L));
  }

  @Test
  void standbysAreSpreadOverTheTagsOfTheirInstances() {
    SortedMap<String, Candidate> members = new TreeMap<>();
    for (int i = 0; i < 6; i++) {
      members.put(
          "m" + i,
          new Candidate("p" + i, Map.of("zone", "z" + i / 2), Tasks.NONE, ReportedOffsets.NONE));
    }
    Map<String, Tasks> assigned =
        StickyTaskAssignor.assign(members, topology(0, 6), 1, List.of("zone"));
    assigned.forEach(
        (owner, tasks) ->
            tasks
                .active()
                .forEach(
                    task ->
                        assigned.forEach(
                            (keeper, others) -> {
                              if (others.standby().contains(task)) {
                                assertThat(of(members, keeper).tags())
                                    .isNotEqualTo(of(members, owner).tags());
                              }
                            })));
  }

  @Test
  void threadsOfOneInstanceShareItsWorkEqually() {
    Map<String, Tasks> assigned =
        assign(members(Map.of("a", "p1", "b", "p1", "c", "p2")), topology(3, 6), 0);
    assertThat(assigned.values()).allMatch(tasks -> tasks.active().size() == 3);
  }
}
