package io.millrace.kafka.control;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.Operation;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Guards of the requests that tell which topics there are, or name them by id: Metadata,
 * DescribeCluster, DescribeTopicPartitions and DeleteTopics. Topics that a client may not look at
 * are left out where it asked for all, and are refused, whether they exist or not, where it named
 * them.
 */
final class MetadataGuards {

  private static final short DENIED = Errors.TOPIC_AUTHORIZATION_FAILED.code();
  private static final short FIRST_DELETE_BY_ID = 6;

  private final Topics topics;
  private final boolean autoCreate;

  private MetadataGuards(Topics topics, boolean autoCreate) {
    this.topics = topics;
    this.autoCreate = autoCreate;
  }

  static void register(Guards.Registry guards, Topics topics, boolean autoCreate) {
    MetadataGuards metadata = new MetadataGuards(topics, autoCreate);
    guards.put(3, metadata::metadata);
    guards.put(20, metadata::delete);
    guards.put(60, MetadataGuards::describeCluster);
    guards.put(75, MetadataGuards::describePartitions);
  }

  // ---- Metadata ----

  private CompletionStage<MetadataResponseData> metadata(
      MetadataRequestData request, Caller caller, Answerer<MetadataRequestData> next) {
    Access access = caller.access();
    List<MetadataRequestTopic> asked = request.topics();
    boolean all = asked == null || (caller.version() == 0 && asked.isEmpty());
    List<MetadataResponseTopic> denied = new ArrayList<>();
    Caller asking = caller;
    if (!all) {
      boolean create = autoCreate && (caller.version() < 4 || request.allowAutoTopicCreation());
      boolean createsAny = create && access.mayCluster(Operation.CREATE);
      asked.removeIf(
          topic -> {
            MetadataResponseTopic refusal = refusal(topic, access, create && !createsAny);
            if (refusal == null) {
              return false;
            }
            denied.add(refusal);
            return true;
          });
      // In the oldest version none would mean all.
      asking = caller.version() == 0 ? caller.inVersion((short) 1) : caller;
    }
    return next.answer(request, asking)
        .thenApply(MetadataResponseData.class::cast)
        .thenApply(
            response -> {
              if (all) {
                hide(response, access);
              }
              for (MetadataResponseTopic topic : response.topics()) {
                if (request.includeTopicAuthorizedOperations() && topic.errorCode() == 0) {
                  topic.setTopicAuthorizedOperations(
                      AuthorizedOperations.topic(access, topic.name()));
                }
              }
              denied.forEach(response.topics()::add);
              if (request.includeClusterAuthorizedOperations()) {
                response.setClusterAuthorizedOperations(AuthorizedOperations.cluster(access));
              }
              return response;
            });
  }

  private static void hide(MetadataResponseData response, Access access) {
    for (Iterator<MetadataResponseTopic> all = response.topics().iterator(); all.hasNext(); ) {
      if (!access.mayTopic(Operation.DESCRIBE, all.next().name())) {
        all.remove();
      }
    }
  }

