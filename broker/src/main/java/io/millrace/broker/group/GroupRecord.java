package io.millrace.broker.group;

import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.consumer.ConsumerGroupRecord;
import io.millrace.broker.group.streams.StreamsGroupRecord;
import io.millrace.broker.topic.TopicPartition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fact in {@code __consumer_offsets}. A later one with the same key replaces an earlier one. */
sealed interface GroupRecord {

  /** The group that it is about, which decides the partition that it goes to. */
  String group();

  /** A group has consumed a partition up to an offset. */
  record OffsetCommitted(String group, TopicPartition partition, CommittedOffset offset)
      implements GroupRecord {}

  /** A committed offset has expired or was deleted: a tombstone. */
  record OffsetForgotten(String group, TopicPartition partition) implements GroupRecord {}

  /**
   * A generation with its members and what each of them works on; without members, an empty group.
   *
   * @param stateMillis when the group came into this state
   */
  record GenerationStored(
      String group,
      String protocolType,
      int generation,
      @Nullable String protocol,
      @Nullable String leader,
      long stateMillis,
      List<StoredMember> members)
      implements GroupRecord {}

  /** A fact about a group of the new protocol. */
  record OfConsumerGroup(ConsumerGroupRecord record) implements GroupRecord {

    @Override
    public String group() {
      return record.group();
    }
  }

  /** A fact about a share group's members, which are kept as those of a consumer group. */
  record OfShareGroup(ConsumerGroupRecord record) implements GroupRecord {

    @Override
    public String group() {
      return record.group();
    }
  }

  /** A fact about a streams group. */
  record OfStreamsGroup(StreamsGroupRecord record) implements GroupRecord {

    @Override
    public String group() {
      return record.group();
    }
  }

  /** A group has gone: a tombstone. */
  record GroupForgotten(String group) implements GroupRecord {}

  /**
   * A member of a stored generation.
   *
   * @param subscription its metadata for the protocol that was chosen
   */
  record StoredMember(
      String memberId,
      @Nullable String instanceId,
      String clientId,
      String clientHost,
      int rebalanceTimeoutMillis,
      int sessionTimeoutMillis,
      byte[] subscription,
      byte[] assignment) {}
}
