package io.millrace.broker.group;

import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.JoinResult;
import io.millrace.broker.group.GroupCoordinator.JoinedMember;
import io.millrace.broker.group.GroupCoordinator.OfferedProtocol;
import io.millrace.broker.group.GroupRecord.GenerationStored;
import io.millrace.broker.group.GroupRecord.StoredMember;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.streams.StreamsGroup;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.core.Timer.Timeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A group: its members, its generation, its offsets. Plain state with questions about it; the
 * transitions are in {@link Rebalancer}. Confined to the mailbox of its shard.
 */
final class Group {

  final String name;
  GroupState state = GroupState.EMPTY;
  int generation;
  String protocolType = "";
  @Nullable String protocol;
  @Nullable String leader;

  /** When it came into its present state, as stored. */
  long stateMillis;

  final Map<TopicPartition, CommittedOffset> offsets = new HashMap<>();

  /** Ids that were handed out (KIP-394) to clients that have not come back yet. */
  final Map<String, Timeout> promised = new HashMap<>();

  /** Members of this generation that have not asked for their assignment yet. */
  final Set<String> unsynced = new HashSet<>();

  /** Ends the join phase, or the wait for {@link #unsynced}. */
  @Nullable Timeout phaseTimer;

  /** Counts the phases, so that a timer that came too late knows that it did. */
  long phase;

  /** In the wait for more members before the first generation; then until when at the latest. */
  boolean gathering;

  long gatherUntilNanos;
  boolean joinedWhileGathering;

  /** What it is in the new protocol; null for a group of the classic one. */
  @Nullable ConsumerGroup consumers;

  /**
   * What it is as a share group, whose members, targets and epochs are those of a consumer group;
   * null for any other.
   */
  @Nullable ConsumerGroup shares;

  /** What it is as a streams group; null for any other. */
  @Nullable StreamsGroup streams;

  /** How many members offer a protocol. Counted, since each join asks what all members offer. */
  private final Map<String, Integer> offering = new HashMap<>();

  /** How many members wait for the end of the join phase. */
  private int joining;

  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Map<String, String> idsByInstance = new HashMap<>();

  Group(String name) {
    this.name = name;
  }

  // ---- members ----

  Collection<Member> members() {
    return members.values();
  }

  @Nullable Member member(String id) {
    return members.get(id);
  }

  /** The static member of that instance id, or null. */
  @Nullable Member ofInstance(String instanceId) {
    String id = idsByInstance.get(instanceId);
    return id == null ? null : members.get(id);
  }

  void add(Member member) {
    members.put(member.id, member);
    count(member.protocols, 1);
    if (member.joining != null) {
      joining++;
    }
    if (member.instanceId != null) {
      idsByInstance.put(member.instanceId, member.id);
    }
    if (leader == null) {
      leader = member.id;
    }
  }

  /** Takes a member out, which must be in. */
  void remove(Member member) {
    members.remove(member.id);
    unsynced.remove(member.id);
    count(member.protocols, -1);
    if (member.joining != null) {
      joining--;
    }
    if (member.instanceId != null) {
      idsByInstance.remove(member.instanceId, member.id);
    }
    if (member.id.equals(leader)) {
      leader = members.isEmpty() ? null : members.keySet().iterator().next();
    }
  }

  /** Puts another member in the place of one, with its role and its assignment. */
  void replace(Member old, Member by) {
    boolean leads = old.id.equals(leader);
    remove(old);
    by.assignment = old.assignment;
    add(by);
    if (leads) {
      leader = by.id;
    }
  }

  boolean isLeader(Member member) {
    return member.id.equals(leader);
  }

  /** Makes a member that takes part in this join phase the leader, if there is one. */
  boolean electLeader() {
    Member present = leader == null ? null : members.get(leader);
    if (present != null && present.joining != null) {
      return true;
    }
    for (Member member : members.values()) {
      if (member.joining != null) {
        leader = member.id;
        return true;
      }
    }
    return false;
  }

  /**
   * Has a member wait for the end of the join phase.
   *
   * @return what its former join waited for, or null
   */
  @Nullable CompletableFuture<JoinResult> awaitJoin(
      Member member, CompletableFuture<JoinResult> answer) {
    CompletableFuture<JoinResult> before = takeJoining(member);
    member.joining = answer;
    joining++;
    return before;
  }

  /** What a member of this group that joins waits for, or null; it waits no longer. */
  @Nullable CompletableFuture<JoinResult> takeJoining(Member member) {
    CompletableFuture<JoinResult> answer = member.joining;
    if (answer != null) {
      member.joining = null;
      joining--;
    }
    return answer;
  }

  boolean haveAllJoined() {
    return promised.isEmpty() && joining == members.size();
  }

  /** How long the slowest member may take to rejoin. */
  Duration rebalanceTimeout() {
    Duration longest = Duration.ZERO;
    for (Member member : members.values()) {
      if (member.rebalanceTimeout.compareTo(longest) > 0) {
        longest = member.rebalanceTimeout;
      }
    }
    return longest;
  }

  List<JoinedMember> joinedMembers() {
    List<JoinedMember> joined = new ArrayList<>(members.size());
    for (Member member : members.values()) {
      joined.add(new JoinedMember(member.id, member.instanceId, member.metadata(protocol)));
    }
    return joined;
  }

  // ---- protocols ----