  private @Nullable MetadataResponseTopic refusal(
      MetadataRequestTopic asked, Access access, boolean creationIsChecked) {
    if (MetadataHandler.asksById(asked)) {
      Topic topic = topics.find(MetadataHandler.toUuid(asked.topicId()));
      return topic == null || access.mayTopic(Operation.DESCRIBE, topic.name())
          ? null
          : new MetadataResponseTopic()
              .setName(null)
              .setTopicId(asked.topicId())
              .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code());
    }
    boolean mayLook = access.mayTopic(Operation.DESCRIBE, asked.name());
    boolean missing = topics.find(asked.name()) == null;
    if (mayLook
        && !(missing && creationIsChecked && !access.mayTopic(Operation.CREATE, asked.name()))) {
      return null;
    }
    return new MetadataResponseTopic()
        .setName(asked.name())
        .setTopicId(Uuid.ZERO_UUID)
        .setErrorCode(DENIED);
  }

  private static CompletionStage<DescribeClusterResponseData> describeCluster(
      DescribeClusterRequestData request,
      Caller caller,
      Answerer<DescribeClusterRequestData> next) {
    return next.answer(request, caller)
        .thenApply(DescribeClusterResponseData.class::cast)
        .thenApply(
            response ->
                request.includeClusterAuthorizedOperations()
                    ? response.setClusterAuthorizedOperations(
                        AuthorizedOperations.cluster(caller.access()))
                    : response);
  }

  // ---- DescribeTopicPartitions ----

  private static CompletionStage<DescribeTopicPartitionsResponseData> describePartitions(
      DescribeTopicPartitionsRequestData request,
      Caller caller,
      Answerer<DescribeTopicPartitionsRequestData> next) {
    Access access = caller.access();
    boolean all = request.topics().isEmpty();
    List<DescribeTopicPartitionsResponseTopic> denied = new ArrayList<>();
    for (Iterator<TopicRequest> named = request.topics().iterator(); named.hasNext(); ) {
      String name = named.next().name();
      if (!access.mayTopic(Operation.DESCRIBE, name)) {
        named.remove();
        denied.add(new DescribeTopicPartitionsResponseTopic().setName(name).setErrorCode(DENIED));
      }
    }
    CompletionStage<DescribeTopicPartitionsResponseData> answered =
        !all && request.topics().isEmpty()
            ? Guards.now(new DescribeTopicPartitionsResponseData())
            : next.answer(request, caller)
                .thenApply(DescribeTopicPartitionsResponseData.class::cast);
    return answered.thenApply(
        response -> {
          for (Iterator<DescribeTopicPartitionsResponseTopic> found = response.topics().iterator();
              found.hasNext(); ) {
            DescribeTopicPartitionsResponseTopic topic = found.next();
            if (!access.mayTopic(Operation.DESCRIBE, topic.name())) {
              found.remove();
            } else if (topic.errorCode() == 0) {
              topic.setTopicAuthorizedOperations(AuthorizedOperations.topic(access, topic.name()));
            }
          }
          denied.forEach(response.topics()::add);
          return response;
        });
  }

  // ---- DeleteTopics ----

  private CompletionStage<DeleteTopicsResponseData> delete(
      DeleteTopicsRequestData request, Caller caller, Answerer<DeleteTopicsRequestData> next) {
    Access access = caller.access();
    List<DeletableTopicResult> denied = new ArrayList<>();
    if (caller.version() >= FIRST_DELETE_BY_ID) {
      request.topics().removeIf(topic -> isDenied(topic, access, denied));
    } else {
      request
          .topicNames()
          .removeIf(
              name -> {
                if (access.mayTopic(Operation.DELETE, name)) {
                  return false;
                }
                denied.add(refused().setName(name));
                return true;
              });
    }
    return next.answer(request, caller)
        .thenApply(DeleteTopicsResponseData.class::cast)
        .thenApply(
            response -> {
              denied.forEach(response.responses()::add);
              return response;
            });
  }

  /** A topic that was named by its id keeps its name to itself unless it may be looked at. */
  private boolean isDenied(
      DeleteTopicState asked, Access access, List<DeletableTopicResult> denied) {
    String name = asked.name();
    if (name == null) {
      Topic topic = topics.find(MetadataHandler.toUuid(asked.topicId()));
      if (topic == null || access.mayTopic(Operation.DELETE, topic.name())) {
        return false;
      }
      boolean mayLook = access.mayTopic(Operation.DESCRIBE, topic.name());
      denied.add(refused().setTopicId(asked.topicId()).setName(mayLook ? topic.name() : null));
      return true;
    }
    if (access.mayTopic(Operation.DELETE, name)) {
      return false;
    }
    denied.add(refused().setName(name));
    return true;
  }

  private static DeletableTopicResult refused() {
    return new DeletableTopicResult()
        .setErrorCode(DENIED)
        .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message());
  }
}
