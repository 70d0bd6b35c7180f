package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.GroupCoordinator.TransactionalCommit;
import io.millrace.broker.group.ShardedGroupCoordinator;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.Topics;
import io.millrace.broker.transaction.TransactionCoordinator;
import io.millrace.broker.transaction.TransactionCoordinator.Protocol;
import io.millrace.broker.transaction.TransactionCoordinator.TransactionalProducer;
import io.millrace.core.Clock;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnPartitionResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResultCollection;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers AddPartitionsToTxn, AddOffsetsToTxn, TxnOffsetCommit and EndTxn. */
final class TransactionsHandler {

  private static final short FIRST_ADD_IN_BATCHES = 4;
  private static final short FIRST_WITH_FENCED = 2;
  private static final short FIRST_END_WITH_NEW_EPOCH = 5;
  private static final short FIRST_COMMIT_WITH_ABORTABLE = 4;
  private static final short FIRST_COMMIT_THAT_ADDS = 5;
  private static final short FIRST_COMMIT_BY_ID = 6;

  private final TransactionCoordinator transactions;
  private final GroupCoordinator groups;
  private final Topics topics;
  private final Clock clock;

  TransactionsHandler(Broker broker, Clock clock) {
    this.transactions = broker.transactions();
    this.groups = broker.groups();
    this.topics = broker.topics();
    this.clock = clock;
  }

  /** What clients of old versions know of a refusal. */
  private static Errors error(@Nullable Throwable failure, boolean knowsFenced) {
    Errors error = failure == null ? Errors.NONE : ErrorCodes.of(failure);
    return error == Errors.PRODUCER_FENCED && !knowsFenced ? Errors.INVALID_PRODUCER_EPOCH : error;
  }

  // ---- AddPartitionsToTxn ----

  CompletionStage<AddPartitionsToTxnResponseData> addPartitions(
      AddPartitionsToTxnRequestData request, Caller caller) {
    boolean knowsFenced = caller.version() >= FIRST_WITH_FENCED;
    if (caller.version() < FIRST_ADD_IN_BATCHES) {
      TransactionalProducer producer =
          new TransactionalProducer(
              request.v3AndBelowTransactionalId(),
              request.v3AndBelowProducerId(),
              request.v3AndBelowProducerEpoch());
      return add(producer, List.copyOf(request.v3AndBelowTopics()), false, knowsFenced)
          .thenApply(
              results -> new AddPartitionsToTxnResponseData().setResultsByTopicV3AndBelow(results));
    }
    List<CompletionStage<AddPartitionsToTxnResult>> all = new ArrayList<>();
    for (AddPartitionsToTxnTransaction each : request.transactions()) {
      TransactionalProducer producer =
          new TransactionalProducer(
              each.transactionalId(), each.producerId(), each.producerEpoch());
      all.add(
          add(producer, List.copyOf(each.topics()), each.verifyOnly(), knowsFenced)
              .thenApply(
                  results ->
                      new AddPartitionsToTxnResult()
                          .setTransactionalId(each.transactionalId())
                          .setTopicResults(results)));
    }
    return Stages.all(all)
        .thenApply(
            list -> {
              AddPartitionsToTxnResponseData response = new AddPartitionsToTxnResponseData();
              list.forEach(response.resultsByTransaction()::add);
              return response;
            });
  }

  private CompletionStage<AddPartitionsToTxnTopicResultCollection> add(
      TransactionalProducer producer,
      List<AddPartitionsToTxnTopic> asked,
      boolean verifyOnly,
      boolean knowsFenced) {
    Set<TopicPartition> partitions = new HashSet<>();
    boolean unknown = false;
    for (AddPartitionsToTxnTopic topic : asked) {
      for (int index : topic.partitions()) {
        partitions.add(new TopicPartition(topic.name(), index));
        unknown |= topics.find(topic.name(), index) == null;
      }
    }
    if (unknown) {
      return CompletableFuture.completedFuture(results(asked, Errors.OPERATION_NOT_ATTEMPTED));
    }
    CompletionStage<Void> outcome =
        verifyOnly
            ? transactions.verify(producer, partitions)
            : transactions.add(producer, partitions, Protocol.V1);
    return outcome.handle((done, failure) -> results(asked, error(failure, knowsFenced)));
  }

  private AddPartitionsToTxnTopicResultCollection results(
      List<AddPartitionsToTxnTopic> asked, Errors error) {
    AddPartitionsToTxnTopicResultCollection results = new AddPartitionsToTxnTopicResultCollection();
    for (AddPartitionsToTxnTopic topic : asked) {
      AddPartitionsToTxnTopicResult result =
          new AddPartitionsToTxnTopicResult().setName(topic.name());
      for (int index : topic.partitions()) {
        boolean unknown =
            error == Errors.OPERATION_NOT_ATTEMPTED && topics.find(topic.name(), index) == null;
        result
            .resultsByPartition()
            .add(
                new AddPartitionsToTxnPartitionResult()
                    .setPartitionIndex(index)
                    .setPartitionErrorCode(
                        (unknown ? Errors.UNKNOWN_TOPIC_OR_PARTITION : error).code()));
      }
      results.add(result);
    }
    return results;
  }

  // ---- AddOffsetsToTxn ----