  /** Whether a member with these protocols could work with those that are there. */
  boolean supports(String type, List<OfferedProtocol> offered) {
    if (members.isEmpty()) {
      return !type.isEmpty() && !offered.isEmpty();
    }
    return protocolType.equals(type)
        && offered.stream().anyMatch(each -> isOfferedByAll(each.name()));
  }

  private boolean isOfferedByAll(String protocol) {
    return offering.getOrDefault(protocol, 0) == members.size();
  }

  /** A member offers other protocols from now on. */
  void offer(Member member, List<OfferedProtocol> protocols) {
    count(member.protocols, -1);
    member.protocols = protocols;
    count(protocols, 1);
  }

  private void count(List<OfferedProtocol> protocols, int change) {
    if (protocols.size() == 1) {
      count(protocols.getFirst().name(), change);
      return;
    }
    // One that a member offers twice is offered by one member.
    Set<String> names = new HashSet<>();
    for (OfferedProtocol offered : protocols) {
      if (names.add(offered.name())) {
        count(offered.name(), change);
      }
    }
  }

  private void count(String protocol, int change) {
    int now = offering.getOrDefault(protocol, 0) + change;
    if (now == 0) {
      offering.remove(protocol);
    } else {
      offering.put(protocol, now);
    }
  }

  /** The protocol that all offer and most prefer; among equals the one offered first. */
  @Nullable String selectProtocol() {
    Map<String, Integer> votes = new LinkedHashMap<>();
    for (Member member : members.values()) {
      for (OfferedProtocol offered : member.protocols) {
        if (isOfferedByAll(offered.name())) {
          votes.merge(offered.name(), 1, Integer::sum);
          break;
        }
      }
    }
    String best = null;
    int most = 0;
    for (Map.Entry<String, Integer> vote : votes.entrySet()) {
      if (vote.getValue() > most) {
        best = vote.getKey();
        most = vote.getValue();
      }
    }
    return best;
  }

  /** Whether a member has subscribed to the topic, as far as can be known. */
  boolean isSubscribedTo(String topic) {
    return members.values().stream()
        .anyMatch(member -> ConsumerSubscription.topics(member.metadata(protocol)).contains(topic));
  }

  /** Its state in the protocol that it is of. */
  GroupState presentState() {
    if (shares != null) {
      return shareState(shares);
    }
    if (streams != null) {
      return streams.state();
    }
    return consumers == null ? state : consumers.state();
  }

  /** Members of a share group never wait for each other, so it has two states. */
  static GroupState shareState(ConsumerGroup shares) {
    return shares.members().ids().isEmpty() ? GroupState.EMPTY : GroupState.STABLE;
  }

  // ---- records ----

  /** Nothing is known of it that a record would have to say. */
  boolean isBlank() {
    return members.isEmpty() && promised.isEmpty() && offsets.isEmpty() && !isOfHeartbeats();
  }

  /** Whether it is of a protocol in which members only send heartbeats, and not a classic one. */
  boolean isOfHeartbeats() {
    return consumers != null || shares != null || streams != null;
  }

  /** The present generation as a record, with the given assignments. */
  GenerationStored toRecord(Map<String, byte[]> assignments, long nowMillis) {
    List<StoredMember> stored = new ArrayList<>(members.size());
    for (Member member : members.values()) {
      stored.add(
          new StoredMember(
              member.id,
              member.instanceId,
              member.clientId,
              member.clientHost,
              Math.toIntExact(member.rebalanceTimeout.toMillis()),
              Math.toIntExact(member.sessionTimeout.toMillis()),
              member.metadata(protocol),
              assignments.getOrDefault(member.id, Member.NOTHING)));
    }
    return new GenerationStored(
        name, protocolType, generation, protocol, leader, nowMillis, List.copyOf(stored));
  }

  /** There is no generation any more. */
  void forgetGeneration() {
    protocolType = "";
    generation = 0;
    protocol = null;
    List.copyOf(members.values()).forEach(this::remove);
    leader = null;
    state = GroupState.EMPTY;
  }

  /** Takes over a stored generation: live, when it has just been written, and at recovery. */
  void apply(GenerationStored stored) {
    protocolType = stored.protocolType();
    generation = stored.generation();
    protocol = stored.protocol();
    stateMillis = stored.stateMillis();
    Set<String> ids = new HashSet<>();
    for (StoredMember each : stored.members()) {
      ids.add(each.memberId());
      Member member = members.get(each.memberId());
      if (member == null) {
        member = restored(each, stored.protocol());
        add(member);
      }
      member.assignment = each.assignment();
    }
    for (Member member : List.copyOf(members.values())) {
      if (!ids.contains(member.id)) {
        remove(member);
      }
    }
    leader = stored.leader();
    state = members.isEmpty() ? GroupState.EMPTY : GroupState.STABLE;
  }

  private static Member restored(StoredMember stored, @Nullable String protocol) {
    Member member =
        new Member(
            stored.memberId(),
            stored.instanceId(),
            stored.clientId(),
            stored.clientHost(),
            Duration.ofMillis(stored.sessionTimeoutMillis()),
            Duration.ofMillis(stored.rebalanceTimeoutMillis()),
            protocol == null
                ? List.of()
                : List.of(new OfferedProtocol(protocol, stored.subscription())));
    member.isNew = false;
    return member;
  }
}
