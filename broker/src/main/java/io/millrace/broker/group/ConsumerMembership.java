package io.millrace.broker.group;

import io.millrace.broker.group.consumer.Assignor;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.consumer.ConsumerGroupDescription;
import io.millrace.broker.group.consumer.ConsumerGroupRecord;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.ConsumerMemberMetadata;
import io.millrace.broker.group.consumer.PartitionGoal;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.Heartbeat;
import io.millrace.broker.group.member.Members;
import io.millrace.broker.group.member.Reconciliation;
import io.millrace.broker.topic.TopicsImage;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The members of consumer groups: decides heartbeats, each in up to three steps that are written
 * one after the other, since each rests on the one before. What the member says, and with it the
 * group epoch; the target for that epoch; the member's next assignment. Should the node end in
 * between, the next heartbeat goes on from there. Confined to the shard's mailbox.
 */
final class ConsumerMembership {

  private final GroupJournal journal;
  private final Deadlines deadlines;
  private final ConsumerGroupSettings settings;
  private final Function<String, ConsumerGroupConfig> configs;
  private final Supplier<TopicsImage> topics;
  private final List<Assignor> assignors;
  private final HeartbeatGroups<ConsumerGroup, ConsumerGroupRecord> groups;

  ConsumerMembership(
      GroupTable table,
      GroupJournal journal,
      Deadlines deadlines,
      ConsumerGroupSettings settings,
      Function<String, ConsumerGroupConfig> configs,
      Supplier<TopicsImage> topics) {
    this.journal = journal;
    this.deadlines = deadlines;
    this.settings = settings;
    this.configs = configs;
    this.topics = topics;
    assignors =
        settings.assignors().stream().map(Assignor::named).filter(Objects::nonNull).toList();
    groups =
        new HeartbeatGroups<>(
            HeartbeatProtocol.CONSUMER,
            table,
            journal,
            deadlines,
            group -> configs.apply(group).sessionTimeout(),
            this::remove);
  }

  HeartbeatGroups<ConsumerGroup, ConsumerGroupRecord> groups() {
    return groups;
  }

  // ---- heartbeat ----

  void heartbeat(ConsumerHeartbeat request, CompletableFuture<ConsumerHeartbeat.Answer> answer) {
    ConsumerHeartbeatCheck.check(request, settings.assignors());
    if (request.epoch() < Heartbeat.JOIN) {
      journal.answer(answer, leave(request));
      return;
    }
    boolean joins = request.epoch() == Heartbeat.JOIN;
    if (joins) {
      // Before a group is made for it.
      checkRegex(request.regex(), null);
    }
    ConsumerGroup group =
        joins
            ? groups.findOrConvert(request.group(), first(request.group()))
            : groups.existing(request.group());
    Members<ConsumerMemberMetadata, Set<TopicIdPartition>, ConsumerGroupRecord> members =
        group.members();
    String id = identify(group, request);
    CurrentAssignment<Set<TopicIdPartition>> before = members.current(id);
    TopicsImage image = topics.get();
    subscribe(group, id, request, image);
    if (members.isAssignmentDue()) {
      groups.write(group.assign(group.assignor(assignors), image, deadlines.nowMillis()));
    }
    CurrentAssignment<Set<TopicIdPartition>> after =
        Reconciliation.next(
            before,
            request.owned(),
            members.assignmentEpoch(),
            new PartitionGoal(members.target(id), group::isFree));
    if (!after.equals(before)) {
      groups.write(List.of(new ConsumerGroupRecord.Current(group.name(), id, after)));
    }
    groups.heardOf(group, id);
    boolean tell =
        joins
            || request.isFull()
            || request.epoch() < before.epoch()
            || !after.assigned().equals(before.assigned());
    int interval = Math.toIntExact(configs.apply(group.name()).heartbeatInterval().toMillis());
    journal.answer(
        answer,
        new ConsumerHeartbeat.Answer(id, after.epoch(), interval, tell ? after.assigned() : null));
  }

  private ConsumerGroupRecord first(String name) {
    return new ConsumerGroupRecord.GroupEpoch(name, 0, 0, deadlines.nowMillis());
  }

  /** The id of the member that calls, which may be a new one. */
  private String identify(ConsumerGroup group, ConsumerHeartbeat request) {
    String found =
        Caller.<Set<TopicIdPartition>>find(
            request,
            group.members(),
            current -> request.owned() != null && current.assigned().containsAll(request.owned()),
            settings.maxSize(),
            "groups.consumer.max-size");
    if (found != null && found.equals(request.memberId())) {
      return found;
    }
    String id = request.memberId().isEmpty() ? UUID.randomUUID().toString() : request.memberId();
    if (found != null) {
      groups.replace(group, found, id);
    }
    return id;
  }

  /** Stores what is new about the member, with the group epoch that follows from it. */
  private void subscribe(
      ConsumerGroup group, String id, ConsumerHeartbeat request, TopicsImage image) {
    ConsumerMemberMetadata before = group.members().metadata(id);
    ConsumerMemberMetadata after = request.over(before);
    checkRegex(after.regex(), before);
    groups.write(group.telling(id, after, image));
    group.members().see(image);
  }

  private static void checkRegex(@Nullable String regex, @Nullable ConsumerMemberMetadata before) {
    if (regex != null && (before == null || !regex.equals(before.regex()))) {
      ConsumerGroup.checkRegex(regex);
    }
  }

  // ---- leave ----

  private ConsumerHeartbeat.Answer leave(ConsumerHeartbeat request) {
    ConsumerGroup group = groups.existing(request.group());
    String id = Caller.known(request, group.members());
    if (request.epoch() == Heartbeat.AWAY) {
      groups.away(group, id);
    } else {
      remove(group, id);
    }
    return new ConsumerHeartbeat.Answer(id, request.epoch(), 0, null);
  }

  private void remove(ConsumerGroup group, String memberId) {
    groups.write(group.removing(memberId, topics.get()));
    groups.forget(group, memberId);
  }

  // ---- looking ----

  ConsumerGroupDescription describe(String name) {
    ConsumerGroup group = groups.existing(name);
    return ConsumerGroupDescription.of(group, group.state(), group.assignor(assignors).name());
  }
}
