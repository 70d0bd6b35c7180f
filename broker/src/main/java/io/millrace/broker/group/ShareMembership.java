package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.consumer.Assignor;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.consumer.ConsumerGroupDescription;
import io.millrace.broker.group.consumer.ConsumerGroupRecord;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.ConsumerMemberMetadata;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.Heartbeat;
import io.millrace.broker.group.member.MemberState;
import io.millrace.broker.group.member.Members;
import io.millrace.broker.group.share.ShareHeartbeat;
import io.millrace.broker.group.share.SimpleShareAssignor;
import io.millrace.broker.topic.TopicsImage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The members of share groups: decides heartbeats, in the steps of {@link ConsumerMembership}. A
 * member has its target at once, since several may have the same partition, so nobody waits for
 * anybody. Confined to the shard's mailbox.
 */
final class ShareMembership {

  private final GroupJournal journal;
  private final Deadlines deadlines;
  private final int maxSize;
  private final Function<String, ShareGroupConfig> configs;
  private final Supplier<TopicsImage> topics;
  private final Assignor assignor = new SimpleShareAssignor();
  private final HeartbeatGroups<ConsumerGroup, ConsumerGroupRecord> groups;

  /**
   * @param configs what holds for a group
   */
  ShareMembership(
      GroupTable table,
      GroupJournal journal,
      Deadlines deadlines,
      int maxSize,
      Function<String, ShareGroupConfig> configs,
      Supplier<TopicsImage> topics) {
    this.journal = journal;
    this.deadlines = deadlines;
    this.maxSize = maxSize;
    this.configs = configs;
    this.topics = topics;
    groups =
        new HeartbeatGroups<>(
            HeartbeatProtocol.SHARE,
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

  void heartbeat(ShareHeartbeat request, CompletableFuture<ConsumerHeartbeat.Answer> answer) {
    check(request);
    if (request.epoch() == Heartbeat.LEAVE) {
      journal.answer(answer, leave(request));
      return;
    }
    boolean joins = request.epoch() == Heartbeat.JOIN;
    ConsumerGroup group =
        joins
            ? groups.findOrMake(request.group(), first(request.group()))
            : groups.existing(request.group());
    Members<ConsumerMemberMetadata, Set<TopicIdPartition>, ConsumerGroupRecord> members =
        group.members();
    String unused =
        Caller.<Set<TopicIdPartition>>find(
            request, members, current -> true, maxSize, "groups.share.max-size");
    String id = request.memberId();
    CurrentAssignment<Set<TopicIdPartition>> before = members.current(id);
    TopicsImage image = topics.get();
    groups.write(group.telling(id, request.over(members.metadata(id)), image));
    members.see(image);
    if (members.isAssignmentDue()) {
      groups.write(group.assign(assignor, image, deadlines.nowMillis()));
    }
    CurrentAssignment<Set<TopicIdPartition>> after =
        before.at(members.assignmentEpoch(), MemberState.STABLE, members.target(id), Set.of());
    if (!after.equals(before)) {
      groups.write(List.of(new ConsumerGroupRecord.Current(group.name(), id, after)));
    }
    groups.heardOf(group, id);
    boolean tell =
        joins
            || request.topics() != null
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

  private static void check(ShareHeartbeat request) {
    HeartbeatCheck.require(
        request.epoch() >= Heartbeat.LEAVE, "a member's epoch cannot be " + request.epoch());
    HeartbeatCheck.check(request, false);
    Set<String> names = request.topics();
    if (request.epoch() == Heartbeat.JOIN) {
      HeartbeatCheck.require(
          names != null && !names.isEmpty(),
          "a member that joins has to tell the names of its topics");
    }
  }

  /** Refuses those of other protocols. */
  void refuseOthers(String name) {
    if (groups.find(name) != null) {
      throw new BrokerException(
          BrokerError.INCONSISTENT_GROUP_PROTOCOL,
          "group " + name + " is a share group, and has no members of another protocol");
    }
  }

  // ---- leave ----

  private ConsumerHeartbeat.Answer leave(ShareHeartbeat request) {
    ConsumerGroup group = groups.existing(request.group());
    remove(group, Caller.known(request, group.members()));
    return new ConsumerHeartbeat.Answer(request.memberId(), request.epoch(), 0, null);
  }

  private void remove(ConsumerGroup group, String memberId) {
    groups.write(group.removing(memberId, topics.get()));
    groups.forget(group, memberId);
  }

  // ---- looking ----

  ConsumerGroupDescription describe(String name) {
    ConsumerGroup group = groups.existing(name);
    return ConsumerGroupDescription.of(group, Group.shareState(group), assignor.name());
  }

  /** Whether it is a share group without members. */
  boolean isEmptyGroup(String name) {
    ConsumerGroup group = groups.find(name);
    return group != null && group.members().ids().isEmpty();
  }

  /**
   * Passes for a share group without members.
   *
   * @throws BrokerException with {@code GROUP_NOT_FOUND} or {@code NON_EMPTY_GROUP}
   */
  void checkEmpty(String name) {
    if (!groups.existing(name).members().ids().isEmpty()) {
      throw new BrokerException(BrokerError.NON_EMPTY_GROUP, "group " + name + " has members");
    }
  }
}
