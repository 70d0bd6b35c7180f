package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupCoordinator.JoinCommand;
import io.millrace.broker.group.GroupCoordinator.JoinResult;
import io.millrace.broker.group.GroupCoordinator.LeaveFailure;
import io.millrace.broker.group.GroupCoordinator.LeavingMember;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.GroupCoordinator.SyncCommand;
import io.millrace.broker.group.GroupCoordinator.SyncResult;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What members ask of their group: to join, to get their work, to be counted as alive, to leave.
 * Checks each request against the group's state and hands the transition to the {@link Rebalancer}.
 * Confined to the shard's mailbox.
 */
final class GroupMembership {

  private static final int NO_GENERATION = -1;

  private final GroupTable groups;
  private final Rebalancer rebalancer;
  private final Deadlines deadlines;
  private final GroupJournal journal;
  private final GroupSettings settings;
  private final Consumer<String> makeWay;

  /**
   * @param makeWay turns a group of the new protocol into one of the classic one, or refuses
   */
  GroupMembership(
      GroupTable groups,
      Rebalancer rebalancer,
      Deadlines deadlines,
      GroupJournal journal,
      GroupSettings settings,
      Consumer<String> makeWay) {
    this.makeWay = makeWay;
    this.groups = groups;
    this.rebalancer = rebalancer;
    this.deadlines = deadlines;
    this.journal = journal;
    this.settings = settings;
    deadlines.onExpiry((group, member) -> rebalancer.lost(group, member, "was silent too long"));
  }

  /** Members of a generation that was read back have a whole session to be heard of. */
  void recovered() {
    for (Group group : groups.all()) {
      group.members().forEach(member -> deadlines.heardOf(group, member));
    }
  }

  // ---- join ----

  void join(JoinCommand command, CompletableFuture<JoinResult> answer) {
    checkGroupId(command.group());
    if (command.sessionTimeout().compareTo(settings.classic().minSessionTimeout()) < 0
        || command.sessionTimeout().compareTo(settings.classic().maxSessionTimeout()) > 0) {
      throw new BrokerException(
          BrokerError.INVALID_SESSION_TIMEOUT,
          "a session timeout of "
              + command.sessionTimeout().toMillis()
              + " ms; allowed: "
              + settings.classic().minSessionTimeout().toMillis()
              + " to "
              + settings.classic().maxSessionTimeout().toMillis()
              + " (groups.min.session.timeout.ms, groups.max.session.timeout.ms)");
    }
    if (command.rebalanceTimeout().isNegative()) {
      throw new BrokerException(
          BrokerError.INVALID_SESSION_TIMEOUT, "a rebalance timeout cannot be negative");
    }
    makeWay.accept(command.group());
    Group group = groups.find(command.group());
    if (group == null) {
      if (!command.memberId().isEmpty()) {
        throw unknown(command.group(), command.memberId());
      }
      group = groups.findOrCreate(command.group());
    }
    try {
      joinIn(group, command, answer);
    } finally {
      groups.dropIfBlank(group);
    }
  }

  private void joinIn(Group group, JoinCommand command, CompletableFuture<JoinResult> answer) {
    if (!group.supports(command.protocolType(), command.protocols())) {
      throw new BrokerException(
          BrokerError.INCONSISTENT_GROUP_PROTOCOL,
          "group "
              + group.name
              + " has members of type \""
              + group.protocolType
              + "\", with which the protocols offered have nothing in common");
    }
    if (command.memberId().isEmpty()) {
      joinAnew(group, command, answer);
    } else {
      rejoin(group, command, answer);
    }
  }

  private void joinAnew(Group group, JoinCommand command, CompletableFuture<JoinResult> answer) {
    String instanceId = command.instanceId();
    String id = (instanceId == null ? command.clientId() : instanceId) + "-" + UUID.randomUUID();
    if (instanceId != null) {
      Member old = group.ofInstance(instanceId);
      if (old != null) {
        rebalancer.replace(group, old, member(id, command), answer);
        return;
      }
    }
    checkRoom(group);
    if (instanceId == null && command.requireKnownMemberId()) {
      promise(group, id, command, answer);
    } else {
      add(group, id, command, answer);
    }
  }