  CompletionStage<AddOffsetsToTxnResponseData> addOffsets(
      AddOffsetsToTxnRequestData request, Caller caller) {
    TransactionalProducer producer =
        new TransactionalProducer(
            request.transactionalId(), request.producerId(), request.producerEpoch());
    return transactions
        .add(producer, Set.of(offsetsPartition(request.groupId())), Protocol.V1)
        .handle(
            (done, failure) ->
                new AddOffsetsToTxnResponseData()
                    .setErrorCode(error(failure, caller.version() >= FIRST_WITH_FENCED).code()));
  }

  private TopicPartition offsetsPartition(String group) {
    return new TopicPartition(ShardedGroupCoordinator.TOPIC, groups.partitionFor(group));
  }

  // ---- EndTxn ----

  CompletionStage<EndTxnResponseData> end(EndTxnRequestData request, Caller caller) {
    TransactionalProducer producer =
        new TransactionalProducer(
            request.transactionalId(), request.producerId(), request.producerEpoch());
    boolean newEpoch = caller.version() >= FIRST_END_WITH_NEW_EPOCH;
    return transactions
        .end(producer, request.committed(), newEpoch ? Protocol.V2 : Protocol.V1)
        .handle(
            (next, failure) ->
                failure == null && newEpoch
                    ? new EndTxnResponseData()
                        .setProducerId(next.producerId())
                        .setProducerEpoch(next.epoch())
                    : new EndTxnResponseData()
                        .setErrorCode(
                            error(failure, caller.version() >= FIRST_WITH_FENCED).code()));
  }

  // ---- TxnOffsetCommit ----

  CompletionStage<TxnOffsetCommitResponseData> commitOffsets(
      TxnOffsetCommitRequestData request, Caller caller) {
    Map<TopicPartition, CommittedOffset> offsets = new LinkedHashMap<>();
    List<@Nullable Topic> found = new ArrayList<>();
    for (TxnOffsetCommitRequestTopic asked : request.topics()) {
      Topic topic =
          caller.version() >= FIRST_COMMIT_BY_ID
              ? topics.find(MetadataHandler.toUuid(asked.topicId()))
              : topics.find(asked.name());
      found.add(topic);
      if (topic != null) {
        gather(topic, asked.partitions(), offsets);
      }
    }
    return commit(request, caller, offsets)
        .handle((done, failure) -> answer(request, caller, found, commitError(failure, caller)));
  }

  private void gather(
      Topic topic,
      List<TxnOffsetCommitRequestPartition> asked,
      Map<TopicPartition, CommittedOffset> offsets) {
    long now = clock.millis();
    for (TxnOffsetCommitRequestPartition partition : asked) {
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

  private CompletionStage<Void> commit(
      TxnOffsetCommitRequestData request,
      Caller caller,
      Map<TopicPartition, CommittedOffset> offsets) {
    TransactionalProducer producer =
        new TransactionalProducer(
            request.transactionalId(), request.producerId(), request.producerEpoch());
    TopicPartition home = offsetsPartition(request.groupId());
    Partition partition = topics.find(home.topic(), home.partition());
    long vouched = partition == null ? 0 : partition.markersWritten();
    CompletionStage<Void> inTransaction =
        caller.version() >= FIRST_COMMIT_THAT_ADDS
            ? transactions.add(producer, Set.of(home), Protocol.V2)
            : transactions.verify(producer, Set.of(home));
    MemberIdentity member =
        new MemberIdentity(
            request.groupId(),
            request.generationIdOrMemberEpoch(),
            request.memberId(),
            request.groupInstanceId());
    TransactionalCommit by =
        new TransactionalCommit(request.producerId(), request.producerEpoch(), vouched);
    return inTransaction.thenCompose(done -> groups.commitInTransaction(member, by, offsets));
  }

  private static Errors commitError(@Nullable Throwable failure, Caller caller) {
    Errors error = error(failure, false);
    return error == Errors.TRANSACTION_ABORTABLE && caller.version() < FIRST_COMMIT_WITH_ABORTABLE
        ? Errors.INVALID_TXN_STATE
        : error;
  }

  private static TxnOffsetCommitResponseData answer(
      TxnOffsetCommitRequestData request,
      Caller caller,
      List<@Nullable Topic> found,
      Errors error) {
    Errors unknown =
        caller.version() >= FIRST_COMMIT_BY_ID
            ? Errors.UNKNOWN_TOPIC_ID
            : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    List<TxnOffsetCommitResponseTopic> answers = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      TxnOffsetCommitRequestTopic asked = request.topics().get(i);
      Topic topic = found.get(i);
      List<TxnOffsetCommitResponsePartition> partitions = new ArrayList<>();
      for (TxnOffsetCommitRequestPartition partition : asked.partitions()) {
        Errors each =
            topic == null
                ? unknown
                : topic.has(partition.partitionIndex()) ? error : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        partitions.add(
            new TxnOffsetCommitResponsePartition()
                .setPartitionIndex(partition.partitionIndex())
                .setErrorCode(each.code()));
      }
      answers.add(
          new TxnOffsetCommitResponseTopic()
              .setName(asked.name())
              .setTopicId(asked.topicId())
              .setPartitions(partitions));
    }
    return new TxnOffsetCommitResponseData().setTopics(answers);
  }
}
