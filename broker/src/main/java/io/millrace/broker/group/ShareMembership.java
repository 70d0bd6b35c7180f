package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupRecord.OfShareGroup;
import io.millrace.broker.group.consumer.Assignor;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.consumer.ConsumerGroupDescription;
import io.millrace.broker.group.consumer.ConsumerGroupRecord;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.ConsumerMember;
import io.millrace.broker.group.consumer.CurrentAssignment;
import io.millrace.broker.group.consumer.MemberMetadata;
import io.millrace.broker.group.consumer.MemberState;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.share.ShareHeartbeat;
import io.millrace.broker.group.share.SimpleShareAssignor;
import io.millrace.broker.topic.TopicsImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of share groups: decides heartbeats, in the steps of {@link ConsumerMembership}. A
 * member has its target at once, since several may have the same partition, so nobody waits for
 * anybody. Confined to the shard's mailbox.
 */
final class ShareMembership {

  private static final Logger LOG = LoggerFactory.getLogger(ShareMembership.class);

  private final GroupTable groups;
  private final GroupJournal journal;
  private final MemberSessions sessions;
  private final Deadlines deadlines;
  private final int maxSize;
  private final Function<String, ShareGroupConfig> configs;
  private final Supplier<TopicsImage> topics;
  private final Assignor assignor = new SimpleShareAssignor();

