package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupCoordinator.JoinResult;
import io.millrace.broker.group.GroupCoordinator.SyncResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transitions of a group from one generation to the next. Confined to the shard's mailbox.
 *
 * <pre>
 *   EMPTY                 a member joins                        → PREPARING_REBALANCE
 *   PREPARING_REBALANCE   all have joined, or time is up        → COMPLETING_REBALANCE, generation + 1
 *   PREPARING_REBALANCE   the same, but nobody is left          → EMPTY, generation + 1
 *   COMPLETING_REBALANCE  the leader brings the assignment      → STABLE
 *   COMPLETING_REBALANCE  one joins anew, leaves, is lost, or
 *                         does not ask for its assignment       → PREPARING_REBALANCE
 *   STABLE                one joins, leaves or is lost; the
 *                         leader rejoins                        → PREPARING_REBALANCE
 *   EMPTY                 deleted, or its offsets have expired  → DEAD
 * </pre>
 *
 * <p>Into STABLE and EMPTY the group comes by a record, applied once it is written; the other
 * states are known to live members only and need no record.
 */
final class Rebalancer {

  private static final Logger LOG = LoggerFactory.getLogger(Rebalancer.class);

  private final GroupJournal journal;
  private final Deadlines deadlines;
  private final Duration initialDelay;

  Rebalancer(GroupJournal journal, Deadlines deadlines, Duration initialDelay) {
    this.journal = journal;
    this.deadlines = deadlines;
    this.initialDelay = initialDelay;
  }

  // ---- into the join phase ----

  /** Begins a join phase, unless one is under way; then it may be over now. */
  void rebalance(Group group, String why) {
    switch (group.state) {
      case PREPARING_REBALANCE -> endJoinPhaseIfAllAreIn(group);
      case COMPLETING_REBALANCE -> {
        dropAssignments(group, refuse(BrokerError.REBALANCE_IN_PROGRESS, group, "rebalances"));
        begin(group, why);
      }
      case STABLE, EMPTY -> begin(group, why);
      case DEAD, NOT_READY, ASSIGNING, RECONCILING -> {
        // Nobody can join a group that has gone, and the others are not of this protocol.
      }
    }
  }

  private void begin(Group group, String why) {
    LOG.debug("Group {} rebalances after generation {}: {}", group.name, group.generation, why);
    boolean first = group.state == GroupState.EMPTY;
    group.state = GroupState.PREPARING_REBALANCE;
    group.unsynced.clear();
    Duration patience = group.rebalanceTimeout();
    if (first && initialDelay.isPositive()) {
      group.gathering = true;
      group.joinedWhileGathering = false;
      group.gatherUntilNanos = deadlines.nowNanos() + patience.toNanos();
      startPhase(group, shorter(initialDelay, patience));
      return;
    }
    startPhase(group, patience);
    endJoinPhaseIfAllAreIn(group);
  }

  private void startPhase(Group group, Duration length) {
    long phase = ++group.phase;
    cancelPhase(group);
    group.phaseTimer = deadlines.after(length, () -> phaseEnds(group, phase));
  }

