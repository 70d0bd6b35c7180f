package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupRecord.OfConsumerGroup;
import io.millrace.broker.group.consumer.Assignor;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.consumer.ConsumerGroupDescription;
import io.millrace.broker.group.consumer.ConsumerGroupRecord;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.ConsumerMember;
import io.millrace.broker.group.consumer.CurrentAssignment;
import io.millrace.broker.group.consumer.MemberMetadata;
import io.millrace.broker.group.consumer.MemberState;
import io.millrace.broker.group.consumer.Reconciliation;
import io.millrace.broker.topic.TopicsImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups of the new protocol: decides heartbeats, each in up to three steps that are written one
 * after the other, since each rests on the one before. What the member says, and with it the group
 * epoch; the target for that epoch; the member's next assignment. Should the node end in between,
 * the next heartbeat goes on from there. Confined to the shard's mailbox.
 */
final class ConsumerMembership {

  private static final String KIND = "consumer";
  private static final Logger LOG = LoggerFactory.getLogger(ConsumerMembership.class);

  private final GroupTable groups;
  private final GroupJournal journal;
  private final MemberSessions sessions;
  private final Deadlines deadlines;
  private final ConsumerGroupSettings settings;
  private final Function<String, ConsumerGroupConfig> configs;
  private final Supplier<TopicsImage> topics;
  private final List<Assignor> assignors;

  ConsumerMembership(
      GroupTable groups,
      GroupJournal journal,
      Deadlines deadlines,
      ConsumerGroupSettings settings,
      Function<String, ConsumerGroupConfig> configs,
      Supplier<TopicsImage> topics) {
    this.groups = groups;
    this.journal = journal;
    this.deadlines = deadlines;
    this.settings = settings;
    this.configs = configs;
    this.topics = topics;
    assignors =
        settings.assignors().stream().map(Assignor::named).filter(Objects::nonNull).toList();
    sessions = new MemberSessions(deadlines, group -> configs.apply(group).sessionTimeout());
    sessions.onExpiry(this::expired);
  }

  /** Members that were read back have a whole session to be heard of. */
  void recovered() {
    for (Group group : groups.all()) {
      ConsumerGroup consumers = group.consumers;
      if (consumers != null) {
        for (String id : consumers.memberIds()) {
          sessions.heardOf(group.name, id);
          ConsumerMember member = consumers.member(id);
          if (member != null) {
            watch(group.name, member);
          }
        }
      }
    }
  }

  void close() {
    sessions.close();
  }

  // ---- heartbeat ----

  void heartbeat(ConsumerHeartbeat request, CompletableFuture<ConsumerHeartbeat.Answer> answer) {
    ConsumerHeartbeatCheck.check(request, settings.assignors());
    if (request.epoch() < ConsumerHeartbeat.JOIN) {
      journal.answer(answer, leave(request));
      return;
    }
    boolean joins = request.epoch() == ConsumerHeartbeat.JOIN;
    if (joins && request.regex() != null) {
      // Before a group is made for it.
      ConsumerGroup.checkRegex(request.regex());
    }
    Group group = joins ? findOrMake(request.group()) : existing(request.group());
    ConsumerGroup consumers = consumers(group);
    ConsumerMember known = identify(consumers, request);
    String id = known != null ? known.id() : request.memberId();
    if (id.isEmpty()) {
      id = UUID.randomUUID().toString();
    }
    TopicsImage image = topics.get();
    subscribe(group, id, known, request, image);
    if (consumers.assignmentEpoch() < consumers.epoch()) {
      write(consumers.assign(consumers.assignor(assignors), image, deadlines.nowMillis()));
    }
    CurrentAssignment before = known == null ? CurrentAssignment.NONE : known.current();
    CurrentAssignment after =
        Reconciliation.next(
            before,
            request.owned(),
            consumers.assignmentEpoch(),
            consumers.target(id),
            consumers::isFree);
    if (!after.equals(before)) {
      write(List.of(new ConsumerGroupRecord.Current(group.name, id, after)));
    }
    sessions.heardOf(group.name, id);
    ConsumerMember member = consumers.member(id);
    if (member != null) {
      watch(group.name, member);
    }
    boolean tell =
        joins
            || request.isFull()
            || request.epoch() < before.epoch()
            || !after.assigned().equals(before.assigned());
    journal.answer(
        answer,
        new ConsumerHeartbeat.Answer(
            id, after.epoch(), intervalMillis(request.group()), tell ? after.assigned() : null));
  }

