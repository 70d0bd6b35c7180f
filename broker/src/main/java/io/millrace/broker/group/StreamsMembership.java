package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.Heartbeat;
import io.millrace.broker.group.member.Reconciliation;
import io.millrace.broker.group.streams.ResolvedTopology;
import io.millrace.broker.group.streams.StickyTaskAssignor;
import io.millrace.broker.group.streams.StreamsGroup;
import io.millrace.broker.group.streams.StreamsGroupDescription;
import io.millrace.broker.group.streams.StreamsGroupDescription.MemberDescription;
import io.millrace.broker.group.streams.StreamsGroupMemory;
import io.millrace.broker.group.streams.StreamsGroupRecord;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsMember;
import io.millrace.broker.group.streams.StreamsMemberMetadata;
import io.millrace.broker.group.streams.StreamsTopology;
import io.millrace.broker.group.streams.TaskGoal;
import io.millrace.broker.group.streams.Tasks;
import io.millrace.broker.group.streams.TopologyDescription;
import io.millrace.broker.group.streams.TopologyResolver;
import io.millrace.broker.topic.TopicsImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The members of streams groups: decides heartbeats, in the steps of {@link ConsumerMembership}.
 * What the member says, its topology included, and with it the group epoch; the target for that
 * epoch; the member's next tasks. Confined to the shard's mailbox.
 */
final class StreamsMembership {

  /** The epoch of members that wait for the first assignment. */
  private static final int WAITING_EPOCH = 1;

  private final GroupJournal journal;
  private final Deadlines deadlines;
  private final int maxSize;
  private final Function<String, StreamsGroupConfig> configs;
  private final Supplier<TopicsImage> topics;
  private final HeartbeatGroups<StreamsGroup, StreamsGroupRecord> groups;

  /**
   * @param configs what holds for a group
   */
  StreamsMembership(
      GroupTable table,
      GroupJournal journal,
      Deadlines deadlines,
      int maxSize,
      Function<String, StreamsGroupConfig> configs,
      Supplier<TopicsImage> topics) {
    this.journal = journal;
    this.deadlines = deadlines;
    this.maxSize = maxSize;
    this.configs = configs;
    this.topics = topics;
    groups =
        new HeartbeatGroups<>(
            HeartbeatProtocol.STREAMS,
            table,
            journal,
            deadlines,
            group -> configs.apply(group).sessionTimeout(),
            this::remove);
  }

  HeartbeatGroups<StreamsGroup, StreamsGroupRecord> groups() {
    return groups;
  }

  // ---- heartbeat ----

  void heartbeat(StreamsHeartbeat request, CompletableFuture<StreamsHeartbeat.Answer> answer) {
    StreamsHeartbeatCheck.check(request);
    if (request.epoch() < Heartbeat.JOIN) {
      journal.answer(answer, leave(request));
      return;
    }
    TopicsImage image = topics.get();
    StreamsTopology told = request.topology();
    if (told != null) {
      // Before a group is made for it.
      ResolvedTopology unused = TopologyResolver.resolve(told, image);
    }
    StreamsGroup group =
        told == null
            ? groups.existing(request.group())
            : groups.findOrConvert(request.group(), first(request.group()));
    StreamsGroupMemory memory = memory(group);
    StreamsGroupConfig config = configs.apply(group.name());
    identify(group, memory, request);
    CurrentAssignment<Tasks> before = group.members().current(request.memberId());
    if (group.members().ids().isEmpty() && config.initialRebalanceDelay().isPositive()) {
      memory.delay(deadlines.nowNanos() + config.initialRebalanceDelay().toNanos());
    }
    hear(group, memory, request, image, config);
    String delay = delay(group, memory, config);
    if (delay == null && group.members().isAssignmentDue()) {
      groups.write(group.assign(image, config.rules(), memory, deadlines.nowMillis()));
    }
    CurrentAssignment<Tasks> after = reconcile(group, memory, request, before);
    groups.heardOf(group, request.memberId());
    if (request.shutsDown()) {
      memory.shutDown(request.memberId());
    }
    StreamsAnswers answers = new StreamsAnswers(group, memory, image, config);
    journal.answer(answer, answers.to(request, after, isToBeTold(request, before, after), delay));
  }

  private static StreamsGroupRecord first(String name) {
    return new StreamsGroupRecord.GroupEpoch(name, 0, 0, -1, Map.of());
  }

  /** Whether the answer has to say what the member may work on. */
  private static boolean isToBeTold(
      StreamsHeartbeat request, CurrentAssignment<Tasks> before, CurrentAssignment<Tasks> after) {
    Tasks owned = request.owned();
    return request.epoch() == Heartbeat.JOIN
        || request.epoch() < before.epoch()
        || !after.assigned().equals(before.assigned())
        || (owned != null && !owned.equals(after.assigned()));
  }

  private CurrentAssignment<Tasks> reconcile(
      StreamsGroup group,
      StreamsGroupMemory memory,
      StreamsHeartbeat request,
      CurrentAssignment<Tasks> before) {
    String id = request.memberId();
    CurrentAssignment<Tasks> after =
        Reconciliation.next(
            before,
            request.owned(),
            Math.max(WAITING_EPOCH, group.members().assignmentEpoch()),
            new TaskGoal(group.members().target(id), group.others(id)));
    if (!after.equals(before)) {
      groups.write(List.of(group.current(id, after)));
      StreamsMember member = group.member(id);
      if (member != null
          && member.metadata().endpoint() != null
          && !after.assigned().equals(before.assigned())) {
        memory.endpointsChanged();
      }
    }
    return after;
  }

