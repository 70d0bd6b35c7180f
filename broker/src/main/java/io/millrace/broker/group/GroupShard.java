package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupCoordinator.GroupDescription;
import io.millrace.broker.group.GroupCoordinator.GroupListing;
import io.millrace.broker.group.GroupCoordinator.GroupType;
import io.millrace.broker.group.consumer.ConsumerGroupDescription;
import io.millrace.broker.group.consumer.ConsumerMember;
import io.millrace.broker.group.streams.StickyTaskAssignor;
import io.millrace.broker.journal.JournalReader;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.TopicsImage;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups whose records live in one partition of {@code __consumer_offsets}. Its state belongs
 * to that partition's mailbox; calls are brought into it by {@link #call}.
 */
final class GroupShard {

  private static final Logger LOG = LoggerFactory.getLogger(GroupShard.class);

  private final Mailbox mailbox;
  private final GroupTable groups;
  private final GroupJournal journal;
  private final GroupMembership membership;
  private final ConsumerMembership consumers;
  private final ShareMembership shares;
  private final StreamsMembership streams;
  private final GroupOffsets offsets;
  private final Supplier<TopicsImage> topics;
  private final Deadlines deadlines;
  private final GroupSettings settings;
  private boolean closed;

  GroupShard(
      Mailbox mailbox,
      GroupJournal.Storage storage,
      GroupSettings settings,
      Function<String, ConsumerGroupConfig> consumerConfigs,
      Function<String, ShareGroupConfig> shareConfigs,
      Function<String, StreamsGroupConfig> streamsConfigs,
      Supplier<TopicsImage> topics,
      Clock clock,
      Timer timer) {
    this.mailbox = mailbox;
    this.settings = settings;
    groups = new GroupTable(Math.max(1, settings.max() / settings.offsets().partitions()));
    deadlines = new Deadlines(clock, timer, mailbox);
    journal = new GroupJournal(storage, groups::apply, clock);
    Rebalancer rebalancer =
        new Rebalancer(journal, deadlines, settings.classic().initialRebalanceDelay());
    this.topics = topics;
    consumers =
        new ConsumerMembership(
            groups, journal, deadlines, settings.consumer(), consumerConfigs, topics);
    shares =
        new ShareMembership(
            groups, journal, deadlines, settings.share().maxSize(), shareConfigs, topics);
    streams =
        new StreamsMembership(
            groups, journal, deadlines, settings.streams().maxSize(), streamsConfigs, topics);
    membership =
        new GroupMembership(groups, rebalancer, deadlines, journal, settings, this::makeWay);
    offsets = new GroupOffsets(groups, journal, deadlines, settings, topics);
  }

  /** Makes room for the classic protocol in a group without members, or refuses. */
  private void makeWay(String group) {
    shares.refuseOthers(group);
    consumers.groups().giveWay(group);
    streams.groups().giveWay(group);
  }

  /** What a call does inside the mailbox; it may throw a {@link BrokerException}. */
  interface Work<T> {
    void run(CompletableFuture<T> answer);
  }