  private int intervalMillis(String group) {
    return Math.toIntExact(configs.apply(group).heartbeatInterval().toMillis());
  }

  private void watch(String group, ConsumerMember member) {
    if (member.current().state() == MemberState.UNREVOKED_PARTITIONS) {
      sessions.awaitRevocation(
          group, member.id(), Duration.ofMillis(member.metadata().rebalanceTimeoutMillis()));
    } else {
      sessions.revoked(group, member.id());
    }
  }

  private void write(List<? extends ConsumerGroupRecord> records) {
    journal.write(records.stream().map(OfConsumerGroup::new).toList());
  }

  // ---- group ----

  private Group existing(String name) {
    Group group = groups.find(name);
    if (group == null) {
      throw GroupConversion.none(name);
    }
    if (group.consumers == null) {
      throw GroupConversion.notOf(name, KIND);
    }
    return group;
  }

  private static ConsumerGroup consumers(Group group) {
    ConsumerGroup consumers = group.consumers;
    if (consumers == null) {
      throw GroupConversion.notOf(group.name, KIND);
    }
    return consumers;
  }

  /** The group; one of the classic protocol changes over while it has no members. */
  private Group findOrMake(String name) {
    Group group = groups.find(name);
    if (group == null || group.consumers == null) {
      GroupConversion.found(
          groups,
          journal,
          name,
          new OfConsumerGroup(
              new ConsumerGroupRecord.GroupEpoch(name, 0, 0, deadlines.nowMillis())),
          KIND);
    }
    return existing(name);
  }

  /** Makes room for the classic protocol in a group without members. */
  void giveWay(String name) {
    Group group = groups.find(name);
    if (group != null && group.consumers != null) {
      GroupConversion.giveWay(
          journal,
          group,
          group.consumers.forgetting().stream().map(OfConsumerGroup::new).toList(),
          KIND);
    }
  }

  // ---- member ----

  /** The member that calls, or null for a new one. */
  private @Nullable ConsumerMember identify(ConsumerGroup group, ConsumerHeartbeat request) {
    String instanceId = request.instanceId();
    ConsumerMember member =
        instanceId == null ? group.member(request.memberId()) : group.ofInstance(instanceId);
    if (request.epoch() != ConsumerHeartbeat.JOIN) {
      ConsumerMember known = known(group, request, member);
      ConsumerHeartbeatCheck.checkEpoch(group.name(), known, request.epoch(), request.owned());
      return known;
    }
    if (member == null) {
      ConsumerMember dynamic = group.member(request.memberId());
      if (dynamic == null && group.memberIds().size() >= settings.maxSize()) {
        throw new BrokerException(
            BrokerError.GROUP_FULL,
            "group "
                + group.name()
                + " has "
                + settings.maxSize()
                + " members, which is as many as groups.consumer.max.size allows");
      }
      return dynamic;
    }
    if (instanceId == null || member.id().equals(request.memberId())) {
      return member;
    }
    if (member.current().epoch() != CurrentAssignment.AWAY) {
      throw new BrokerException(
          BrokerError.UNRELEASED_INSTANCE_ID,
          "group "
              + group.name()
              + " has member "
              + member.id()
              + " for instance "
              + instanceId
              + ", which has not left");
    }
    return takeOver(group, member, request.memberId());
  }

  /** A static member is back under another id, and has what it had. */
  private ConsumerMember takeOver(ConsumerGroup group, ConsumerMember old, String newId) {
    String id = newId.isEmpty() ? UUID.randomUUID().toString() : newId;
    write(group.replacing(old, id));
    sessions.forget(group.name(), old.id());
    return new ConsumerMember(id, old.metadata(), old.current().back());
  }

