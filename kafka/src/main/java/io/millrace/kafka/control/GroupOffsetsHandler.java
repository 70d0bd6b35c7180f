package io.millrace.kafka.control;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers OffsetCommit and OffsetDelete. */
final class GroupOffsetsHandler {

  private static final short FIRST_COMMIT_BY_EPOCH = 9;
  private static final short FIRST_COMMIT_BY_ID = 10;

  private final GroupCoordinator groups;
  private final Topics topics;
  private final Clock clock;

  GroupOffsetsHandler(GroupCoordinator groups, Topics topics, Clock clock) {
    this.groups = groups;
    this.topics = topics;
    this.clock = clock;
  }

  // ---- OffsetCommit ----

  CompletionStage<OffsetCommitResponseData> commit(OffsetCommitRequestData request, Caller caller) {
    long now = clock.millis();
    Map<TopicPartition, CommittedOffset> offsets = new LinkedHashMap<>();
    List<@Nullable Topic> found = new ArrayList<>();
    for (OffsetCommitRequestTopic asked : request.topics()) {
      Topic topic =
          caller.version() >= FIRST_COMMIT_BY_ID
              ? topics.find(MetadataHandler.toUuid(asked.topicId()))
              : topics.find(asked.name());
      found.add(topic);
      if (topic == null) {
        continue;
      }
      for (OffsetCommitRequestPartition partition : asked.partitions()) {
        if (topic.has(partition.partitionIndex())) {
          offsets.put(
              new TopicPartition(topic.name(), partition.partitionIndex()),
              new CommittedOffset(
                  partition.committedOffset(),
                  partition.committedLeaderEpoch(),
                  partition.committedMetadata() == null ? "" : partition.committedMetadata(),
                  now));
        }
      }
    }
    MemberIdentity member =
        new MemberIdentity(
            request.groupId(),
            request.generationIdOrMemberEpoch(),
            request.memberId(),
            request.groupInstanceId());
    return groups
        .commit(member, offsets)
        .handle(
            (done, failure) ->
                answer(
                    request,
                    caller,
                    found,
                    failure == null ? Errors.NONE : refusal(failure, caller)));
  }

  /** A client that knows of no member epochs is told so (KIP-848). */
  private static Errors refusal(Throwable failure, Caller caller) {
    Errors error = ErrorCodes.of(failure);
    return error == Errors.STALE_MEMBER_EPOCH && caller.version() < FIRST_COMMIT_BY_EPOCH
        ? Errors.UNSUPPORTED_VERSION
        : error;
  }

  private static OffsetCommitResponseData answer(
      OffsetCommitRequestData request, Caller caller, List<@Nullable Topic> found, Errors error) {
    Errors unknown =
        caller.version() >= FIRST_COMMIT_BY_ID
            ? Errors.UNKNOWN_TOPIC_ID
            : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    List<OffsetCommitResponseTopic> answers = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      OffsetCommitRequestTopic asked = request.topics().get(i);
      Topic topic = found.get(i);
      List<OffsetCommitResponsePartition> partitions = new ArrayList<>();
      for (OffsetCommitRequestPartition partition : asked.partitions()) {
        Errors each =
            topic == null
                ? unknown
                : topic.has(partition.partitionIndex()) ? error : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        partitions.add(
            new OffsetCommitResponsePartition()
                .setPartitionIndex(partition.partitionIndex())
                .setErrorCode(each.code()));
      }
      answers.add(
          new OffsetCommitResponseTopic()
              .setName(asked.name())
              .setTopicId(asked.topicId())
              .setPartitions(partitions));
    }
    return new OffsetCommitResponseData().setTopics(answers);
  }

  // ---- OffsetDelete ----

  /** Each topic has its own outcome: one may be in use by the group, and another not. */
  CompletionStage<OffsetDeleteResponseData> delete(OffsetDeleteRequestData request, Caller caller) {
    Set<String> known = new HashSet<>();
    Map<String, CompletionStage<Errors>> outcomes = new HashMap<>();
    List<CompletionStage<Errors>> all = new ArrayList<>();
    for (OffsetDeleteRequestTopic topic : request.topics()) {
      if (topics.find(topic.name()) != null && known.add(topic.name())) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (OffsetDeleteRequestPartition partition : topic.partitions()) {
          partitions.add(new TopicPartition(topic.name(), partition.partitionIndex()));
        }
        CompletionStage<Errors> outcome =
            groups
                .deleteOffsets(request.groupId(), partitions)
                .handle((done, failure) -> failure == null ? Errors.NONE : ErrorCodes.of(failure));
        outcomes.put(topic.name(), outcome);
        all.add(outcome);
      }
    }
    return Stages.all(all).thenApply(done -> answer(request, outcomes));
  }

  private static OffsetDeleteResponseData answer(
      OffsetDeleteRequestData request, Map<String, CompletionStage<Errors>> outcomes) {
    OffsetDeleteResponseData response = new OffsetDeleteResponseData();
    for (OffsetDeleteRequestTopic topic : request.topics()) {
      CompletionStage<Errors> outcome = outcomes.get(topic.name());
      Errors error =
          outcome == null
              ? Errors.UNKNOWN_TOPIC_OR_PARTITION
              : outcome.toCompletableFuture().join();
      if (ofWholeGroup(error)) {
        return new OffsetDeleteResponseData().setErrorCode(error.code());
      }
      OffsetDeleteResponseTopic answer = new OffsetDeleteResponseTopic().setName(topic.name());
      for (OffsetDeleteRequestPartition partition : topic.partitions()) {
        answer
            .partitions()
            .add(
                new OffsetDeleteResponsePartition()
                    .setPartitionIndex(partition.partitionIndex())
                    .setErrorCode(error.code()));
      }
      response.topics().add(answer);
    }
    return response;
  }

  private static boolean ofWholeGroup(Errors error) {
    return error != Errors.NONE
        && error != Errors.UNKNOWN_TOPIC_OR_PARTITION
        && error != Errors.GROUP_SUBSCRIBED_TO_TOPIC;
  }
}
