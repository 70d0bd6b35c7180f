package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.broker.group.share.SharePartitionKey;
import io.millrace.broker.group.share.SharePartitions.ShareOffset;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestPartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData.DeleteShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers DescribeShareGroupOffsets, AlterShareGroupOffsets and DeleteShareGroupOffsets. */
final class ShareGroupOffsetsHandler {

  private static final long UNKNOWN = -1;

  private final Broker broker;

  ShareGroupOffsetsHandler(Broker broker) {
    this.broker = broker;
  }

  // ---- DescribeShareGroupOffsets ----

  CompletionStage<DescribeShareGroupOffsetsResponseData> describe(
      DescribeShareGroupOffsetsRequestData request, Caller caller) {
    List<CompletionStage<DescribeShareGroupOffsetsResponseGroup>> groups = new ArrayList<>();
    for (DescribeShareGroupOffsetsRequestGroup asked : request.groups()) {
      groups.add(
          broker
              .groups()
              .describeShares(asked.groupId())
              .thenCompose(unused -> broker.shares().offsets(asked.groupId()))
              .handle(
                  (offsets, failure) ->
                      failure == null
                          ? described(asked, offsets)
                          : new DescribeShareGroupOffsetsResponseGroup()
                              .setGroupId(asked.groupId())
                              .setErrorCode(ErrorCodes.of(failure).code())
                              .setErrorMessage(ErrorCodes.cause(failure).getMessage())));
    }
    return Stages.all(groups)
        .thenApply(all -> new DescribeShareGroupOffsetsResponseData().setGroups(all));
  }

  private DescribeShareGroupOffsetsResponseGroup described(
      DescribeShareGroupOffsetsRequestGroup asked, List<ShareOffset> offsets) {
    Map<SharePartitionKey, ShareOffset> known = new HashMap<>();
    offsets.forEach(offset -> known.put(offset.key(), offset));
    Map<String, Collection<Integer>> wanted = new TreeMap<>();
    if (asked.topics() == null) {
      for (ShareOffset offset : offsets) {
        Topic topic = broker.topics().find(offset.key().topicId());
        if (topic != null) {
          wanted
              .computeIfAbsent(topic.name(), name -> new TreeSet<>())
              .add(offset.key().partition());
        }
      }
    } else {
      for (DescribeShareGroupOffsetsRequestTopic topic : asked.topics()) {
        wanted.put(topic.topicName(), topic.partitions());
      }
    }
    List<DescribeShareGroupOffsetsResponseTopic> topics = new ArrayList<>();
    wanted.forEach(
        (name, partitions) -> topics.add(described(asked.groupId(), name, partitions, known)));
    return new DescribeShareGroupOffsetsResponseGroup()
        .setGroupId(asked.groupId())
        .setTopics(topics);
  }

  private DescribeShareGroupOffsetsResponseTopic described(
      String group,
      String name,
      Collection<Integer> partitions,
      Map<SharePartitionKey, ShareOffset> known) {
    Topic topic = broker.topics().find(name);
    DescribeShareGroupOffsetsResponseTopic answer =
        new DescribeShareGroupOffsetsResponseTopic().setTopicName(name);
    if (topic != null) {
      answer.setTopicId(MetadataHandler.fromUuid(topic.id()));
    }
    for (int index : partitions) {
      DescribeShareGroupOffsetsResponsePartition partition =
          new DescribeShareGroupOffsetsResponsePartition()
              .setPartitionIndex(index)
              .setStartOffset(UNKNOWN)
              .setLag(UNKNOWN);
      Partition log = broker.topics().find(name, index);
      if (topic == null || log == null) {
        partition
            .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
            .setErrorMessage("there is no partition " + name + "-" + index);
      } else {
        ShareOffset offset = known.get(new SharePartitionKey(group, topic.id(), index));
        if (offset != null) {
          long behind = log.highWatermark() - offset.start() - offset.finished();
          partition
              .setStartOffset(offset.start())
              .setLeaderEpoch(log.leaderEpoch())
              .setLag(Math.max(0, behind));
        }
      }
      answer.partitions().add(partition);
    }
    return answer;
  }

  // ---- AlterShareGroupOffsets ----

  CompletionStage<AlterShareGroupOffsetsResponseData> alter(
      AlterShareGroupOffsetsRequestData request, Caller caller) {
    return broker
        .groups()
        .checkEmptyShareGroup(request.groupId())
        .thenCompose(empty -> alterEach(request))
        .exceptionally(
            failure ->
                new AlterShareGroupOffsetsResponseData()
                    .setErrorCode(ErrorCodes.of(failure).code())
                    .setErrorMessage(ErrorCodes.cause(failure).getMessage()));
  }

