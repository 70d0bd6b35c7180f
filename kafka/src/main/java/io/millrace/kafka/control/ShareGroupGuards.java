package io.millrace.kafka.control;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.Operation;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData.DeleteShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** Guards of the requests about how far share groups have come. */
final class ShareGroupGuards {

  private static final short GROUP_DENIED = Errors.GROUP_AUTHORIZATION_FAILED.code();
  private static final short TOPIC_DENIED = Errors.TOPIC_AUTHORIZATION_FAILED.code();

  private ShareGroupGuards() {}

  static void register(Guards.Registry guards) {
    guards.put(90, ShareGroupGuards::describeOffsets);
    guards.put(91, ShareGroupGuards::alterOffsets);
    guards.put(92, ShareGroupGuards::deleteOffsets);
  }

  /** Topics that were named and may not be looked at are refused; others are left out. */
  private static CompletionStage<DescribeShareGroupOffsetsResponseData> describeOffsets(
      DescribeShareGroupOffsetsRequestData request,
      Caller caller,
      Answerer<DescribeShareGroupOffsetsRequestData> next) {
    Access access = caller.access();
    List<DescribeShareGroupOffsetsResponseGroup> denied = new ArrayList<>();
    List<List<DescribeShareGroupOffsetsResponseTopic>> deniedTopics = new ArrayList<>();
    request
        .groups()
        .removeIf(
            group -> {
              if (!access.mayGroup(Operation.DESCRIBE, group.groupId())) {
                denied.add(
                    new DescribeShareGroupOffsetsResponseGroup()
                        .setGroupId(group.groupId())
                        .setErrorCode(GROUP_DENIED));
                return true;
              }
              List<DescribeShareGroupOffsetsResponseTopic> some = new ArrayList<>();
              if (group.topics() != null) {
                group
                    .topics()
                    .removeIf(
                        topic -> {
                          if (access.mayTopic(Operation.DESCRIBE, topic.topicName())) {
                            return false;
                          }
                          some.add(denied(topic));
                          return true;
                        });
              }
              deniedTopics.add(some);
              return false;
            });
    return next.answer(request, caller)
        .thenApply(DescribeShareGroupOffsetsResponseData.class::cast)
        .thenApply(
            response -> {
              for (int i = 0; i < deniedTopics.size(); i++) {
                List<DescribeShareGroupOffsetsResponseTopic> topics =
                    Objects.requireNonNull(response.groups().get(i).topics());
                topics.removeIf(topic -> !access.mayTopic(Operation.DESCRIBE, topic.topicName()));
                topics.addAll(deniedTopics.get(i));
              }
              response.groups().addAll(denied);
              return response;
            });
  }

  private static DescribeShareGroupOffsetsResponseTopic denied(
      DescribeShareGroupOffsetsRequestTopic topic) {
    DescribeShareGroupOffsetsResponseTopic answer =
        new DescribeShareGroupOffsetsResponseTopic().setTopicName(topic.topicName());
    for (int partition : topic.partitions()) {
      answer
          .partitions()
          .add(
              new DescribeShareGroupOffsetsResponsePartition()
                  .setPartitionIndex(partition)
                  .setStartOffset(-1)
                  .setErrorCode(TOPIC_DENIED)
                  .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message()));
    }
    return answer;
  }

  private static CompletionStage<AlterShareGroupOffsetsResponseData> alterOffsets(
      AlterShareGroupOffsetsRequestData request,
      Caller caller,
      Answerer<AlterShareGroupOffsetsRequestData> next) {
    Access access = caller.access();
    if (!access.mayGroup(Operation.READ, request.groupId())) {
      return Guards.now(new AlterShareGroupOffsetsResponseData().setErrorCode(GROUP_DENIED));
    }
    List<AlterShareGroupOffsetsResponseTopic> denied = new ArrayList<>();
    for (Iterator<AlterShareGroupOffsetsRequestTopic> all = request.topics().iterator();
        all.hasNext(); ) {
      AlterShareGroupOffsetsRequestTopic topic = all.next();
      if (!access.mayTopic(Operation.READ, topic.topicName())) {
        all.remove();
        AlterShareGroupOffsetsResponseTopic answer =
            new AlterShareGroupOffsetsResponseTopic().setTopicName(topic.topicName());
        topic
            .partitions()
            .forEach(
                partition ->
                    answer
                        .partitions()
                        .add(
                            new AlterShareGroupOffsetsResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(TOPIC_DENIED)
                                .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message())));
        denied.add(answer);
      }
    }
    return next.answer(request, caller)
        .thenApply(AlterShareGroupOffsetsResponseData.class::cast)
        .thenApply(
            response -> {
              denied.forEach(response.responses()::add);
              return response;
            });
  }

  private static CompletionStage<DeleteShareGroupOffsetsResponseData> deleteOffsets(
      DeleteShareGroupOffsetsRequestData request,
      Caller caller,
      Answerer<DeleteShareGroupOffsetsRequestData> next) {
    Access access = caller.access();
    if (!access.mayGroup(Operation.DELETE, request.groupId())) {
      return Guards.now(new DeleteShareGroupOffsetsResponseData().setErrorCode(GROUP_DENIED));
    }
    List<DeleteShareGroupOffsetsResponseTopic> denied = new ArrayList<>();
    request
        .topics()
        .removeIf(
            topic -> {
              if (access.mayTopic(Operation.READ, topic.topicName())) {
                return false;
              }
              denied.add(
                  new DeleteShareGroupOffsetsResponseTopic()
                      .setTopicName(topic.topicName())
                      .setErrorCode(TOPIC_DENIED)
                      .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message()));
              return true;
            });
    return next.answer(request, caller)
        .thenApply(DeleteShareGroupOffsetsResponseData.class::cast)
        .thenApply(
            response -> {
              response.responses().addAll(denied);
              return response;
            });
  }
}
