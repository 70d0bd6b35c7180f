package io.millrace.broker.group;

import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupRecord.OfStreamsGroup;
import io.millrace.broker.group.consumer.CurrentAssignment;
import io.millrace.broker.group.consumer.MemberState;
import io.millrace.broker.group.streams.ResolvedTopology;
import io.millrace.broker.group.streams.StickyTaskAssignor;
import io.millrace.broker.group.streams.StreamsGroup;
import io.millrace.broker.group.streams.StreamsGroupDescription;
import io.millrace.broker.group.streams.StreamsGroupDescription.MemberDescription;
import io.millrace.broker.group.streams.StreamsGroupMemory;
import io.millrace.broker.group.streams.StreamsGroupRecord;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsMember;
import io.millrace.broker.group.streams.StreamsTopology;
import io.millrace.broker.group.streams.TaskAssignment;
import io.millrace.broker.group.streams.TaskReconciliation;
import io.millrace.broker.group.streams.Tasks;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of streams groups: decides heartbeats, in the steps of {@link ConsumerMembership}.
 * What the member says, its topology included, and with it the group epoch; the target for that
 * epoch; the member's next tasks. Confined to the shard's mailbox.
 */
final class StreamsMembership {

  static final String KIND = "streams";

  private static final Logger LOG = LoggerFactory.getLogger(StreamsMembership.class);

  /** The epoch of members that wait for the first assignment. */
  private static final int WAITING_EPOCH = 1;

  private final GroupTable groups;
  private final GroupJournal journal;
  private final MemberSessions sessions;
  private final Deadlines deadlines;
  private final int maxSize;
  private final Function<String, StreamsGroupConfig> configs;
  private final Supplier<TopicsImage> topics;

  /**
   * @param configs what holds for a group
   */
  StreamsMembership(
      GroupTable groups,
      GroupJournal journal,
      Deadlines deadlines,
      int maxSize,
      Function<String, StreamsGroupConfig> configs,
      Supplier<TopicsImage> topics) {
    this.groups = groups;
    this.journal = journal;
    this.deadlines = deadlines;
    this.maxSize = maxSize;
    this.configs = configs;
    this.topics = topics;
    sessions = new MemberSessions(deadlines, group -> configs.apply(group).sessionTimeout());
    sessions.onExpiry(this::expired);
  }

  /** Members that were read back have a whole session to be heard of. */
  void recovered() {
    for (Group group : groups.all()) {
      StreamsGroup streams = group.streams;
      if (streams != null) {
        for (String id : streams.memberIds()) {
          sessions.heardOf(group.name, id);
          watch(streams, id);
        }
      }
    }
  }

  void close() {
    sessions.close();
  }

  // ---- heartbeat ----

  void heartbeat(StreamsHeartbeat request, CompletableFuture<StreamsHeartbeat.Answer> answer) {
    StreamsHeartbeatCheck.check(request);
    if (request.epoch() < StreamsHeartbeat.JOIN) {
      journal.answer(answer, leave(request));
      return;
    }
    TopicsImage image = topics.get();
    StreamsTopology told = request.topology();
    if (told != null) {
      // Before a group is made for it.
      ResolvedTopology unused = TopologyResolver.resolve(told, image);
    }
    Group group = told == null ? existing(request.group()) : findOrMake(request.group());
    StreamsGroup streams = streams(group);
    StreamsGroupMemory memory = memory(group);
    StreamsGroupConfig config = configs.apply(group.name);
    StreamsMember known = identify(streams, memory, request);
    if (streams.memberIds().isEmpty() && config.initialRebalanceDelay().isPositive()) {
      memory.delay(deadlines.nowNanos() + config.initialRebalanceDelay().toNanos());
    }
    hear(group, streams, memory, known, request, image, config);
    String delay = delay(streams, memory, config);
    if (delay == null && streams.assignmentEpoch() < streams.epoch()) {
      write(streams.assign(image, config.rules(), memory, deadlines.nowMillis()));
    }
    TaskAssignment before = known == null ? TaskAssignment.NONE : known.current();
    TaskAssignment after = reconcile(streams, memory, request, before);
    sessions.heardOf(group.name, request.memberId());
    watch(streams, request.memberId());
    if (request.shutsDown()) {
      memory.shutDown(request.memberId());
    }
    StreamsAnswers answers = new StreamsAnswers(streams, memory, image, config);
    journal.answer(answer, answers.to(request, after, isToBeTold(request, before, after), delay));
  }

