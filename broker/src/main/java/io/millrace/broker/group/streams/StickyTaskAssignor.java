package io.millrace.broker.group.streams;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Shares tasks out among the members of a streams group. A pure function: the same input gives the
 * same output.
 *
 * <p>Active tasks first, those with state before those without: members differ by one task at most
 * in either count. Within these bounds a task stays with its owner, else goes to where its state
 * is, the most complete first, else to the least loaded process. Then standby tasks, each in
 * another process than its active task and its other standbys: where the values of the rack-aware
 * tags differ most, then where it was before as long as that member has room, then in the least
 * loaded process.
 */
public final class StickyTaskAssignor {

  /** The name by which a group asks for it. */
  public static final String NAME = "sticky";

  /**
   * A member.
   *
   * @param before what it was to have; a task that is on its way to it counts as active, one that
   *     is on its way from it as standby
   */
  public record Candidate(
      String processId, Map<String, String> tags, Tasks before, ReportedOffsets reported) {}

  private final List<Slot> slots = new ArrayList<>();
  private final SortedMap<String, Instance> processes = new TreeMap<>();
  private final Map<TaskId, Slot> owners = new HashMap<>();
  private final Map<TaskId, List<Slot>> keepers = new HashMap<>();
  private final List<String> rackTags;

  private StickyTaskAssignor(SortedMap<String, Candidate> members, List<String> rackTags) {
    this.rackTags = rackTags;
    members.forEach(
        (id, member) -> {
          Instance process =
              processes.computeIfAbsent(
                  member.processId(), processId -> new Instance(processId, member.tags()));
          Slot slot = new Slot(id, member, process);
          process.slots.add(slot);
          slots.add(slot);
          member.before().active().forEach(task -> owners.putIfAbsent(task, slot));
          Set<TaskId> kept = new HashSet<>(member.before().standby());
          kept.addAll(member.before().warmup());
          kept.addAll(member.reported().offsets().keySet());
          for (TaskId task : kept) {
            keepers.computeIfAbsent(task, any -> new ArrayList<>()).add(slot);
          }
        });
    Comparator<Slot> byAge = Comparator.comparing(slot -> slot.id);
    keepers.forEach(
        (task, list) ->
            list.sort(
                Comparator.comparing((Slot slot) -> !slot.member.before().inBackground(task))
                    .thenComparingLong(slot -> -slot.reported(task))
                    .thenComparing(byAge)));
  }

  /** A process with the tasks of its members. */
  private static final class Instance {
    final String id;
    final Map<String, String> tags;
    final List<Slot> slots = new ArrayList<>();
    final Set<TaskId> tasks = new HashSet<>();
    int stateless;

    Instance(String id, Map<String, String> tags) {
      this.id = id;
      this.tags = tags;
    }

    double load() {
      return (double) tasks.size() / slots.size();
    }
  }

  /** A member with the tasks that it is to have. */
  private static final class Slot {
    final String id;
    final Candidate member;
    final Instance process;
    final Set<TaskId> active = new HashSet<>();
    final Set<TaskId> standby = new HashSet<>();

    Slot(String id, Candidate member, Instance process) {
      this.id = id;
      this.member = member;
      this.process = process;
    }

    long reported(TaskId task) {
      return member.reported().offsets().getOrDefault(task, 0L);
    }

    int load() {
      return active.size() + standby.size();
    }

    double processLoad() {
      return process.load();
    }

    void process(TaskId task) {
      active.add(task);
      process.tasks.add(task);
    }

    void keep(TaskId task) {
      standby.add(task);
      process.tasks.add(task);
    }
  }

  private static final Comparator<Slot> LEAST_LOADED =
      Comparator.comparingDouble(Slot::processLoad)
          .thenComparingInt(Slot::load)
          .thenComparing(slot -> slot.process.id)
          .thenComparing(slot -> slot.id);

  /**
   * The tasks of each member; none of them are warm-up tasks.
   *
   * @param members by id
   * @param standbys how many there are to be of each task that keeps state, as far as there are
   *     processes for them
   * @param rackTags the tags of members by which standbys are spread
   */
  public static Map<String, Tasks> assign(
      SortedMap<String, Candidate> members,
      ResolvedTopology topology,
      int standbys,
      List<String> rackTags) {
    if (members.isEmpty()) {
      return Map.of();
    }
    StickyTaskAssignor assignor = new StickyTaskAssignor(members, rackTags);
    List<TaskId> stateful = new ArrayList<>();
    List<TaskId> stateless = new ArrayList<>();
    topology
        .parts()
        .forEach(
            (id, part) -> {
              for (int partition = 0; partition < part.tasks(); partition++) {
                (part.stateful() ? stateful : stateless).add(new TaskId(id, partition));
              }
            });
    assignor.active(stateful, stateful.size());
    assignor.processes.values().forEach(process -> process.stateless -= process.tasks.size());
    assignor.active(stateless, stateful.size() + stateless.size());
    assignor.processes.values().forEach(process -> process.stateless += process.tasks.size());
    assignor.standby(stateful, standbys);
    Map<String, Tasks> assigned = new HashMap<>();
    for (Slot slot : assignor.slots) {
      assigned.put(slot.id, new Tasks(slot.active, slot.standby, Set.of()));
    }
    return assigned;
  }

