package io.millrace.kafka.control;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers OffsetFetch: one group in the old versions, several from version 8 on (KIP-709). */
final class OffsetFetchHandler {

  private static final short FIRST_OF_MANY_GROUPS = 8;
  private static final short FIRST_BY_ID = 10;
  private static final short FIRST_WITH_ERROR = 2;
  private static final long NO_OFFSET = -1;

  private final GroupCoordinator groups;
  private final Topics topics;

  OffsetFetchHandler(GroupCoordinator groups, Topics topics) {
    this.groups = groups;
    this.topics = topics;
  }

  CompletionStage<OffsetFetchResponseData> fetch(OffsetFetchRequestData request, Caller caller) {
    if (caller.version() < FIRST_OF_MANY_GROUPS) {
      return one(asGroup(request), request.requireStable(), caller);
    }
    List<CompletionStage<OffsetFetchResponseGroup>> answers = new ArrayList<>();
    for (OffsetFetchRequestGroup group : request.groups()) {
      answers.add(group(group, request.requireStable(), caller));
    }
    return Stages.all(answers).thenApply(list -> new OffsetFetchResponseData().setGroups(list));
  }

  /** The old form of a request in the shape of the new one. */
  private static OffsetFetchRequestGroup asGroup(OffsetFetchRequestData request) {
    OffsetFetchRequestGroup group =
        new OffsetFetchRequestGroup().setGroupId(request.groupId()).setTopics(null);
    if (request.topics() == null) {
      return group;
    }
    List<OffsetFetchRequestTopics> asked = new ArrayList<>();
    for (OffsetFetchRequestTopic topic : request.topics()) {
      asked.add(
          new OffsetFetchRequestTopics()
              .setName(topic.name())
              .setPartitionIndexes(topic.partitionIndexes()));
    }
    return group.setTopics(asked);
  }

  /** The answer in its old form. */
  private CompletionStage<OffsetFetchResponseData> one(
      OffsetFetchRequestGroup group, boolean requireStable, Caller caller) {
    return group(group, requireStable, caller)
        .thenApply(
            answer -> {
              OffsetFetchResponseData response = new OffsetFetchResponseData();
              if (caller.version() >= FIRST_WITH_ERROR) {
                response.setErrorCode(answer.errorCode());
              }
              for (OffsetFetchResponseTopics topic : answer.topics()) {
                OffsetFetchResponseTopic old = new OffsetFetchResponseTopic().setName(topic.name());
                for (OffsetFetchResponsePartitions partition : topic.partitions()) {
                  old.partitions()
                      .add(
                          new OffsetFetchResponsePartition()
                              .setPartitionIndex(partition.partitionIndex())
                              .setCommittedOffset(partition.committedOffset())
                              .setCommittedLeaderEpoch(partition.committedLeaderEpoch())
                              .setMetadata(partition.metadata())
                              .setErrorCode(
                                  answer.errorCode() != 0
                                      ? answer.errorCode()
                                      : partition.errorCode()));
                }
                response.topics().add(old);
              }
              return response;
            });
  }

  private CompletionStage<OffsetFetchResponseGroup> group(
      OffsetFetchRequestGroup asked, boolean requireStable, Caller caller) {
    List<OffsetFetchRequestTopics> askedTopics = asked.topics();
    List<TopicPartition> partitions = null;
    if (askedTopics != null) {
      partitions = new ArrayList<>();
      for (OffsetFetchRequestTopics topic : askedTopics) {
        String name = name(topic, caller);
        if (name != null) {
          for (int index : topic.partitionIndexes()) {
            partitions.add(new TopicPartition(name, index));
          }
        }
      }
    }
    List<TopicPartition> wanted = partitions;
    if (!requireStable) {
      return group(asked, wanted, Set.of(), caller);
    }
    // In this order: what becomes unstable later does not change what is read now.
    return groups
        .unstable(asked.groupId())
        .thenCompose(unstable -> group(asked, wanted, unstable, caller));
  }