  /** Why tasks are not shared out yet, or null when they may be. */
  private @Nullable String delay(
      StreamsGroup group, StreamsGroupMemory memory, StreamsGroupConfig config) {
    if (!group.members().isAssignmentDue()) {
      return null;
    }
    if (memory.isDelayed(deadlines.nowNanos())) {
      return "Assignment delayed due to the configured initial rebalance delay.";
    }
    long since = deadlines.nowMillis() - group.members().assignedMillis();
    return since >= 0 && since < config.assignmentInterval().toMillis()
        ? "Assignment delayed due to the configured assignment interval."
        : null;
  }

  private StreamsGroupMemory memory(StreamsGroup group) {
    // Seconds as a number: above all that members were told before a restart.
    return group.memory((int) (Duration.ofMillis(deadlines.nowMillis()).toSeconds() & 0x3fffffff));
  }

  // ---- member ----

  /** Has the member that calls be one that may; a static member may have another id than before. */
  private void identify(StreamsGroup group, StreamsGroupMemory memory, StreamsHeartbeat request) {
    Tasks owned = request.owned();
    String found =
        Caller.<Tasks>find(
            request,
            group.members(),
            current -> owned != null && current.assigned().containsAll(owned),
            maxSize,
            "groups.streams.max-size");
    if (found != null && !found.equals(request.memberId())) {
      groups.replace(group, found, request.memberId());
      memory.forget(found);
    }
  }

  /** Stores what is new about the member, its topology and the topics. */
  private void hear(
      StreamsGroup group,
      StreamsGroupMemory memory,
      StreamsHeartbeat request,
      TopicsImage image,
      StreamsGroupConfig config) {
    memory.report(request, group.resolved(image));
    StreamsNews news =
        new StreamsNews(
            group, memory, group.members().metadata(request.memberId()), request, image, config);
    groups.write(news.records());
    group.members().see(image);
    if (news.movesEndpoint()) {
      memory.endpointsChanged();
    }
  }

  // ---- leave ----

  private StreamsHeartbeat.Answer leave(StreamsHeartbeat request) {
    StreamsGroup group = groups.existing(request.group());
    String id = Caller.known(request, group.members());
    if (request.epoch() == Heartbeat.AWAY) {
      groups.away(group, id);
    } else {
      if (request.shutsDown()) {
        memory(group).shutDown(id);
      }
      remove(group, id);
    }
    return StreamsAnswers.farewell(id, request.epoch());
  }

  private void remove(StreamsGroup group, String memberId) {
    StreamsMemberMetadata metadata = group.members().metadata(memberId);
    List<StreamsGroupRecord> records = new ArrayList<>(group.members().forgetting(memberId));
    records.add(group.bumped(null, topics.get(), configs.apply(group.name()).named()));
    groups.write(records);
    groups.forget(group, memberId);
    StreamsGroupMemory memory = memory(group);
    memory.forget(memberId);
    if (metadata != null && metadata.endpoint() != null) {
      memory.endpointsChanged();
    }
    if (group.members().ids().isEmpty()) {
      memory.shutDown(null);
    }
  }

  // ---- description ----

  /** A member describes the inner nodes of the group's topology, for people. */
  void describe(String name, String memberId, TopologyDescription told) {
    StreamsGroup group = groups.find(name);
    if (group == null || group.members().metadata(memberId) == null) {
      throw GroupMembership.unknown(name, memberId);
    }
    StreamsTopology topology = group.topology();
    if (topology == null || topology.epoch() != told.epoch()) {
      throw new BrokerException(
          BrokerError.INVALID_GROUP_REQUEST,
          "group "
              + name
              + " runs its topology of epoch "
              + (topology == null ? 0 : topology.epoch())
              + ", not "
              + told.epoch());
    }
    if (told.nodes() > TopologyDescription.MOST_NODES) {
      throw new BrokerException(
          BrokerError.INVALID_GROUP_REQUEST,
          "a topology's description has "
              + told.nodes()
              + " nodes; allowed: "
              + TopologyDescription.MOST_NODES);
    }
    memory(group).describe(told);
  }

  private static @Nullable TopologyDescription description(
      StreamsGroup group, StreamsGroupMemory memory) {
    StreamsTopology topology = group.topology();
    TopologyDescription told = memory.description();
    return topology != null && told != null && told.epoch() == topology.epoch() ? told : null;
  }

  // ---- looking ----

  StreamsGroupDescription describe(String name) {
    StreamsGroup group = groups.existing(name);
    StreamsGroupMemory memory = memory(group);
    List<MemberDescription> members = new ArrayList<>();
    for (String id : group.members().ids()) {
      StreamsMember member = group.member(id);
      if (member != null) {
        members.add(new MemberDescription(member, group.members().target(id), memory.of(id)));
      }
    }
    return new StreamsGroupDescription(
        name,
        group.state(),
        group.members().epoch(),
        group.members().assignmentEpoch(),
        StickyTaskAssignor.NAME,
        group.topology(),
        group.topology() == null ? null : group.resolved(topics.get()),
        description(group, memory),
        List.copyOf(members));
  }
}
