package io.millrace.kafka.control;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.Operation;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * How groups are described, which is the same for every kind that has a request of its own: each
 * group is looked up by itself, one that is missing has its own refusal, and a client learns of the
 * groups that it may describe, and of these only if it may describe all topics that they use.
 *
 * @param <G> the generated class of a described group
 */
final class GroupDescribing<G> {

  /** Consumer groups (KIP-848). */
  static final GroupDescribing<ConsumerGroupDescribeResponseData.DescribedGroup> CONSUMER =
      new GroupDescribing<>(
          (name, refusal) ->
              new ConsumerGroupDescribeResponseData.DescribedGroup()
                  .setGroupId(name)
                  .setErrorCode(refusal.error.code())
                  .setErrorMessage(refusal.message),
          group -> group.errorCode() == 0 ? group.groupId() : null,
          ConsumerGroupDescribeResponseData.DescribedGroup::setAuthorizedOperations,
          group ->
              group.members().stream()
                  .flatMap(
                      member ->
                          Stream.concat(
                              member.subscribedTopicNames().stream(),
                              Stream.of(member.assignment(), member.targetAssignment())
                                  .flatMap(assignment -> assignment.topicPartitions().stream())
                                  .map(
                                      ConsumerGroupDescribeResponseData.TopicPartitions
                                          ::topicName))));

  /** Share groups (KIP-932). */
  static final GroupDescribing<ShareGroupDescribeResponseData.DescribedGroup> SHARE =
      new GroupDescribing<>(
          (name, refusal) ->
              new ShareGroupDescribeResponseData.DescribedGroup()
                  .setGroupId(name)
                  .setErrorCode(refusal.error.code())
                  .setErrorMessage(refusal.message),
          group -> group.errorCode() == 0 ? group.groupId() : null,
          ShareGroupDescribeResponseData.DescribedGroup::setAuthorizedOperations,
          group ->
              group.members().stream()
                  .flatMap(
                      member ->
                          Stream.concat(
                              member.subscribedTopicNames().stream(),
                              member.assignment().topicPartitions().stream()
                                  .map(
                                      ShareGroupDescribeResponseData.TopicPartitions::topicName))));

  /** Streams groups (KIP-1071). */
  static final GroupDescribing<StreamsGroupDescribeResponseData.DescribedGroup> STREAMS =
      new GroupDescribing<>(
          (name, refusal) ->
              new StreamsGroupDescribeResponseData.DescribedGroup()
                  .setGroupId(name)
                  .setErrorCode(refusal.error.code())
                  .setErrorMessage(refusal.message),
          group -> group.errorCode() == 0 ? group.groupId() : null,
          StreamsGroupDescribeResponseData.DescribedGroup::setAuthorizedOperations,
          group -> Stream.concat(topics(group.topology()), topics(group.topologyDescription())));

  private static final Refusal GROUP_DENIED = new Refusal(Errors.GROUP_AUTHORIZATION_FAILED, null);
  private static final Refusal TOPIC_DENIED =
      new Refusal(
          Errors.TOPIC_AUTHORIZATION_FAILED,
          "the group uses topics that the client may not describe");

  /** Why a group is not described. */
  private record Refusal(Errors error, @Nullable String message) {}

  /** Says what a client may do to a described group. */
  private interface Operations<G> {
    Object set(G group, int operations);
  }

  private final BiFunction<String, Refusal, G> refused;
  private final Function<G, @Nullable String> nameOfDescribed;
  private final Operations<G> operations;
  private final Function<G, Stream<String>> topics;

  private GroupDescribing(
      BiFunction<String, Refusal, G> refused,
      Function<G, @Nullable String> nameOfDescribed,
      Operations<G> operations,
      Function<G, Stream<String>> topics) {
    this.refused = refused;
    this.nameOfDescribed = nameOfDescribed;
    this.operations = operations;
    this.topics = topics;
  }

  /**
   * Describes groups for whoever may do everything.
   *
   * @param look finds a group, or fails with why it cannot be described
   */
  <D> CompletionStage<List<G>> describe(
      List<String> names,
      boolean withOperations,
      Function<String, CompletionStage<D>> look,
      Function<D, G> described) {
    List<CompletionStage<G>> stages = new ArrayList<>();
    for (String name : names) {
      stages.add(
          look.apply(name)
              .handle(
                  (group, failure) ->
                      failure == null
                          ? described.apply(group)
                          : refused.apply(
                              name,
                              new Refusal(
                                  ErrorCodes.of(failure),
                                  ErrorCodes.cause(failure).getMessage()))));
    }
    int all = withOperations ? AuthorizedOperations.GROUP : AuthorizedOperations.NOT_ASKED;
    return Stages.all(stages)
        .thenApply(
            list -> {
              list.forEach(group -> operations.set(group, all));
              return list;
            });
  }

  /**
   * Lets a client see what it may see.
   *
   * @param names asked for; those that are denied are taken out before {@code next} is asked
   * @param groups of the response
   * @param put gives the response its groups
   */
  <R extends ApiMessage> CompletionStage<R> guard(
      List<String> names,
      boolean withOperations,
      Access access,
      java.util.function.Supplier<CompletionStage<R>> next,
      Function<R, List<G>> groups,
      BiFunction<R, List<G>, R> put) {
    List<G> denied = new ArrayList<>();
    names.removeIf(
        name -> {
          if (access.mayGroup(Operation.DESCRIBE, name)) {
            return false;
          }
          denied.add(refused.apply(name, GROUP_DENIED));
          return true;
        });
    return next.get()
        .thenApply(
            response -> {
              List<G> seen = new ArrayList<>();
              groups
                  .apply(response)
                  .forEach(group -> seen.add(seen(group, withOperations, access)));
              seen.addAll(denied);
              return put.apply(response, seen);
            });
  }

  private G seen(G group, boolean withOperations, Access access) {
    String name = nameOfDescribed.apply(group);
    if (name == null) {
      return group;
    }
    if (!topics.apply(group).allMatch(topic -> access.mayTopic(Operation.DESCRIBE, topic))) {
      return refused.apply(name, TOPIC_DENIED);
    }
    if (withOperations) {
      operations.set(group, AuthorizedOperations.group(access, name));
    }
    return group;
  }

  private static Stream<String> topics(
      StreamsGroupDescribeResponseData.@Nullable Topology topology) {
    return topology == null || topology.subtopologies() == null
        ? Stream.of()
        : topology.subtopologies().stream()
            .flatMap(
                part ->
                    Stream.of(
                            part.sourceTopics().stream(),
                            part.repartitionSinkTopics().stream(),
                            Stream.concat(
                                    part.stateChangelogTopics().stream(),
                                    part.repartitionSourceTopics().stream())
                                .map(StreamsGroupDescribeResponseData.TopicInfo::name))
                        .flatMap(names -> names));
  }

  private static Stream<String> topics(
      StreamsGroupDescribeResponseData.@Nullable TopologyDescription description) {
    return description == null
        ? Stream.of()
        : Stream.concat(
                description.subtopologies().stream().flatMap(each -> each.nodes().stream()),
                description.globalStores().stream().map(each -> each.source()))
            .flatMap(
                node ->
                    Stream.concat(
                        node.sourceTopics().stream(), Stream.ofNullable(node.sinkTopic())));
  }
}