  /** Gives an id first, so that clients whose joins time out leave no members behind (KIP-394). */
  private void promise(
      Group group, String id, JoinCommand command, CompletableFuture<JoinResult> answer) {
    group.promised.put(
        id,
        deadlines.after(
            command.sessionTimeout(),
            () -> {
              rebalancer.promiseEnded(group, id);
              groups.dropIfBlank(group);
            }));
    answer.complete(
        new JoinResult(NO_GENERATION, command.protocolType(), "", "", id, List.of(), false));
  }

  private void rejoin(Group group, JoinCommand command, CompletableFuture<JoinResult> answer) {
    if (command.instanceId() == null) {
      var promised = group.promised.remove(command.memberId());
      if (promised != null) {
        promised.cancel();
        add(group, command.memberId(), command, answer);
        return;
      }
    }
    Member member = find(group, command.memberId(), command.instanceId());
    switch (group.state) {
      case PREPARING_REBALANCE -> joinPhase(group, member, command, answer);
      case COMPLETING_REBALANCE -> {
        if (member.joining == null && member.matches(command.protocols())) {
          // It did not get the answer to its last join.
          answerAgain(group, member, group.isLeader(member), answer);
        } else {
          joinPhase(group, member, command, answer);
        }
      }
      case STABLE -> {
        if (group.isLeader(member) || !member.matches(command.protocols())) {
          joinPhase(group, member, command, answer);
        } else {
          answerAgain(group, member, false, answer);
        }
      }
      case EMPTY, DEAD, NOT_READY, ASSIGNING, RECONCILING -> throw unknown(group.name, member.id);
    }
  }

  private void answerAgain(
      Group group, Member member, boolean withMembers, CompletableFuture<JoinResult> answer) {
    deadlines.heardOf(group, member);
    journal.answer(answer, rebalancer.result(group, member, withMembers, false));
  }

  private void joinPhase(
      Group group, Member member, JoinCommand command, CompletableFuture<JoinResult> answer) {
    group.offer(member, List.copyOf(command.protocols()));
    member.sessionTimeout = command.sessionTimeout();
    member.rebalanceTimeout = command.rebalanceTimeout();
    rebalancer.awaitJoin(group, member, answer);
    deadlines.heardOf(group, member);
    rebalancer.rebalance(group, "member " + member.id + " rejoins: " + command.reason());
  }

  private void add(
      Group group, String id, JoinCommand command, CompletableFuture<JoinResult> answer) {
    if (group.members().isEmpty()) {
      group.protocolType = command.protocolType();
    }
    Member member = member(id, command);
    group.add(member);
    group.joinedWhileGathering = true;
    rebalancer.awaitJoin(group, member, answer);
    deadlines.heardOf(group, member);
    rebalancer.rebalance(group, "member " + id + " joins: " + command.reason());
  }

  private static Member member(String id, JoinCommand command) {
    return new Member(
        id,
        command.instanceId(),
        command.clientId(),
        command.clientHost(),
        command.sessionTimeout(),
        command.rebalanceTimeout(),
        List.copyOf(command.protocols()));
  }

  private void checkRoom(Group group) {
    if (group.members().size() + group.promised.size() >= settings.classic().maxSize()) {
      throw new BrokerException(
          BrokerError.GROUP_FULL,
          "group "
              + group.name
              + " has "
              + settings.classic().maxSize()
              + " members, which is as many as groups.max.size allows");
    }
  }

  // ---- sync ----

  void sync(SyncCommand command, CompletableFuture<SyncResult> answer) {
    Group group = group(command.member());
    Member member = find(group, command.member());
    checkGeneration(group, command.member());
    if (differs(command.protocolType(), group.protocolType)
        || differs(command.protocol(), group.protocol)) {
      throw new BrokerException(
          BrokerError.INCONSISTENT_GROUP_PROTOCOL,
          "group "
              + group.name
              + " has chosen "
              + group.protocolType
              + "/"
              + group.protocol
              + ", not "
              + command.protocolType()
              + "/"
              + command.protocol());
    }
    switch (group.state) {
      case EMPTY, DEAD, NOT_READY, ASSIGNING, RECONCILING -> throw unknown(group.name, member.id);
      case PREPARING_REBALANCE -> throw rebalancing(group);
      case COMPLETING_REBALANCE -> {
        CompletableFuture<SyncResult> before = member.syncing;
        if (before != null) {
          before.completeExceptionally(rebalancing(group));
        }
        member.syncing = answer;
        rebalancer.asked(group, member);
        if (group.isLeader(member)) {
          rebalancer.assign(group, command.assignments());
        }
      }
      case STABLE -> {
        deadlines.heardOf(group, member);
        rebalancer.asked(group, member);
        journal.answer(answer, rebalancer.assignment(group, member));
      }
    }
  }