  private CompletionStage<OffsetFetchResponseGroup> group(
      OffsetFetchRequestGroup asked,
      @Nullable List<TopicPartition> partitions,
      Set<TopicPartition> unstable,
      Caller caller) {
    List<OffsetFetchRequestTopics> askedTopics = asked.topics();
    return groups
        .committed(
            new MemberIdentity(
                asked.groupId(),
                asked.memberEpoch(),
                asked.memberId() == null ? "" : asked.memberId(),
                null),
            partitions)
        .handle(
            (offsets, failure) -> {
              OffsetFetchResponseGroup answer =
                  new OffsetFetchResponseGroup().setGroupId(asked.groupId());
              Map<TopicPartition, CommittedOffset> known = failure == null ? offsets : Map.of();
              answer.setTopics(
                  askedTopics != null
                      ? asAsked(askedTopics, known, unstable, caller)
                      : all(known, unstable, caller));
              return failure == null ? answer : answer.setErrorCode(ErrorCodes.of(failure).code());
            });
  }

  private @Nullable String name(OffsetFetchRequestTopics topic, Caller caller) {
    if (caller.version() < FIRST_BY_ID) {
      return topic.name();
    }
    Topic found = topics.find(MetadataHandler.toUuid(topic.topicId()));
    return found == null ? null : found.name();
  }

  private List<OffsetFetchResponseTopics> asAsked(
      List<OffsetFetchRequestTopics> asked,
      Map<TopicPartition, CommittedOffset> known,
      Set<TopicPartition> unstable,
      Caller caller) {
    List<OffsetFetchResponseTopics> answers = new ArrayList<>();
    for (OffsetFetchRequestTopics topic : asked) {
      String name = name(topic, caller);
      OffsetFetchResponseTopics answer =
          new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
      for (int index : topic.partitionIndexes()) {
        answer
            .partitions()
            .add(
                name == null
                    ? line(index, null).setErrorCode(Errors.UNKNOWN_TOPIC_ID.code())
                    : line(new TopicPartition(name, index), known, unstable));
      }
      answers.add(answer);
    }
    return answers;
  }

  private List<OffsetFetchResponseTopics> all(
      Map<TopicPartition, CommittedOffset> known, Set<TopicPartition> unstable, Caller caller) {
    Map<String, OffsetFetchResponseTopics> byName = new TreeMap<>();
    Set<TopicPartition> listed = new HashSet<>(known.keySet());
    listed.addAll(unstable);
    listed.forEach(
        partition ->
            byName
                .computeIfAbsent(
                    partition.topic(),
                    name -> new OffsetFetchResponseTopics().setName(name).setTopicId(id(name)))
                .partitions()
                .add(line(partition, known, unstable)));
    if (caller.version() >= FIRST_BY_ID) {
      // A topic that has gone has no id that could be told.
      byName.values().removeIf(topic -> topic.topicId().equals(Uuid.ZERO_UUID));
    }
    return List.copyOf(byName.values());
  }

  private Uuid id(String name) {
    Topic topic = topics.find(name);
    return topic == null ? Uuid.ZERO_UUID : MetadataHandler.fromUuid(topic.id());
  }

  private static OffsetFetchResponsePartitions line(
      TopicPartition partition,
      Map<TopicPartition, CommittedOffset> known,
      Set<TopicPartition> unstable) {
    return unstable.contains(partition)
        ? line(partition.partition(), null).setErrorCode(Errors.UNSTABLE_OFFSET_COMMIT.code())
        : line(partition.partition(), known.get(partition));
  }

  private static OffsetFetchResponsePartitions line(int index, @Nullable CommittedOffset offset) {
    OffsetFetchResponsePartitions line =
        new OffsetFetchResponsePartitions().setPartitionIndex(index);
    return offset == null
        ? line.setCommittedOffset(NO_OFFSET).setMetadata("")
        : line.setCommittedOffset(offset.offset())
            .setCommittedLeaderEpoch(offset.leaderEpoch())
            .setMetadata(offset.metadata());
  }
}
