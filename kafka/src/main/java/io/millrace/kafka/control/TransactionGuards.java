package io.millrace.kafka.control;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.Operation;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnPartitionResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResult;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Guards of the requests about transactions. */
final class TransactionGuards {

  private static final short ID_DENIED = Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code();
  private static final short GROUP_DENIED = Errors.GROUP_AUTHORIZATION_FAILED.code();
  private static final short TOPIC_DENIED = Errors.TOPIC_AUTHORIZATION_FAILED.code();

  /** From here on AddPartitionsToTxn is what nodes say to each other (KIP-890). */
  private static final short FIRST_OF_NODES = 4;

  /** From here on TxnOffsetCommit names topics by id. */
  private static final short FIRST_COMMIT_BY_ID = 6;

  private TransactionGuards() {}

  static void register(Guards.Registry guards, Topics topics) {
    guards.put(24, TransactionGuards::addPartitions);
    guards.put(25, TransactionGuards::addOffsets);
    guards.put(26, TransactionGuards::end);
    guards.<TxnOffsetCommitRequestData>put(
        28, (request, caller, next) -> commitOffsets(request, caller, next, topics));
    guards.put(61, TransactionGuards::describeProducers);
    guards.put(65, TransactionGuards::describe);
    guards.put(66, TransactionGuards::list);
  }

  /** One topic that is denied stops the request: the others are then not attempted. */
  private static CompletionStage<? extends ApiMessage> addPartitions(
      AddPartitionsToTxnRequestData request,
      Caller caller,
      Answerer<AddPartitionsToTxnRequestData> next) {
    Access access = caller.access();
    if (caller.version() >= FIRST_OF_NODES) {
      return access.mayCluster(Operation.CLUSTER_ACTION)
          ? next.answer(request, caller)
          : Guards.now(
              new AddPartitionsToTxnResponseData()
                  .setErrorCode(Errors.CLUSTER_AUTHORIZATION_FAILED.code()));
    }
    boolean mayUseId =
        access.mayTransactionalId(Operation.WRITE, request.v3AndBelowTransactionalId());
    boolean mayWriteAll =
        request.v3AndBelowTopics().stream()
            .allMatch(topic -> access.mayTopic(Operation.WRITE, topic.name()));
    if (mayUseId && mayWriteAll) {
      return next.answer(request, caller);
    }
    AddPartitionsToTxnResponseData response = new AddPartitionsToTxnResponseData();
    for (AddPartitionsToTxnTopic topic : request.v3AndBelowTopics()) {
      short error =
          !mayUseId
              ? ID_DENIED
              : access.mayTopic(Operation.WRITE, topic.name())
                  ? Errors.OPERATION_NOT_ATTEMPTED.code()
                  : TOPIC_DENIED;
      AddPartitionsToTxnTopicResult result =
          new AddPartitionsToTxnTopicResult().setName(topic.name());
      for (int partition : topic.partitions()) {
        result
            .resultsByPartition()
            .add(
                new AddPartitionsToTxnPartitionResult()
                    .setPartitionIndex(partition)
                    .setPartitionErrorCode(error));
      }
      response.resultsByTopicV3AndBelow().add(result);
    }
    return Guards.now(response);
  }

  private static CompletionStage<? extends ApiMessage> addOffsets(
      AddOffsetsToTxnRequestData request,
      Caller caller,
      Answerer<AddOffsetsToTxnRequestData> next) {
    if (!caller.access().mayTransactionalId(Operation.WRITE, request.transactionalId())) {
      return Guards.now(new AddOffsetsToTxnResponseData().setErrorCode(ID_DENIED));
    }
    return caller.access().mayGroup(Operation.READ, request.groupId())
        ? next.answer(request, caller)
        : Guards.now(new AddOffsetsToTxnResponseData().setErrorCode(GROUP_DENIED));
  }

  private static CompletionStage<? extends ApiMessage> end(
      EndTxnRequestData request, Caller caller, Answerer<EndTxnRequestData> next) {
    return caller.access().mayTransactionalId(Operation.WRITE, request.transactionalId())
        ? next.answer(request, caller)
        : Guards.now(new EndTxnResponseData().setErrorCode(ID_DENIED));
  }

