package io.millrace.kafka.control;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.Operation;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.ArrayList;
import java.util.List;
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

/**
 * The guard of OffsetFetch: groups that may not be looked at are refused, and so are topics that
 * were named; where all offsets of a group were asked for, such topics are left out.
 */
final class OffsetFetchGuard {

  private static final short GROUP_DENIED = Errors.GROUP_AUTHORIZATION_FAILED.code();
  private static final short TOPIC_DENIED = Errors.TOPIC_AUTHORIZATION_FAILED.code();
  private static final short FIRST_WITH_ERROR = 2;
  private static final short FIRST_OF_MANY_GROUPS = 8;
  private static final short FIRST_BY_ID = 10;
  private static final long NO_OFFSET = -1;

  private final Topics topics;

  private OffsetFetchGuard(Topics topics) {
    this.topics = topics;
  }

  static void register(Guards.Registry guards, Topics topics) {
    guards.put(9, new OffsetFetchGuard(topics)::fetch);
  }

  private CompletionStage<OffsetFetchResponseData> fetch(
      OffsetFetchRequestData request, Caller caller, Answerer<OffsetFetchRequestData> next) {
    return caller.version() < FIRST_OF_MANY_GROUPS
        ? one(request, caller, next)
        : many(request, caller, next);
  }

  // ---- several groups ----

  private CompletionStage<OffsetFetchResponseData> many(
      OffsetFetchRequestData request, Caller caller, Answerer<OffsetFetchRequestData> next) {
    Access access = caller.access();
    List<OffsetFetchResponseGroup> denied = new ArrayList<>();
    List<List<OffsetFetchResponseTopics>> deniedTopics = new ArrayList<>();
    request
        .groups()
        .removeIf(
            group -> {
              if (access.mayGroup(Operation.DESCRIBE, group.groupId())) {
                deniedTopics.add(takeOutDenied(group, caller));
                return false;
              }
              denied.add(
                  new OffsetFetchResponseGroup()
                      .setGroupId(group.groupId())
                      .setErrorCode(GROUP_DENIED));
              return true;
            });
    return next.answer(request, caller)
        .thenApply(OffsetFetchResponseData.class::cast)
        .thenApply(
            response -> {
              for (int i = 0; i < deniedTopics.size(); i++) {
                OffsetFetchResponseGroup group = response.groups().get(i);
                List<OffsetFetchResponseTopics> told = new ArrayList<>(group.topics());
                told.removeIf(topic -> !mayDescribe(topic.name(), topic.topicId(), caller));
                told.addAll(deniedTopics.get(i));
                group.setTopics(told);
              }
              response.groups().addAll(denied);
              return response;
            });
  }

  private List<OffsetFetchResponseTopics> takeOutDenied(
      OffsetFetchRequestGroup group, Caller caller) {
    List<OffsetFetchResponseTopics> denied = new ArrayList<>();
    if (group.topics() != null) {
      group
          .topics()
          .removeIf(
              topic -> {
                if (mayDescribe(topic.name(), topic.topicId(), caller)) {
                  return false;
                }
                denied.add(denied(topic));
                return true;
              });
    }
    return denied;
  }

  private boolean mayDescribe(String name, Uuid id, Caller caller) {
    if (caller.version() < FIRST_BY_ID) {
      return caller.access().mayTopic(Operation.DESCRIBE, name);
    }
    Topic topic = topics.find(MetadataHandler.toUuid(id));
    return topic == null || caller.access().mayTopic(Operation.DESCRIBE, topic.name());
  }

  private static OffsetFetchResponseTopics denied(OffsetFetchRequestTopics topic) {
    OffsetFetchResponseTopics answer =
        new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
    for (int index : topic.partitionIndexes()) {
      answer
          .partitions()
          .add(
              new OffsetFetchResponsePartitions()
                  .setPartitionIndex(index)
                  .setCommittedOffset(NO_OFFSET)
                  .setMetadata("")
                  .setErrorCode(TOPIC_DENIED));
    }
    return answer;
  }

  // ---- one group, in the old versions ----

  private static CompletionStage<OffsetFetchResponseData> one(
      OffsetFetchRequestData request, Caller caller, Answerer<OffsetFetchRequestData> next) {
    Access access = caller.access();
    List<OffsetFetchRequestTopic> asked = request.topics();
    List<OffsetFetchResponseTopic> denied = new ArrayList<>();
    if (!access.mayGroup(Operation.DESCRIBE, request.groupId())) {
      OffsetFetchResponseData refusal = new OffsetFetchResponseData();
      if (caller.version() >= FIRST_WITH_ERROR) {
        refusal.setErrorCode(GROUP_DENIED);
      }
      if (asked != null) {
        asked.forEach(topic -> refusal.topics().add(denied(topic, GROUP_DENIED)));
      }
      return Guards.now(refusal);
    }
    if (asked != null) {
      asked.removeIf(
          topic -> {
            if (access.mayTopic(Operation.DESCRIBE, topic.name())) {
              return false;
            }
            denied.add(denied(topic, TOPIC_DENIED));
            return true;
          });
    }
    return next.answer(request, caller)
        .thenApply(OffsetFetchResponseData.class::cast)
        .thenApply(
            response -> {
              response
                  .topics()
                  .removeIf(topic -> !access.mayTopic(Operation.DESCRIBE, topic.name()));
              response.topics().addAll(denied);
              return response;
            });
  }

  private static OffsetFetchResponseTopic denied(OffsetFetchRequestTopic topic, short error) {
    OffsetFetchResponseTopic answer = new OffsetFetchResponseTopic().setName(topic.name());
    for (int index : topic.partitionIndexes()) {
      answer
          .partitions()
          .add(
              new OffsetFetchResponsePartition()
                  .setPartitionIndex(index)
                  .setCommittedOffset(NO_OFFSET)
                  .setMetadata("")
                  .setErrorCode(error));
    }
    return answer;
  }
}