  private static void cancelPhase(Group group) {
    if (group.phaseTimer != null) {
      group.phaseTimer.cancel();
      group.phaseTimer = null;
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void phaseEnds(Group group, long phase) {
    if (group.phase != phase) {
      return;
    }
    group.phaseTimer = null;
    if (group.state == GroupState.COMPLETING_REBALANCE || group.state == GroupState.STABLE) {
      dropUnsynced(group);
    } else if (group.state == GroupState.PREPARING_REBALANCE) {
      long left = group.gatherUntilNanos - deadlines.nowNanos();
      if (group.gathering && group.joinedWhileGathering && left > 0) {
        group.joinedWhileGathering = false;
        startPhase(group, shorter(initialDelay, Duration.ofNanos(left)));
      } else {
        endJoinPhase(group);
      }
    }
  }

  /** Has a member wait for the end of the join phase. */
  void awaitJoin(Group group, Member member, CompletableFuture<JoinResult> answer) {
    CompletableFuture<JoinResult> before = group.awaitJoin(member, answer);
    if (before != null) {
      before.completeExceptionally(
          new BrokerException(
              BrokerError.REBALANCE_IN_PROGRESS,
              "member " + member.id + " has sent another join meanwhile"));
    }
  }

  // ---- out of the join phase ----

  private void endJoinPhaseIfAllAreIn(Group group) {
    if (!group.gathering && group.haveAllJoined()) {
      endJoinPhase(group);
    }
  }

  private void endJoinPhase(Group group) {
    for (Member member : List.copyOf(group.members())) {
      // A static member may come back within its session; a dynamic one that is late is out.
      if (member.joining == null && !member.isStatic()) {
        lose(group, member);
      }
    }
    if (!group.members().isEmpty() && !group.electLeader()) {
      startPhase(group, group.rebalanceTimeout());
      return;
    }
    group.gathering = false;
    group.phase++;
    cancelPhase(group);
    group.generation++;
    if (group.members().isEmpty()) {
      becomeEmpty(group);
    } else {
      hand(group);
    }
  }

  private void becomeEmpty(Group group) {
    group.protocol = null;
    group.leader = null;
    try {
      journal.write(List.of(group.toRecord(Map.of(), deadlines.nowMillis())));
    } catch (BrokerException e) {
      // After a restart its last members would be back, and be lost by their session timeouts.
      LOG.warn("Group {} is empty, which could not be stored: {}", group.name, e.getMessage());
      group.state = GroupState.EMPTY;
      group.stateMillis = deadlines.nowMillis();
    }
  }

  /** Tells all who joined about the new generation, and the leader about all. */
  private void hand(Group group) {
    group.protocol = group.selectProtocol();
    group.state = GroupState.COMPLETING_REBALANCE;
    for (Member member : group.members()) {
      CompletableFuture<JoinResult> answer = group.takeJoining(member);
      if (answer != null) {
        member.isNew = false;
        group.unsynced.add(member.id);
        journal.answer(answer, result(group, member, group.isLeader(member), false));
        deadlines.heardOf(group, member);
      }
    }
    startPhase(group, group.rebalanceTimeout());
  }

  /** What a member is told about the present generation. */
  JoinResult result(Group group, Member member, boolean withMembers, boolean skipAssignment) {
    return new JoinResult(
        group.generation,
        group.protocolType,
        group.protocol == null ? "" : group.protocol,
        group.leader == null ? "" : group.leader,
        member.id,
        withMembers ? group.joinedMembers() : List.of(),
        skipAssignment);
  }

  // ---- assignments ----

  /** Notes that a member has asked for its assignment. */
  void asked(Group group, Member member) {
    if (group.unsynced.remove(member.id)
        && group.unsynced.isEmpty()
        && group.state == GroupState.STABLE) {
      cancelPhase(group);
    }
  }

  /** The leader has decided: stores the generation and hands out the assignments. */
  void assign(Group group, Map<String, byte[]> assignments) {
    try {
      journal.write(List.of(group.toRecord(assignments, deadlines.nowMillis())));
    } catch (BrokerException e) {
      dropAssignments(
          group,
          new BrokerException(
              BrokerError.COORDINATOR_NOT_AVAILABLE,
              "the assignment could not be stored: " + e.getMessage()));
      rebalance(group, "the assignment could not be stored");
      return;
    }
    for (Member member : group.members()) {
      CompletableFuture<SyncResult> answer = member.syncing;
      if (answer != null) {
        member.syncing = null;
        group.unsynced.remove(member.id);
        journal.answer(answer, assignment(group, member));
        deadlines.heardOf(group, member);
      }
    }
    if (group.unsynced.isEmpty()) {
      cancelPhase(group);
    }
  }

  /** What a member works on. */
  SyncResult assignment(Group group, Member member) {
    return new SyncResult(
        group.protocolType, group.protocol == null ? "" : group.protocol, member.assignment);
  }

  private static void dropAssignments(Group group, BrokerException why) {
    for (Member member : group.members()) {
      member.assignment = Member.NOTHING;
      CompletableFuture<SyncResult> answer = member.syncing;
      if (answer != null) {
        member.syncing = null;
        answer.completeExceptionally(why);
      }
    }
  }

  private void dropUnsynced(Group group) {
    if (group.unsynced.isEmpty()) {
      return;
    }
    for (String id : List.copyOf(group.unsynced)) {
      Member member = group.member(id);
      if (member != null) {
        lose(group, member);
      }
    }
    rebalance(group, "members did not ask for their assignment");
  }

  // ---- losing members ----

  /** A member is gone: the others share its work. */
  void lost(Group group, Member member, String why) {
    lose(group, member);
    if (group.state == GroupState.STABLE
        || group.state == GroupState.COMPLETING_REBALANCE
        || group.state == GroupState.PREPARING_REBALANCE) {
      rebalance(group, "member " + member.id + " " + why);
    }
  }

  private void lose(Group group, Member member) {
    deadlines.forget(member);
    BrokerException gone =
        refuse(BrokerError.UNKNOWN_MEMBER, group, "has no member " + member.id + " any more");
    fail(group, member, gone);
    group.remove(member);
  }

  /** Refuses whatever a member waits for. */
  static void fail(Group group, Member member, BrokerException why) {
    CompletableFuture<JoinResult> joining = group.takeJoining(member);
    CompletableFuture<SyncResult> syncing = member.syncing;
    member.syncing = null;
    if (joining != null) {
      joining.completeExceptionally(why);
    }
    if (syncing != null) {
      syncing.completeExceptionally(why);
    }
  }

  /** A promised id was not used in time, or was given back. */
  void promiseEnded(Group group, String memberId) {
    if (group.promised.remove(memberId) != null && group.state == GroupState.PREPARING_REBALANCE) {
      endJoinPhaseIfAllAreIn(group);
    }
  }

  // ---- static members ----

  /**
   * A static member has come back under another id: it takes the place of what it was, without a
   * rebalance where the group is stable and its protocol stays (KIP-345).
   */
  void replace(Group group, Member old, Member by, CompletableFuture<JoinResult> answer) {
    fail(
        group,
        old,
        refuse(BrokerError.FENCED_INSTANCE_ID, group, "has a newer member of the same instance"));
    boolean unsynced = group.unsynced.contains(old.id);
    group.replace(old, by);
    if (unsynced) {
      group.unsynced.add(by.id);
    }
    if (group.state == GroupState.STABLE) {
      String selected = group.selectProtocol();
      if (selected != null && selected.equals(group.protocol)) {
        try {
          store(group);
        } catch (BrokerException e) {
          group.replace(by, old);
          throw e;
        }
        by.isNew = false;
        deadlines.forget(old);
        deadlines.heardOf(group, by);
        boolean leads = group.isLeader(by);
        journal.answer(answer, result(group, by, leads, leads));
        return;
      }
    }
    deadlines.forget(old);
    by.isNew = false;
    deadlines.heardOf(group, by);
    awaitJoin(group, by, answer);
    rebalance(group, "static member " + by.instanceId + " came back");
  }

  private void store(Group group) {
    Map<String, byte[]> assignments = new HashMap<>();
    group.members().forEach(member -> assignments.put(member.id, member.assignment));
    journal.write(List.of(group.toRecord(assignments, deadlines.nowMillis())));
  }

  private static BrokerException refuse(BrokerError error, Group group, String what) {
    return new BrokerException(error, "group " + group.name + " " + what);
  }
}