  private CompletionStage<AlterShareGroupOffsetsResponseData> alterEach(
      AlterShareGroupOffsetsRequestData request) {
    AlterShareGroupOffsetsResponseData response = new AlterShareGroupOffsetsResponseData();
    List<CompletionStage<Boolean>> all = new ArrayList<>();
    for (AlterShareGroupOffsetsRequestTopic asked : request.topics()) {
      Topic topic = broker.topics().find(asked.topicName());
      AlterShareGroupOffsetsResponseTopic answer =
          new AlterShareGroupOffsetsResponseTopic().setTopicName(asked.topicName());
      if (topic != null) {
        answer.setTopicId(MetadataHandler.fromUuid(topic.id()));
      }
      response.responses().add(answer);
      for (AlterShareGroupOffsetsRequestPartition partition : asked.partitions()) {
        AlterShareGroupOffsetsResponsePartition outcome =
            new AlterShareGroupOffsetsResponsePartition()
                .setPartitionIndex(partition.partitionIndex());
        answer.partitions().add(outcome);
        all.add(
            alter(request.groupId(), topic, partition)
                .handle(
                    (done, failure) -> {
                      if (failure != null) {
                        outcome
                            .setErrorCode(ErrorCodes.of(failure).code())
                            .setErrorMessage(ErrorCodes.cause(failure).getMessage());
                      }
                      return failure == null;
                    }));
      }
    }
    return Stages.all(all).thenApply(done -> response);
  }

  private CompletionStage<Void> alter(
      String group, @Nullable Topic topic, AlterShareGroupOffsetsRequestPartition asked) {
    if (topic == null || !topic.has(asked.partitionIndex())) {
      return CompletableFuture.failedFuture(
          Errors.UNKNOWN_TOPIC_OR_PARTITION.exception("there is no such partition"));
    }
    if (asked.startOffset() < 0) {
      return CompletableFuture.failedFuture(
          Errors.INVALID_REQUEST.exception(
              "a start offset of " + asked.startOffset() + "; allowed: 0 or more"));
    }
    return broker
        .shares()
        .startAt(
            new SharePartitionKey(group, topic.id(), asked.partitionIndex()), asked.startOffset());
  }

  // ---- DeleteShareGroupOffsets ----

  CompletionStage<DeleteShareGroupOffsetsResponseData> delete(
      DeleteShareGroupOffsetsRequestData request, Caller caller) {
    return broker
        .groups()
        .checkEmptyShareGroup(request.groupId())
        .thenCompose(empty -> deleteEach(request))
        .exceptionally(
            failure ->
                new DeleteShareGroupOffsetsResponseData()
                    .setErrorCode(ErrorCodes.of(failure).code())
                    .setErrorMessage(ErrorCodes.cause(failure).getMessage()));
  }

  private CompletionStage<DeleteShareGroupOffsetsResponseData> deleteEach(
      DeleteShareGroupOffsetsRequestData request) {
    List<CompletionStage<DeleteShareGroupOffsetsResponseTopic>> all = new ArrayList<>();
    for (DeleteShareGroupOffsetsRequestTopic asked : request.topics()) {
      Topic topic = broker.topics().find(asked.topicName());
      DeleteShareGroupOffsetsResponseTopic answer =
          new DeleteShareGroupOffsetsResponseTopic().setTopicName(asked.topicName());
      if (topic == null) {
        all.add(
            CompletableFuture.completedFuture(
                answer
                    .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .setErrorMessage("there is no topic " + asked.topicName())));
        continue;
      }
      answer.setTopicId(MetadataHandler.fromUuid(topic.id()));
      all.add(
          broker
              .shares()
              .forget(request.groupId(), topic.id())
              .handle(
                  (known, failure) -> {
                    if (failure != null) {
                      return answer
                          .setErrorCode(ErrorCodes.of(failure).code())
                          .setErrorMessage(ErrorCodes.cause(failure).getMessage());
                    }
                    return known
                        ? answer
                        : answer
                            .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                            .setErrorMessage("the group has read nothing of the topic");
                  }));
    }
    return Stages.all(all)
        .thenApply(list -> new DeleteShareGroupOffsetsResponseData().setResponses(list));
  }
}
