package io.millrace.kafka.control;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.Operation;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.Errors;

/** Guards of the requests about topics, but for Metadata and its like. */
final class TopicGuards {

  private static final short DENIED = Errors.TOPIC_AUTHORIZATION_FAILED.code();
  private static final String MESSAGE = "Authorization failed.";
  private static final long UNKNOWN = -1;

  private TopicGuards() {}

  static void register(Guards.Registry guards) {
    guards.put(2, TopicGuards::listOffsets);
    guards.put(19, TopicGuards::create);
    guards.put(21, TopicGuards::deleteRecords);
    guards.put(23, TopicGuards::endOfEpoch);
    guards.put(37, TopicGuards::createPartitions);
  }

  private static CompletionStage<ListOffsetsResponseData> listOffsets(
      ListOffsetsRequestData request, Caller caller, Answerer<ListOffsetsRequestData> next) {
    List<ListOffsetsTopicResponse> denied = new ArrayList<>();
    request
        .topics()
        .removeIf(
            topic -> {
              if (caller.access().mayTopic(Operation.DESCRIBE, topic.name())) {
                return false;
              }
              denied.add(denied(topic));
              return true;
            });
    return next.answer(request, caller)
        .thenApply(ListOffsetsResponseData.class::cast)
        .thenApply(
            response -> {
              response.topics().addAll(denied);
              return response;
            });
  }

  private static ListOffsetsTopicResponse denied(ListOffsetsTopic topic) {
    ListOffsetsTopicResponse answer = new ListOffsetsTopicResponse().setName(topic.name());
    for (ListOffsetsPartition partition : topic.partitions()) {
      answer
          .partitions()
          .add(
              new ListOffsetsPartitionResponse()
                  .setPartitionIndex(partition.partitionIndex())
                  .setOffset(UNKNOWN)
                  .setTimestamp(UNKNOWN)
                  .setErrorCode(DENIED));
    }
    return answer;
  }

  /** The leave to create on the cluster is one for every name. */
  private static CompletionStage<CreateTopicsResponseData> create(
      CreateTopicsRequestData request, Caller caller, Answerer<CreateTopicsRequestData> next) {
    Access access = caller.access();
    List<CreatableTopicResult> denied = new ArrayList<>();
    boolean everyName = access.mayCluster(Operation.CREATE);
    for (Iterator<CreatableTopic> topics = request.topics().iterator(); topics.hasNext(); ) {
      CreatableTopic topic = topics.next();
      if (!everyName && !access.mayTopic(Operation.CREATE, topic.name())) {
        topics.remove();
        denied.add(
            new CreatableTopicResult()
                .setName(topic.name())
                .setErrorCode(DENIED)
                .setErrorMessage(MESSAGE)
                .setConfigs(null));
      }
    }
    return next.answer(request, caller)
        .thenApply(CreateTopicsResponseData.class::cast)
        .thenApply(
            response -> {
              for (CreatableTopicResult made : response.topics()) {
                if (made.errorCode() == 0
                    && !access.mayTopic(Operation.DESCRIBE_CONFIGS, made.name())) {
                  made.setTopicConfigErrorCode(DENIED)
                      .setConfigs(List.of())
                      .setNumPartitions(-1)
                      .setReplicationFactor((short) -1);
                }
              }
              denied.forEach(response.topics()::add);
              return response;
            });
  }

  private static CompletionStage<DeleteRecordsResponseData> deleteRecords(
      DeleteRecordsRequestData request, Caller caller, Answerer<DeleteRecordsRequestData> next) {
    List<DeleteRecordsTopicResult> denied = new ArrayList<>();
    for (Iterator<DeleteRecordsTopic> topics = request.topics().iterator(); topics.hasNext(); ) {
      DeleteRecordsTopic topic = topics.next();
      if (!caller.access().mayTopic(Operation.DELETE, topic.name())) {
        topics.remove();
        DeleteRecordsTopicResult answer = new DeleteRecordsTopicResult().setName(topic.name());
        for (DeleteRecordsPartition partition : topic.partitions()) {
          answer
              .partitions()
              .add(
                  new DeleteRecordsPartitionResult()
                      .setPartitionIndex(partition.partitionIndex())
                      .setLowWatermark(UNKNOWN)
                      .setErrorCode(DENIED));
        }
        denied.add(answer);
      }
    }
    return next.answer(request, caller)
        .thenApply(DeleteRecordsResponseData.class::cast)
        .thenApply(
            response -> {
              denied.forEach(response.topics()::add);
              return response;
            });
  }

  private static CompletionStage<OffsetForLeaderEpochResponseData> endOfEpoch(
      OffsetForLeaderEpochRequestData request,
      Caller caller,
      Answerer<OffsetForLeaderEpochRequestData> next) {
    List<OffsetForLeaderTopicResult> denied = new ArrayList<>();
    for (Iterator<OffsetForLeaderTopic> topics = request.topics().iterator(); topics.hasNext(); ) {
      OffsetForLeaderTopic topic = topics.next();
      if (!caller.access().mayTopic(Operation.DESCRIBE, topic.topic())) {
        topics.remove();
        OffsetForLeaderTopicResult answer =
            new OffsetForLeaderTopicResult().setTopic(topic.topic());
        for (OffsetForLeaderPartition partition : topic.partitions()) {
          answer
              .partitions()
              .add(new EpochEndOffset().setPartition(partition.partition()).setErrorCode(DENIED));
        }
        denied.add(answer);
      }
    }
    return next.answer(request, caller)
        .thenApply(OffsetForLeaderEpochResponseData.class::cast)
        .thenApply(
            response -> {
              denied.forEach(response.topics()::add);
              return response;
            });
  }

  private static CompletionStage<CreatePartitionsResponseData> createPartitions(
      CreatePartitionsRequestData request,
      Caller caller,
      Answerer<CreatePartitionsRequestData> next) {
    List<CreatePartitionsTopicResult> denied = new ArrayList<>();
    for (Iterator<CreatePartitionsTopic> topics = request.topics().iterator(); topics.hasNext(); ) {
      CreatePartitionsTopic topic = topics.next();
      if (!caller.access().mayTopic(Operation.ALTER, topic.name())) {
        topics.remove();
        denied.add(
            new CreatePartitionsTopicResult()
                .setName(topic.name())
                .setErrorCode(DENIED)
                .setErrorMessage(MESSAGE));
      }
    }
    return next.answer(request, caller)
        .thenApply(CreatePartitionsResponseData.class::cast)
        .thenApply(
            response -> {
              response.results().addAll(denied);
              return response;
            });
  }
}
