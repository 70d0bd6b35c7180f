package io.millrace.kafka.control;

import io.millrace.broker.security.Operation;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Guards of the protocols in which members only send heartbeats: consumer groups (KIP-848), share
 * groups (KIP-932) and streams groups (KIP-1071). A member needs READ on its group and DESCRIBE on
 * the topics that it names.
 */
final class MemberGuards {

  private MemberGuards() {}

  static void register(Guards.Registry guards) {
    guards.put(68, MemberGuards::consumerHeartbeat);
    guards.put(69, MemberGuards::describeConsumers);
    guards.put(76, MemberGuards::shareHeartbeat);
    guards.put(77, MemberGuards::describeShares);
    guards.put(88, MemberGuards::streamsHeartbeat);
    guards.put(89, MemberGuards::describeStreams);
    guards.put(93, MemberGuards::describeTopology);
  }

  /** Why a member is refused, or {@code NONE}. */
  private static Errors check(Caller caller, String group, @Nullable Collection<String> topics) {
    if (!caller.access().mayGroup(Operation.READ, group)) {
      return Errors.GROUP_AUTHORIZATION_FAILED;
    }
    boolean mayLook =
        topics == null
            || topics.stream()
                .allMatch(topic -> caller.access().mayTopic(Operation.DESCRIBE, topic));
    return mayLook ? Errors.NONE : Errors.TOPIC_AUTHORIZATION_FAILED;
  }

  // ---- heartbeats ----

  private static CompletionStage<? extends ApiMessage> consumerHeartbeat(
      ConsumerGroupHeartbeatRequestData request,
      Caller caller,
      Answerer<ConsumerGroupHeartbeatRequestData> next) {
    Errors error = check(caller, request.groupId(), request.subscribedTopicNames());
    String pattern = request.subscribedTopicRegex();
    if (error != Errors.GROUP_AUTHORIZATION_FAILED
        && pattern != null
        && !pattern.isEmpty()
        && !caller.access().isSuperUser()) {
      // A pattern is matched for the whole group, whose members may have different rights.
      return Guards.now(
          new ConsumerGroupHeartbeatResponseData()
              .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
              .setErrorMessage(
                  "with an authorizer only super users may subscribe by a pattern;"
                      + " allowed: names of topics"));
    }
    return error == Errors.NONE
        ? next.answer(request, caller)
        : Guards.now(new ConsumerGroupHeartbeatResponseData().setErrorCode(error.code()));
  }

  private static CompletionStage<? extends ApiMessage> shareHeartbeat(
      ShareGroupHeartbeatRequestData request,
      Caller caller,
      Answerer<ShareGroupHeartbeatRequestData> next) {
    Errors error = check(caller, request.groupId(), request.subscribedTopicNames());
    return error == Errors.NONE
        ? next.answer(request, caller)
        : Guards.now(new ShareGroupHeartbeatResponseData().setErrorCode(error.code()));
  }

  /** Internal topics are made with the client's own rights, where they are made. */
  private static CompletionStage<? extends ApiMessage> streamsHeartbeat(
      StreamsGroupHeartbeatRequestData request,
      Caller caller,
      Answerer<StreamsGroupHeartbeatRequestData> next) {
    Errors error = check(caller, request.groupId(), topics(request));
    return error == Errors.NONE
        ? next.answer(request, caller)
        : Guards.now(
            new StreamsGroupHeartbeatResponseData()
                .setErrorCode(error.code())
                .setStatus(List.of()));
  }

  /** Of topics it names only those that the member has named when it joined, or that it made up. */
  private static CompletionStage<? extends ApiMessage> describeTopology(
      StreamsGroupTopologyDescriptionUpdateRequestData request,
      Caller caller,
      Answerer<StreamsGroupTopologyDescriptionUpdateRequestData> next) {
    Errors error = check(caller, request.groupId(), null);
    return error == Errors.NONE
        ? next.answer(request, caller)
        : Guards.now(
            new StreamsGroupTopologyDescriptionUpdateResponseData().setErrorCode(error.code()));
  }

  private static Set<String> topics(StreamsGroupHeartbeatRequestData request) {
    Set<String> topics = new HashSet<>();
    if (request.topology() != null) {
      for (StreamsGroupHeartbeatRequestData.Subtopology each : request.topology().subtopologies()) {
        topics.addAll(each.sourceTopics());
        topics.addAll(each.repartitionSinkTopics());
        each.repartitionSourceTopics().forEach(topic -> topics.add(topic.name()));
        each.stateChangelogTopics().forEach(topic -> topics.add(topic.name()));
      }
    }
    return topics;
  }

  // ---- describing ----

  private static CompletionStage<? extends ApiMessage> describeConsumers(
      ConsumerGroupDescribeRequestData request,
      Caller caller,
      Answerer<ConsumerGroupDescribeRequestData> next) {
    return GroupDescribing.CONSUMER.guard(
        request.groupIds(),
        request.includeAuthorizedOperations(),
        caller.access(),
        () -> next.answer(request, caller).thenApply(ConsumerGroupDescribeResponseData.class::cast),
        ConsumerGroupDescribeResponseData::groups,
        ConsumerGroupDescribeResponseData::setGroups);
  }

  private static CompletionStage<? extends ApiMessage> describeShares(
      ShareGroupDescribeRequestData request,
      Caller caller,
      Answerer<ShareGroupDescribeRequestData> next) {
    return GroupDescribing.SHARE.guard(
        request.groupIds(),
        request.includeAuthorizedOperations(),
        caller.access(),
        () -> next.answer(request, caller).thenApply(ShareGroupDescribeResponseData.class::cast),
        ShareGroupDescribeResponseData::groups,
        ShareGroupDescribeResponseData::setGroups);
  }

  private static CompletionStage<? extends ApiMessage> describeStreams(
      StreamsGroupDescribeRequestData request,
      Caller caller,
      Answerer<StreamsGroupDescribeRequestData> next) {
    return GroupDescribing.STREAMS.guard(
        request.groupIds(),
        request.includeAuthorizedOperations(),
        caller.access(),
        () -> next.answer(request, caller).thenApply(StreamsGroupDescribeResponseData.class::cast),
        StreamsGroupDescribeResponseData::groups,
        StreamsGroupDescribeResponseData::setGroups);
  }
}