  private static boolean differs(@Nullable String said, @Nullable String chosen) {
    return said != null && !said.equals(chosen);
  }

  // ---- heartbeat ----

  void heartbeat(MemberIdentity identity, CompletableFuture<Void> answer) {
    Group group = group(identity);
    Member member = find(group, identity);
    checkGeneration(group, identity);
    switch (group.state) {
      case EMPTY, DEAD, NOT_READY, ASSIGNING, RECONCILING -> throw unknown(group.name, member.id);
      case PREPARING_REBALANCE -> {
        deadlines.heardOf(group, member);
        throw rebalancing(group);
      }
      case COMPLETING_REBALANCE, STABLE -> {
        deadlines.heardOf(group, member);
        answer.complete(null);
      }
    }
  }

  // ---- leave ----

  List<@Nullable LeaveFailure> leave(String name, List<LeavingMember> leaving) {
    checkGroupId(name);
    Group group = groups.find(name);
    if (group == null) {
      throw new BrokerException(BrokerError.UNKNOWN_MEMBER, "there is no group " + name);
    }
    List<@Nullable LeaveFailure> outcomes = new ArrayList<>();
    for (LeavingMember each : leaving) {
      outcomes.add(leave(group, each));
    }
    groups.dropIfBlank(group);
    return outcomes;
  }

  private @Nullable LeaveFailure leave(Group group, LeavingMember leaving) {
    String instanceId = leaving.instanceId();
    var promised = instanceId == null ? group.promised.get(leaving.memberId()) : null;
    if (promised != null) {
      promised.cancel();
      rebalancer.promiseEnded(group, leaving.memberId());
      return null;
    }
    try {
      Member member =
          instanceId != null && leaving.memberId().isEmpty()
              ? group.ofInstance(instanceId)
              : find(group, leaving.memberId(), instanceId);
      if (member == null) {
        throw unknown(group.name, "of instance " + instanceId);
      }
      rebalancer.lost(group, member, "leaves: " + leaving.reason());
      return null;
    } catch (BrokerException e) {
      return new LeaveFailure(e.error(), String.valueOf(e.getMessage()));
    }
  }

  // ---- checks ----

  static void checkGroupId(String name) {
    if (name.isEmpty()) {
      throw new BrokerException(BrokerError.INVALID_GROUP_ID, "a group's name cannot be empty");
    }
  }

  private Group group(MemberIdentity identity) {
    checkGroupId(identity.group());
    Group group = groups.find(identity.group());
    if (group == null) {
      throw unknown(identity.group(), identity.memberId());
    }
    return group;
  }

  static Member find(Group group, MemberIdentity identity) {
    return find(group, identity.memberId(), identity.instanceId());
  }

  private static Member find(Group group, String memberId, @Nullable String instanceId) {
    Member member = instanceId == null ? group.member(memberId) : group.ofInstance(instanceId);
    if (member == null) {
      throw unknown(group.name, memberId);
    }
    if (!member.id.equals(memberId)) {
      throw new BrokerException(
          BrokerError.FENCED_INSTANCE_ID,
          "group "
              + group.name
              + " has member "
              + member.id
              + " for instance "
              + instanceId
              + ", not "
              + memberId);
    }
    return member;
  }

  static void checkGeneration(Group group, MemberIdentity identity) {
    if (identity.generation() != group.generation) {
      throw new BrokerException(
          BrokerError.ILLEGAL_GENERATION,
          "group "
              + group.name
              + " is in generation "
              + group.generation
              + ", not "
              + identity.generation());
    }
  }

  static BrokerException rebalancing(Group group) {
    return new BrokerException(
        BrokerError.REBALANCE_IN_PROGRESS, "group " + group.name + " rebalances");
  }

  static BrokerException unknown(String group, String member) {
    return new BrokerException(
        BrokerError.UNKNOWN_MEMBER, "group " + group + " has no member " + member);
  }
}