  /** Runs a call in the mailbox. */
  <T> CompletionStage<T> call(Work<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    mailbox.execute(
        () -> {
          try {
            if (closed) {
              throw new BrokerException(
                  BrokerError.COORDINATOR_NOT_AVAILABLE, "the node is closing");
            }
            work.run(answer);
          } catch (BrokerException e) {
            answer.completeExceptionally(e);
          } catch (RuntimeException | Error e) {
            LOG.error("A call to the group coordinator failed", e);
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  GroupMembership membership() {
    return membership;
  }

  ConsumerMembership consumers() {
    return consumers;
  }

  ShareMembership shares() {
    return shares;
  }

  StreamsMembership streams() {
    return streams;
  }

  GroupOffsets offsets() {
    return offsets;
  }

  GroupJournal journal() {
    return journal;
  }

  // ---- recovery ----

  /** Applies a record that was read back; before the first call. */
  void replay(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      GroupRecord record = GroupRecordCodec.decode(key, value);
      if (record == null) {
        LOG.warn("{} has a record of an unknown kind, which is passed over", mailbox);
      } else {
        groups.apply(record);
      }
    } catch (IllegalArgumentException e) {
      LOG.error("{} has a record that cannot be read, which is passed over", mailbox, e);
    }
  }

  /** Hands what is read back to {@link #replay}, and keeps what transactions have not decided. */
  JournalReader.Visitor replaying() {
    return new JournalReader.Visitor() {
      @Override
      public void record(ByteBuffer key, @Nullable ByteBuffer value) {
        replay(key, value);
      }

      @Override
      public void pending(long producerId, ByteBuffer key, @Nullable ByteBuffer value) {
        if (GroupRecordCodec.decode(key, value) instanceof GroupRecord.OffsetCommitted offset) {
          groups.pending().add(producerId, offset);
        }
      }

      @Override
      public void ended(long producerId, boolean commit) {
        groups.transactionEnded(producerId, commit);
      }
    };
  }

  /** A transaction has ended in this shard's partition; in the mailbox. */
  void transactionEnded(long producerId, boolean commit) {
    groups.transactionEnded(producerId, commit);
  }

  /** See {@link GroupCoordinator#unstable}. */
  Set<TopicPartition> unstable(String group) {
    return groups.pending().of(group);
  }

  /** All records have been applied: time begins to run. */
  void start() {
    mailbox.execute(
        () -> {
          membership.recovered();
          consumers.groups().recovered();
          shares.groups().recovered();
          streams.groups().recovered();
          expireLater();
        });
  }

  private void expireLater() {
    deadlines.after(
        settings.offsets().retentionCheckInterval(),
        () -> {
          if (!closed) {
            offsets.expire();
            expireLater();
          }
        });
  }

  /** Refuses calls from now on, and those that wait. */
  void close() {
    mailbox.execute(
        () -> {
          closed = true;
          consumers.groups().close();
          shares.groups().close();
          streams.groups().close();
          BrokerException closing =
              new BrokerException(BrokerError.COORDINATOR_NOT_AVAILABLE, "the node is closing");
          for (Group group : groups.all()) {
            group.promised.values().forEach(Timer.Timeout::cancel);
            if (group.phaseTimer != null) {
              group.phaseTimer.cancel();
            }
            for (Member member : group.members()) {
              deadlines.forget(member);
              Rebalancer.fail(group, member, closing);
            }
          }
        });
  }

  // ---- looking ----

  Optional<GroupDescription> describe(String name) {
    Group group = groups.find(name);
    if (group == null) {
      return Optional.empty();
    }
    if (group.consumers != null) {
      return Optional.of(describe(consumers.describe(name)));
    }
    if (group.shares != null) {
      ConsumerGroupDescription share = shares.describe(name);
      return Optional.of(
          new GroupDescription(
              name,
              GroupType.SHARE,
              share.state(),
              HeartbeatProtocol.SHARE.name(),
              share.assignor(),
              List.of()));
    }
    if (group.streams != null) {
      return Optional.of(
          new GroupDescription(
              name,
              GroupType.STREAMS,
              group.presentState(),
              HeartbeatProtocol.STREAMS.name(),
              StickyTaskAssignor.NAME,
              List.of()));
    }
    boolean settled = group.state == GroupState.STABLE;
    List<MemberDescription> members = new ArrayList<>();
    for (Member member : group.members()) {
      members.add(
          new MemberDescription(
              member.id,
              member.instanceId,
              member.clientId,
              member.clientHost,
              settled ? member.metadata(group.protocol) : Member.NOTHING,
              settled ? member.assignment : Member.NOTHING));
    }
    String protocol = settled && group.protocol != null ? group.protocol : "";
    return Optional.of(
        new GroupDescription(
            name,
            GroupType.CLASSIC,
            group.state,
            group.protocolType,
            protocol,
            List.copyOf(members)));
  }

  /** A group of the new protocol in the words of the classic one. */
  private GroupDescription describe(ConsumerGroupDescription group) {
    List<MemberDescription> members = new ArrayList<>();
    for (ConsumerGroupDescription.MemberDescription each : group.members()) {
      ConsumerMember member = each.member();
      members.add(
          new MemberDescription(
              member.id(),
              member.metadata().instanceId(),
              member.metadata().clientId(),
              member.metadata().clientHost(),
              ConsumerSubscription.subscription(member.metadata().topics()),
              ConsumerSubscription.assignment(member.current().assigned(), topics.get())));
    }
    return new GroupDescription(
        group.group(),
        GroupType.CONSUMER,
        group.state(),
        ConsumerSubscription.PROTOCOL_TYPE,
        group.assignor(),
        List.copyOf(members));
  }

  List<GroupListing> list() {
    List<GroupListing> listed = new ArrayList<>();
    for (Group group : groups.all()) {
      if (group.shares != null) {
        listed.add(
            new GroupListing(
                group.name, GroupType.SHARE, HeartbeatProtocol.SHARE.name(), group.presentState()));
        continue;
      }
      if (group.streams != null) {
        listed.add(
            new GroupListing(
                group.name,
                GroupType.STREAMS,
                HeartbeatProtocol.STREAMS.name(),
                group.presentState()));
        continue;
      }
      listed.add(
          group.consumers == null
              ? new GroupListing(group.name, GroupType.CLASSIC, group.protocolType, group.state)
              : new GroupListing(
                  group.name,
                  GroupType.CONSUMER,
                  ConsumerSubscription.PROTOCOL_TYPE,
                  group.consumers.state()));
    }
    return listed;
  }

  /** Shows the groups to a test. */
  void inspect(Consumer<Group> look) {
    mailbox.execute(() -> groups.all().forEach(look));
  }
}
