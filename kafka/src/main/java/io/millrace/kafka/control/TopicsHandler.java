package io.millrace.kafka.control;

import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.quota.RequestBill;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers CreateTopics, DeleteTopics and CreatePartitions. */
final class TopicsHandler {

  private static final short FIRST_DELETE_BY_ID = 6;
  private static final short ONE_REPLICA = 1;
  private static final byte SOURCE_TOPIC = 1;

  // The first versions whose clients know THROTTLING_QUOTA_EXCEEDED (KIP-599).
  private static final int FIRST_CREATE_WITH_REFUSAL = 6;
  private static final int FIRST_DELETE_WITH_REFUSAL = 5;
  private static final int FIRST_ADD_WITH_REFUSAL = 3;
  private static final Errors OVER_QUOTA = Errors.THROTTLING_QUOTA_EXCEEDED;

  private final Topics topics;

  TopicsHandler(Topics topics) {
    this.topics = topics;
  }

  // ---- CreateTopics ----

  CompletionStage<CreateTopicsResponseData> create(CreateTopicsRequestData request, Caller caller) {
    List<CompletionStage<CreatableTopicResult>> results = new ArrayList<>();
    for (CreatableTopic topic : request.topics()) {
      results.add(create(topic, request.validateOnly(), caller));
    }
    return Stages.all(results)
        .thenApply(
            list -> {
              CreateTopicsResponseData response = new CreateTopicsResponseData();
              list.forEach(response.topics()::add);
              return response;
            });
  }

  private CompletionStage<CreatableTopicResult> create(
      CreatableTopic asked, boolean validateOnly, Caller caller) {
    String name = asked.name();
    CreatableTopicResult refusal = refusal(asked);
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    int partitions =
        asked.assignments().isEmpty() ? asked.numPartitions() : asked.assignments().size();
    Map<String, String> settings = new HashMap<>();
    for (CreatableTopicConfig config : asked.configs()) {
      if (config.value() == null) {
        return CompletableFuture.completedFuture(
            failed(name, Errors.INVALID_CONFIG, config.name() + " has no value"));
      }
      settings.put(config.name(), config.value());
    }
    NewTopic topic = new NewTopic(name, partitions, settings);
    if (validateOnly) {
      try {
        topics.validate(topic);
        return CompletableFuture.completedFuture(
            new CreatableTopicResult()
                .setName(name)
                .setNumPartitions(partitions)
                .setReplicationFactor(ONE_REPLICA));
      } catch (RuntimeException e) {
        return CompletableFuture.completedFuture(failed(name, e));
      }
    }
    try {
      topics.validate(topic);
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(failed(name, e));
    }
    if (!mayChange(partitions, caller, FIRST_CREATE_WITH_REFUSAL)) {
      return CompletableFuture.completedFuture(failed(name, OVER_QUOTA, OVER_QUOTA.message()));
    }
    return topics
        .create(topic)
        .handle((created, failure) -> created != null ? made(created) : failed(name, failure));
  }

  /** Clients from that version of the request on know the refusal (KIP-599). */
  private static boolean mayChange(int partitions, Caller caller, int firstWithRefusal) {
    RequestBill bill = caller.bill();
    return bill == null
        || bill.mayChange(Math.max(1, partitions), caller.version() >= firstWithRefusal);
  }

  private static @Nullable CreatableTopicResult refusal(CreatableTopic asked) {
    if (asked.assignments().isEmpty()) {
      if (asked.replicationFactor() > ONE_REPLICA || asked.replicationFactor() == 0) {
        return failed(
            asked.name(),
            Errors.INVALID_REPLICATION_FACTOR,
            "a replication factor of "
                + asked.replicationFactor()
                + " needs as many nodes, and this is one; allowed: 1, or -1 for the default");
      }
      return null;
    }
    boolean elsewhere =
        asked.assignments().stream().anyMatch(assignment -> assignment.brokerIds().size() != 1);
    return elsewhere
        ? failed(
            asked.name(),
            Errors.INVALID_REPLICA_ASSIGNMENT,
            "each partition has one replica, on this node")
        : null;
  }

  private static CreatableTopicResult made(Topic topic) {
    List<CreatableTopicConfigs> configs = new ArrayList<>();
    topic
        .settings()
        .given()
        .forEach(
            (name, value) ->
                configs.add(
                    new CreatableTopicConfigs()
                        .setName(name)
                        .setValue(value)
                        .setConfigSource(SOURCE_TOPIC)));
    return new CreatableTopicResult()
        .setName(topic.name())
        .setTopicId(MetadataHandler.fromUuid(topic.id()))
        .setNumPartitions(topic.partitions().size())
        .setReplicationFactor(ONE_REPLICA)
        .setConfigs(configs);
  }