  private static ConsumerMember known(
      ConsumerGroup group, ConsumerHeartbeat request, @Nullable ConsumerMember member) {
    if (member == null) {
      throw GroupMembership.unknown(group.name(), request.memberId());
    }
    if (!member.id().equals(request.memberId())) {
      throw new BrokerException(
          BrokerError.FENCED_INSTANCE_ID,
          "group "
              + group.name()
              + " has member "
              + member.id()
              + " for instance "
              + request.instanceId()
              + ", not "
              + request.memberId());
    }
    return member;
  }

  /**
   * Stores what is new about the member, with the group epoch that follows from it. Nothing to look
   * at when the topics are the very same image as before.
   */
  @SuppressWarnings("ReferenceEquality")
  private void subscribe(
      Group group,
      String id,
      @Nullable ConsumerMember known,
      ConsumerHeartbeat request,
      TopicsImage image) {
    ConsumerGroup consumers = consumers(group);
    MemberMetadata before = known == null ? null : known.metadata();
    MemberMetadata after = request.over(before);
    if (after.equals(before) && group.assignedFor == image) {
      return;
    }
    if (after.regex() != null && (before == null || !after.regex().equals(before.regex()))) {
      ConsumerGroup.checkRegex(after.regex());
    }
    List<ConsumerGroupRecord> records = new ArrayList<>();
    if (!after.equals(before)) {
      records.add(new ConsumerGroupRecord.Member(group.name, id, after));
    }
    long hash = consumers.hashOfTopics(image, id, after);
    if (before == null
        || !after.topics().equals(before.topics())
        || !Objects.equals(after.regex(), before.regex())
        || !Objects.equals(after.assignor(), before.assignor())
        || hash != consumers.metadataHash()) {
      records.add(consumers.bumped(hash));
    }
    write(records);
    group.assignedFor = image;
  }

  // ---- leave ----

  private ConsumerHeartbeat.Answer leave(ConsumerHeartbeat request) {
    Group group = existing(request.group());
    ConsumerGroup consumers = consumers(group);
    String instanceId = request.instanceId();
    ConsumerMember member =
        known(
            consumers,
            request,
            instanceId == null
                ? consumers.member(request.memberId())
                : consumers.ofInstance(instanceId));
    if (request.epoch() == CurrentAssignment.AWAY) {
      write(
          List.of(
              new ConsumerGroupRecord.Current(group.name, member.id(), member.current().away())));
      sessions.revoked(group.name, member.id());
    } else {
      remove(consumers, member.id());
    }
    return new ConsumerHeartbeat.Answer(member.id(), request.epoch(), 0, null);
  }

  private void remove(ConsumerGroup group, String memberId) {
    List<ConsumerGroupRecord> records = new ArrayList<>(group.forgetting(memberId));
    records.add(group.bumped(group.hashOfTopics(topics.get(), memberId, null)));
    write(records);
    sessions.forget(group.name(), memberId);
  }

  private void expired(String name, String memberId, String why) {
    sessions.forget(name, memberId);
    Group group = groups.find(name);
    ConsumerGroup consumers = group == null ? null : group.consumers;
    if (consumers == null || consumers.member(memberId) == null) {
      return;
    }
    LOG.info("Member {} of group {} {}: others get its partitions", memberId, name, why);
    try {
      remove(consumers, memberId);
    } catch (BrokerException e) {
      LOG.warn("Member {} of group {} could not be removed: {}", memberId, name, e.getMessage());
      sessions.heardOf(name, memberId);
    }
  }

  // ---- looking ----

  /** Whether a member subscribes to the topic now. */
  boolean isSubscribedTo(ConsumerGroup group, String topic) {
    return group.isSubscribedTo(topic, topics.get());
  }

  ConsumerGroupDescription describe(String name) {
    Group group = existing(name);
    ConsumerGroup consumers = consumers(group);
    List<ConsumerGroupDescription.MemberDescription> members = new ArrayList<>();
    for (String id : consumers.memberIds()) {
      ConsumerMember member = consumers.member(id);
      if (member != null) {
        members.add(new ConsumerGroupDescription.MemberDescription(member, consumers.target(id)));
      }
    }
    return new ConsumerGroupDescription(
        name,
        consumers.state(),
        consumers.epoch(),
        consumers.assignmentEpoch(),
        consumers.assignor(assignors).name(),
        List.copyOf(members));
  }
}