  /** Whether the answer has to say what the member may work on. */
  private static boolean isToBeTold(
      StreamsHeartbeat request, TaskAssignment before, TaskAssignment after) {
    Tasks owned = request.owned();
    return request.epoch() == StreamsHeartbeat.JOIN
        || request.epoch() < before.epoch()
        || !after.assigned().equals(before.assigned())
        || (owned != null && !owned.equals(after.assigned()));
  }

  private TaskAssignment reconcile(
      StreamsGroup streams,
      StreamsGroupMemory memory,
      StreamsHeartbeat request,
      TaskAssignment before) {
    String id = request.memberId();
    TaskAssignment after =
        TaskReconciliation.next(
            before,
            request.owned(),
            Math.max(WAITING_EPOCH, streams.assignmentEpoch()),
            streams.target(id),
            streams.others(id));
    if (!after.equals(before)) {
      write(List.of(new StreamsGroupRecord.Current(streams.name(), id, after)));
      StreamsMember member = streams.member(id);
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
      StreamsGroup streams, StreamsGroupMemory memory, StreamsGroupConfig config) {
    if (streams.assignmentEpoch() >= streams.epoch()) {
      return null;
    }
    if (memory.isDelayed(deadlines.nowNanos())) {
      return "Assignment delayed due to the configured initial rebalance delay.";
    }
    long since = deadlines.nowMillis() - streams.assignedMillis();
    return since >= 0 && since < config.assignmentInterval().toMillis()
        ? "Assignment delayed due to the configured assignment interval."
        : null;
  }

  private void watch(StreamsGroup streams, String id) {
    StreamsMember member = streams.member(id);
    if (member != null && member.current().state() == MemberState.UNREVOKED_PARTITIONS) {
      sessions.awaitRevocation(
          streams.name(), id, Duration.ofMillis(member.metadata().rebalanceTimeoutMillis()));
    } else {
      sessions.revoked(streams.name(), id);
    }
  }

  private void write(List<? extends StreamsGroupRecord> records) {
    journal.write(records.stream().map(OfStreamsGroup::new).toList());
  }

  // ---- group ----

  private Group existing(String name) {
    Group group = groups.find(name);
    if (group == null) {
      throw GroupConversion.none(name);
    }
    if (group.streams == null) {
      throw GroupConversion.notOf(name, KIND);
    }
    return group;
  }

  private static StreamsGroup streams(Group group) {
    StreamsGroup streams = group.streams;
    if (streams == null) {
      throw GroupConversion.notOf(group.name, KIND);
    }
    return streams;
  }

  private StreamsGroupMemory memory(Group group) {
    StreamsGroupMemory memory = group.streamsMemory;
    if (memory == null) {
      // Seconds as a number: above all that members were told before a restart.
      memory =
          new StreamsGroupMemory(
              (int) (Duration.ofMillis(deadlines.nowMillis()).toSeconds() & 0x3fffffff));
      group.streamsMemory = memory;
    }
    return memory;
  }

  /** The group; one of the classic protocol changes over while it has no members. */
  private Group findOrMake(String name) {
    Group group = groups.find(name);
    if (group == null || group.streams == null) {
      GroupConversion.found(
          groups,
          journal,
          name,
          new OfStreamsGroup(new StreamsGroupRecord.GroupEpoch(name, 0, 0, -1, Map.of())),
          KIND);
    }
    return existing(name);
  }

  /** Makes room for the classic protocol in a group without members. */
  void giveWay(String name) {
    Group group = groups.find(name);
    if (group != null && group.streams != null) {
      GroupConversion.giveWay(
          journal,
          group,
          group.streams.forgetting().stream().map(OfStreamsGroup::new).toList(),
          KIND);
    }
  }

  // ---- member ----

  /** The member that calls, or null for a new one. */
  private @Nullable StreamsMember identify(
      StreamsGroup group, StreamsGroupMemory memory, StreamsHeartbeat request) {
    StreamsMember member = StreamsCaller.find(group, request, maxSize);
    if (member == null || member.id().equals(request.memberId())) {
      return member;
    }
    // A static member is back under another id, and has what it had.
    write(group.replacing(member, request.memberId()));
    sessions.forget(group.name(), member.id());
    memory.forget(member.id());
    return new StreamsMember(request.memberId(), member.metadata(), member.current().back());
  }

  /** Stores what is new about the member, its topology and the topics. */
  private void hear(
      Group group,
      StreamsGroup streams,
      StreamsGroupMemory memory,
      @Nullable StreamsMember known,
      StreamsHeartbeat request,
      TopicsImage image,
      StreamsGroupConfig config) {
    memory.report(request, streams.resolved(image));
    StreamsNews news = new StreamsNews(streams, memory, known, request, image, config);
    write(news.records(group.assignedFor));
    group.assignedFor = image;
    if (news.movesEndpoint()) {
      memory.endpointsChanged();
    }
  }

  // ---- leave ----

  private StreamsHeartbeat.Answer leave(StreamsHeartbeat request) {
    Group group = existing(request.group());
    StreamsGroup streams = streams(group);
    StreamsMember member = StreamsCaller.known(streams, request);
    if (request.epoch() == CurrentAssignment.AWAY) {
      write(
          List.of(
              new StreamsGroupRecord.Current(group.name, member.id(), member.current().away())));
      sessions.revoked(group.name, member.id());
    } else {
      if (request.shutsDown()) {
        memory(group).shutDown(member.id());
      }
      remove(group, streams, member);
    }
    return StreamsAnswers.farewell(member.id(), request.epoch());
  }

  private void remove(Group group, StreamsGroup streams, StreamsMember member) {
    List<StreamsGroupRecord> records = new ArrayList<>(streams.forgetting(member.id()));
    records.add(streams.bumped(null, topics.get(), configs.apply(group.name).named()));
    write(records);
    sessions.forget(group.name, member.id());
    StreamsGroupMemory memory = memory(group);
    memory.forget(member.id());
    if (member.metadata().endpoint() != null) {
      memory.endpointsChanged();
    }
    if (streams.memberIds().isEmpty()) {
      memory.shutDown(null);
    }
  }

  private void expired(String name, String memberId, String why) {
    sessions.forget(name, memberId);
    Group group = groups.find(name);
    StreamsGroup streams = group == null ? null : group.streams;
    StreamsMember member = streams == null ? null : streams.member(memberId);
    if (group == null || streams == null || member == null) {
      return;
    }
    LOG.info("Member {} of streams group {} {}: others get its tasks", memberId, name, why);
    try {
      remove(group, streams, member);
    } catch (BrokerException e) {
      LOG.warn("Member {} of group {} could not be removed: {}", memberId, name, e.getMessage());
      sessions.heardOf(name, memberId);
    }
  }

  // ---- looking ----

  StreamsGroupDescription describe(String name) {
    Group group = existing(name);
    StreamsGroup streams = streams(group);
    StreamsGroupMemory memory = memory(group);
    List<MemberDescription> members = new ArrayList<>();
    for (String id : streams.memberIds()) {
      StreamsMember member = streams.member(id);
      if (member != null) {
        members.add(new MemberDescription(member, streams.target(id), memory.of(id)));
      }
    }
    return new StreamsGroupDescription(
        name,
        streams.state(),
        streams.epoch(),
        streams.assignmentEpoch(),
        StickyTaskAssignor.NAME,
        streams.topology(),
        streams.topology() == null ? null : streams.resolved(topics.get()),
        List.copyOf(members));
  }
}