  private static CreatableTopicResult failed(String name, Throwable failure) {
    return failed(name, ErrorCodes.of(failure), ErrorCodes.cause(failure).getMessage());
  }

  private static CreatableTopicResult failed(String name, Errors error, @Nullable String message) {
    return new CreatableTopicResult()
        .setName(name)
        .setErrorCode(error.code())
        .setErrorMessage(message)
        .setConfigs(null);
  }

  // ---- DeleteTopics ----

  CompletionStage<DeleteTopicsResponseData> delete(DeleteTopicsRequestData request, Caller caller) {
    List<CompletionStage<DeletableTopicResult>> results = new ArrayList<>();
    if (caller.version() >= FIRST_DELETE_BY_ID) {
      for (DeleteTopicState asked : request.topics()) {
        results.add(delete(asked, caller));
      }
    } else {
      for (String name : request.topicNames()) {
        results.add(delete(name, caller));
      }
    }
    return Stages.all(results)
        .thenApply(
            list -> {
              DeleteTopicsResponseData response = new DeleteTopicsResponseData();
              list.forEach(response.responses()::add);
              return response;
            });
  }

  private CompletionStage<DeletableTopicResult> delete(DeleteTopicState asked, Caller caller) {
    if (asked.name() != null) {
      return delete(asked.name(), caller);
    }
    Topic topic = topics.find(MetadataHandler.toUuid(asked.topicId()));
    if (topic == null) {
      return CompletableFuture.completedFuture(
          new DeletableTopicResult()
              .setName(null)
              .setTopicId(asked.topicId())
              .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()));
    }
    return delete(topic.name(), caller);
  }

  private CompletionStage<DeletableTopicResult> delete(String name, Caller caller) {
    Topic topic = topics.find(name);
    DeletableTopicResult result = new DeletableTopicResult().setName(name);
    if (topic == null) {
      return CompletableFuture.completedFuture(
          result.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
    }
    result.setTopicId(MetadataHandler.fromUuid(topic.id()));
    if (topic.internal()) {
      return CompletableFuture.completedFuture(
          result
              .setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code())
              .setErrorMessage("internal topics cannot be deleted"));
    }
    if (!mayChange(topic.partitions().size(), caller, FIRST_DELETE_WITH_REFUSAL)) {
      return CompletableFuture.completedFuture(
          result.setErrorCode(OVER_QUOTA.code()).setErrorMessage(OVER_QUOTA.message()));
    }
    return topics
        .delete(name)
        .handle(
            (done, failure) ->
                failure == null
                    ? result
                    : result
                        .setErrorCode(ErrorCodes.of(failure).code())
                        .setErrorMessage(ErrorCodes.cause(failure).getMessage()));
  }

  // ---- CreatePartitions ----

  CompletionStage<CreatePartitionsResponseData> addPartitions(
      CreatePartitionsRequestData request, Caller caller) {
    List<CompletionStage<CreatePartitionsTopicResult>> results = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (CreatePartitionsTopic asked : request.topics()) {
      if (seen.add(asked.name())) {
        results.add(addPartitions(asked, request.validateOnly(), caller));
      }
    }
    return Stages.all(results)
        .thenApply(list -> new CreatePartitionsResponseData().setResults(list));
  }

  private CompletionStage<CreatePartitionsTopicResult> addPartitions(
      CreatePartitionsTopic asked, boolean validateOnly, Caller caller) {
    CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(asked.name());
    Topic topic = topics.find(asked.name());
    if (topic == null) {
      return CompletableFuture.completedFuture(
          result.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
    }
    if (asked.count() <= topic.partitions().size()) {
      return CompletableFuture.completedFuture(
          result
              .setErrorCode(Errors.INVALID_PARTITIONS.code())
              .setErrorMessage(
                  "the topic has "
                      + topic.partitions().size()
                      + " partitions and can only get more, not "
                      + asked.count()));
    }
    if (validateOnly) {
      return CompletableFuture.completedFuture(result);
    }
    int added = asked.count() - topic.partitions().size();
    if (!mayChange(added, caller, FIRST_ADD_WITH_REFUSAL)) {
      return CompletableFuture.completedFuture(
          result.setErrorCode(OVER_QUOTA.code()).setErrorMessage(OVER_QUOTA.message()));
    }
    return topics
        .addPartitions(asked.name(), asked.count())
        .handle(
            (changed, failure) ->
                failure == null
                    ? result
                    : result
                        .setErrorCode(ErrorCodes.of(failure).code())
                        .setErrorMessage(ErrorCodes.cause(failure).getMessage()));
  }
}