  private static CompletionStage<? extends ApiMessage> commitOffsets(
      TxnOffsetCommitRequestData request,
      Caller caller,
      Answerer<TxnOffsetCommitRequestData> next,
      Topics topics) {
    Access access = caller.access();
    short all =
        !access.mayTransactionalId(Operation.WRITE, request.transactionalId())
            ? ID_DENIED
            : access.mayGroup(Operation.READ, request.groupId())
                ? Errors.NONE.code()
                : GROUP_DENIED;
    List<TxnOffsetCommitResponseTopic> denied = new ArrayList<>();
    request
        .topics()
        .removeIf(
            topic -> {
              if (all == 0 && mayRead(topic, caller, topics)) {
                return false;
              }
              denied.add(denied(topic, all != 0 ? all : TOPIC_DENIED));
              return true;
            });
    CompletionStage<TxnOffsetCommitResponseData> answered =
        all == 0
            ? next.answer(request, caller).thenApply(TxnOffsetCommitResponseData.class::cast)
            : Guards.now(new TxnOffsetCommitResponseData());
    return answered.thenApply(
        response -> {
          List<TxnOffsetCommitResponseTopic> answers = new ArrayList<>(response.topics());
          answers.addAll(denied);
          return response.setTopics(answers);
        });
  }

  private static boolean mayRead(TxnOffsetCommitRequestTopic asked, Caller caller, Topics topics) {
    return caller.version() < FIRST_COMMIT_BY_ID
        ? caller.access().mayTopic(Operation.READ, asked.name())
        : GroupGuards.mayReadById(asked.topicId(), caller, topics);
  }

  private static TxnOffsetCommitResponseTopic denied(
      TxnOffsetCommitRequestTopic topic, short error) {
    TxnOffsetCommitResponseTopic answer =
        new TxnOffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
    topic
        .partitions()
        .forEach(
            partition ->
                answer
                    .partitions()
                    .add(
                        new TxnOffsetCommitResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(error)));
    return answer;
  }

  private static CompletionStage<? extends ApiMessage> describeProducers(
      DescribeProducersRequestData request,
      Caller caller,
      Answerer<DescribeProducersRequestData> next) {
    List<TopicResponse> denied = new ArrayList<>();
    for (Iterator<TopicRequest> all = request.topics().iterator(); all.hasNext(); ) {
      TopicRequest topic = all.next();
      if (!caller.access().mayTopic(Operation.READ, topic.name())) {
        all.remove();
        TopicResponse answer = new TopicResponse().setName(topic.name());
        for (int partition : topic.partitionIndexes()) {
          answer
              .partitions()
              .add(new PartitionResponse().setPartitionIndex(partition).setErrorCode(TOPIC_DENIED));
        }
        denied.add(answer);
      }
    }
    return next.answer(request, caller)
        .thenApply(DescribeProducersResponseData.class::cast)
        .thenApply(
            response -> {
              List<TopicResponse> topics = new ArrayList<>(response.topics());
              topics.addAll(denied);
              return response.setTopics(topics);
            });
  }

  private static CompletionStage<? extends ApiMessage> describe(
      DescribeTransactionsRequestData request,
      Caller caller,
      Answerer<DescribeTransactionsRequestData> next) {
    Access access = caller.access();
    List<TransactionState> denied = new ArrayList<>();
    request
        .transactionalIds()
        .removeIf(
            id -> {
              if (access.mayTransactionalId(Operation.DESCRIBE, id)) {
                return false;
              }
              denied.add(new TransactionState().setTransactionalId(id).setErrorCode(ID_DENIED));
              return true;
            });
    return next.answer(request, caller)
        .thenApply(DescribeTransactionsResponseData.class::cast)
        .thenApply(
            response -> {
              // A transaction shows the topics only that its reader may look at.
              for (TransactionState state : response.transactionStates()) {
                state.topics().removeIf(t -> !access.mayTopic(Operation.DESCRIBE, t.topic()));
              }
              List<TransactionState> states = new ArrayList<>(response.transactionStates());
              states.addAll(denied);
              return response.setTransactionStates(states);
            });
  }

  private static CompletionStage<? extends ApiMessage> list(
      ListTransactionsRequestData request,
      Caller caller,
      Answerer<ListTransactionsRequestData> next) {
    Access access = caller.access();
    return next.answer(request, caller)
        .thenApply(ListTransactionsResponseData.class::cast)
        .thenApply(
            response ->
                response.setTransactionStates(
                    response.transactionStates().stream()
                        .filter(
                            state ->
                                access.mayTransactionalId(
                                    Operation.DESCRIBE, state.transactionalId()))
                        .toList()));
  }
}