  /**
   * @param configs what holds for a group
   */
  ShareMembership(
      GroupTable groups,
      GroupJournal journal,
      Deadlines deadlines,
      int maxSize,
      Function<String, ShareGroupConfig> configs,
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
      if (group.shares != null) {
        group.shares.memberIds().forEach(id -> sessions.heardOf(group.name, id));
      }
    }
  }

  void close() {
    sessions.close();
  }

  // ---- heartbeat ----

  void heartbeat(ShareHeartbeat request, CompletableFuture<ConsumerHeartbeat.Answer> answer) {
    check(request);
    if (request.epoch() == ShareHeartbeat.LEAVE) {
      journal.answer(answer, leave(request));
      return;
    }
    boolean joins = request.epoch() == ShareHeartbeat.JOIN;
    Group group = joins ? findOrMake(request.group()) : existing(request.group());
    ConsumerGroup shares = shares(group);
    ConsumerMember known = shares.member(request.memberId());
    if (joins) {
      checkRoom(shares, known);
    } else {
      checkEpoch(shares, request, known);
    }
    TopicsImage image = topics.get();
    subscribe(group, shares, known, request, image);
    if (shares.assignmentEpoch() < shares.epoch()) {
      write(shares.assign(assignor, image, deadlines.nowMillis()));
    }
    String id = request.memberId();
    CurrentAssignment before = known == null ? CurrentAssignment.NONE : known.current();
    CurrentAssignment after = next(before, shares.assignmentEpoch(), shares.target(id));
    if (!after.equals(before)) {
      write(List.of(new ConsumerGroupRecord.Current(group.name, id, after)));
    }
    sessions.heardOf(group.name, id);
    boolean tell =
        joins
            || request.topics() != null
            || request.epoch() < before.epoch()
            || !after.assigned().equals(before.assigned());
    int interval = Math.toIntExact(configs.apply(group.name).heartbeatInterval().toMillis());
    journal.answer(
        answer,
        new ConsumerHeartbeat.Answer(id, after.epoch(), interval, tell ? after.assigned() : null));
  }

  private static CurrentAssignment next(
      CurrentAssignment before, int epoch, Set<TopicIdPartition> target) {
    if (before.epoch() == epoch && before.assigned().equals(target)) {
      return before;
    }
    int previous = before.epoch() == epoch ? before.previousEpoch() : before.epoch();
    return new CurrentAssignment(epoch, previous, MemberState.STABLE, target, Set.of());
  }

  private static void check(ShareHeartbeat request) {
    require(!request.group().isEmpty(), "a group's name cannot be empty");
    require(!request.memberId().isEmpty(), "a member's id cannot be empty");
    require(!"".equals(request.rackId()), "a rack id cannot be empty");
    require(
        request.epoch() >= ShareHeartbeat.LEAVE, "a member's epoch cannot be " + request.epoch());
    Set<String> names = request.topics();
    if (request.epoch() == ShareHeartbeat.JOIN) {
      require(
          names != null && !names.isEmpty(),
          "a member that joins has to tell the names of its topics");
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new BrokerException(BrokerError.INVALID_GROUP_REQUEST, otherwise);
    }
  }

  private void checkRoom(ConsumerGroup shares, @Nullable ConsumerMember known) {
    if (known == null && shares.memberIds().size() >= maxSize) {
      throw new BrokerException(
          BrokerError.GROUP_FULL,
          "group "
              + shares.name()
              + " has "
              + maxSize
              + " members, which is as many as groups.share.max.size allows");
    }
  }

  /** The epoch before is accepted too: the answer to the last heartbeat may have been lost. */
  private static void checkEpoch(
      ConsumerGroup shares, ShareHeartbeat request, @Nullable ConsumerMember member) {
    if (member == null) {
      throw GroupMembership.unknown(shares.name(), request.memberId());
    }
    CurrentAssignment current = member.current();
    if (request.epoch() != current.epoch() && request.epoch() != current.previousEpoch()) {
      throw new BrokerException(
          BrokerError.FENCED_MEMBER_EPOCH,
          "member "
              + member.id()
              + " of group "
              + shares.name()
              + " is in epoch "
              + current.epoch()
              + ", not "
              + request.epoch()
              + "; it must join again");
    }
  }

  private void write(List<? extends ConsumerGroupRecord> records) {
    journal.write(records.stream().map(OfShareGroup::new).toList());
  }

  /** Nothing to look at when the topics are the very same image as before. */
  @SuppressWarnings("ReferenceEquality")
  private void subscribe(
      Group group,
      ConsumerGroup shares,
      @Nullable ConsumerMember known,
      ShareHeartbeat request,
      TopicsImage image) {
    MemberMetadata before = known == null ? null : known.metadata();
    MemberMetadata after = request.over(before);
    if (after.equals(before) && group.assignedFor == image) {
      return;
    }
    List<ConsumerGroupRecord> records = new ArrayList<>();
    if (!after.equals(before)) {
      records.add(new ConsumerGroupRecord.Member(group.name, request.memberId(), after));
    }
    long hash = shares.hashOfTopics(image, request.memberId(), after);
    if (before == null
        || !after.topics().equals(before.topics())
        || hash != shares.metadataHash()) {
      records.add(shares.bumped(hash));
    }
    write(records);
    group.assignedFor = image;
  }

  // ---- group ----

  private Group existing(String name) {
    Group group = groups.find(name);
    if (group == null || group.shares == null) {
      throw notFound(name, group);
    }
    return group;
  }

  private static BrokerException notFound(String name, @Nullable Group group) {
    return group == null ? GroupConversion.none(name) : GroupConversion.notOf(name, "share");
  }

  private static ConsumerGroup shares(Group group) {
    ConsumerGroup shares = group.shares;
    if (shares == null) {
      throw notFound(group.name, group);
    }
    return shares;
  }

  private Group findOrMake(String name) {
    Group group = groups.findOrCreate(name);
    if (group.shares != null) {
      return group;
    }
    if (!group.isBlank() || group.generation > 0) {
      throw notFound(name, group);
    }
    try {
      write(List.of(new ConsumerGroupRecord.GroupEpoch(name, 0, 0, deadlines.nowMillis())));
    } finally {
      groups.dropIfBlank(group);
    }
    return existing(name);
  }

  /** Refuses those of other protocols. */
  void refuseOthers(String name) {
    Group group = groups.find(name);
    if (group != null && group.shares != null) {
      throw new BrokerException(
          BrokerError.INCONSISTENT_GROUP_PROTOCOL,
          "group " + name + " is a share group, and has no members of another protocol");
    }
  }

  // ---- leave ----

  private ConsumerHeartbeat.Answer leave(ShareHeartbeat request) {
    ConsumerGroup shares = shares(existing(request.group()));
    if (shares.member(request.memberId()) == null) {
      throw GroupMembership.unknown(request.group(), request.memberId());
    }
    remove(shares, request.memberId());
    return new ConsumerHeartbeat.Answer(request.memberId(), request.epoch(), 0, null);
  }

  private void remove(ConsumerGroup shares, String memberId) {
    List<ConsumerGroupRecord> records = new ArrayList<>(shares.forgetting(memberId));
    records.add(shares.bumped(shares.hashOfTopics(topics.get(), memberId, null)));
    write(records);
    sessions.forget(shares.name(), memberId);
  }

  private void expired(String name, String memberId, String why) {
    sessions.forget(name, memberId);
    Group group = groups.find(name);
    ConsumerGroup shares = group == null ? null : group.shares;
    if (shares == null || shares.member(memberId) == null) {
      return;
    }
    LOG.info("Member {} of share group {} {}: others get its partitions", memberId, name, why);
    try {
      remove(shares, memberId);
    } catch (BrokerException e) {
      LOG.warn("Member {} of group {} could not be removed: {}", memberId, name, e.getMessage());
      sessions.heardOf(name, memberId);
    }
  }

  // ---- looking ----

  ConsumerGroupDescription describe(String name) {
    ConsumerGroup shares = shares(existing(name));
    List<ConsumerGroupDescription.MemberDescription> members = new ArrayList<>();
    for (String id : shares.memberIds()) {
      ConsumerMember member = shares.member(id);
      if (member != null) {
        members.add(new ConsumerGroupDescription.MemberDescription(member, shares.target(id)));
      }
    }
    return new ConsumerGroupDescription(
        name,
        Group.shareState(shares),
        shares.epoch(),
        shares.assignmentEpoch(),
        assignor.name(),
        List.copyOf(members));
  }

  /** Whether it is a share group without members. */
  boolean isEmptyGroup(String name) {
    Group group = groups.find(name);
    return group != null && group.shares != null && group.shares.memberIds().isEmpty();
  }

  /**
   * Passes for a share group without members.
   *
   * @throws BrokerException with {@code GROUP_NOT_FOUND} or {@code NON_EMPTY_GROUP}
   */
  void checkEmpty(String name) {
    if (!shares(existing(name)).memberIds().isEmpty()) {
      throw new BrokerException(BrokerError.NON_EMPTY_GROUP, "group " + name + " has members");
    }
  }
}