  // ---- active ----

  /** How many active tasks each member may have: as many as all others, some one more. */
  private static final class Room {
    final int each;
    int more;

    Room(List<Slot> slots, int total) {
      each = total / slots.size();
      more = total % slots.size();
      for (Slot slot : slots) {
        if (slot.active.size() > each) {
          more--;
        }
      }
    }

    boolean isIn(Slot slot) {
      return slot.active.size() < each || (slot.active.size() == each && more > 0);
    }

    void fill(Slot slot, TaskId task) {
      if (slot.active.size() == each) {
        more--;
      }
      slot.process(task);
    }
  }

  private void active(List<TaskId> tasks, int total) {
    Room room = new Room(slots, total);
    List<TaskId> surplus = new ArrayList<>();
    List<TaskId> orphans = new ArrayList<>();
    for (TaskId task : tasks) {
      Slot owner = owners.get(task);
      if (owner == null) {
        orphans.add(task);
      } else if (owner.active.size() < room.each) {
        room.fill(owner, task);
      } else {
        surplus.add(task);
      }
    }
    List<TaskId> moved = new ArrayList<>(orphans);
    for (TaskId task : surplus) {
      Slot owner = owners.get(task);
      if (owner != null && room.isIn(owner)) {
        room.fill(owner, task);
      } else {
        moved.add(task);
      }
    }
    List<TaskId> homeless = new ArrayList<>();
    for (TaskId task : moved) {
      keepers.getOrDefault(task, List.of()).stream()
          .filter(room::isIn)
          .findFirst()
          .ifPresentOrElse(keeper -> room.fill(keeper, task), () -> homeless.add(task));
    }
    for (TaskId task : homeless) {
      slots.stream().filter(room::isIn).min(LEAST_LOADED).ifPresent(slot -> room.fill(slot, task));
    }
  }

  // ---- standby ----

  private void standby(List<TaskId> stateful, int replicas) {
    int copies = Math.min(replicas, processes.size() - 1);
    int most = most(stateful.size(), copies);
    for (TaskId task : stateful) {
      List<Slot> before = new ArrayList<>(keepers.getOrDefault(task, List.of()));
      Slot owner = owners.get(task);
      if (owner != null) {
        before.addFirst(owner);
      }
      for (Slot slot : before) {
        if (holders(task).size() <= copies
            && !slot.process.tasks.contains(task)
            && slot.load() < most
            && isAsDiverse(slot, task)) {
          slot.keep(task);
        }
      }
    }
    for (int copy = 0; copy < copies; copy++) {
      for (TaskId task : stateful) {
        List<Instance> holders = holders(task);
        if (holders.size() <= copies) {
          slots.stream()
              .filter(slot -> !slot.process.tasks.contains(task))
              .min(
                  Comparator.comparingInt((Slot slot) -> -diversity(slot.process, holders))
                      .thenComparing(LEAST_LOADED))
              .ifPresent(slot -> slot.keep(task));
        }
      }
    }
  }

  /** How many tasks a member has if all have as many, as far as no process has a task twice. */
  private int most(int stateful, int copies) {
    int active = slots.stream().mapToInt(slot -> slot.active.size()).sum();
    int total = active + stateful * copies;
    int most = (total + slots.size() - 1) / slots.size();
    while (most < total && room(most, stateful) < total) {
      most++;
    }
    return most;
  }

  private long room(int most, int stateful) {
    return processes.values().stream()
        .mapToLong(
            process ->
                Math.min((long) most * process.slots.size(), (long) stateful + process.stateless))
        .sum();
  }

  private List<Instance> holders(TaskId task) {
    return processes.values().stream().filter(each -> each.tasks.contains(task)).toList();
  }

  /** Whether no other place for another copy would differ in more tags. */
  private boolean isAsDiverse(Slot slot, TaskId task) {
    if (rackTags.isEmpty()) {
      return true;
    }
    List<Instance> holders = holders(task);
    int here = diversity(slot.process, holders);
    return processes.values().stream()
        .filter(each -> !each.tasks.contains(task))
        .allMatch(each -> diversity(each, holders) <= here);
  }

  /** In how many tags a process differs from all that have the task. */
  private int diversity(Instance process, List<Instance> holders) {
    int different = 0;
    for (String tag : rackTags) {
      String value = process.tags.get(tag);
      if (value != null
          && holders.stream().noneMatch(holder -> value.equals(holder.tags.get(tag)))) {
        different++;
      }
    }
    return different;
  }
}
