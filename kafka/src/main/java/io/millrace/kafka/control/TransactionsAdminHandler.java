package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.NamePattern;
import io.millrace.broker.producer.ActiveProducer;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Partition.TransactionEnd;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.Topics;
import io.millrace.broker.transaction.TransactionCoordinator;
import io.millrace.broker.transaction.TransactionCoordinator.TransactionDescription;
import io.millrace.broker.transaction.TransactionState;
import io.millrace.core.Clock;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerPartitionResult;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerResult;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers DescribeProducers, DescribeTransactions, ListTransactions and WriteTxnMarkers. */
final class TransactionsAdminHandler {

  private final TransactionCoordinator transactions;
  private final Topics topics;
  private final Clock clock;

  TransactionsAdminHandler(Broker broker, Clock clock) {
    this.transactions = broker.transactions();
    this.topics = broker.topics();
    this.clock = clock;
  }

  // ---- DescribeProducers ----

  CompletionStage<DescribeProducersResponseData> producers(
      DescribeProducersRequestData request, Caller caller) {
    List<CompletionStage<DescribeProducersResponseData.PartitionResponse>> all = new ArrayList<>();
    for (DescribeProducersRequestData.TopicRequest topic : request.topics()) {
      for (int index : topic.partitionIndexes()) {
        all.add(producers(topics.find(topic.name(), index), index));
      }
    }
    return Stages.all(all)
        .thenApply(
            found -> {
              List<DescribeProducersResponseData.TopicResponse> answers = new ArrayList<>();
              int next = 0;
              for (DescribeProducersRequestData.TopicRequest topic : request.topics()) {
                int count = topic.partitionIndexes().size();
                answers.add(
                    new DescribeProducersResponseData.TopicResponse()
                        .setName(topic.name())
                        .setPartitions(List.copyOf(found.subList(next, next + count))));
                next += count;
              }
              return new DescribeProducersResponseData().setTopics(answers);
            });
  }

  private static CompletionStage<DescribeProducersResponseData.PartitionResponse> producers(
      @Nullable Partition partition, int index) {
    DescribeProducersResponseData.PartitionResponse answer =
        new DescribeProducersResponseData.PartitionResponse().setPartitionIndex(index);
    if (partition == null) {
      return CompletableFuture.completedFuture(
          answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
    }
    return partition
        .activeProducers()
        .handle(
            (producers, failure) -> {
              if (failure != null) {
                return answer.setErrorCode(ErrorCodes.of(failure).code());
              }
              for (ActiveProducer each : producers) {
                answer
                    .activeProducers()
                    .add(
                        new DescribeProducersResponseData.ProducerState()
                            .setProducerId(each.producerId())
                            .setProducerEpoch(each.epoch())
                            .setLastSequence(each.lastSequence())
                            .setLastTimestamp(each.lastSeenMillis())
                            .setCoordinatorEpoch(each.coordinatorEpoch())
                            .setCurrentTxnStartOffset(each.transactionStart()));
              }
              return answer;
            });
  }

  // ---- DescribeTransactions ----

  CompletionStage<DescribeTransactionsResponseData> describe(
      DescribeTransactionsRequestData request, Caller caller) {
    List<CompletionStage<DescribeTransactionsResponseData.TransactionState>> all =
        new ArrayList<>();
    for (String id : request.transactionalIds()) {
      all.add(
          transactions
              .describe(id)
              .handle(
                  (found, failure) ->
                      failure == null
                          ? described(id, found.orElse(null))
                          : new DescribeTransactionsResponseData.TransactionState()
                              .setTransactionalId(id)
                              .setErrorCode(ErrorCodes.of(failure).code())));
    }
    return Stages.all(all)
        .thenApply(list -> new DescribeTransactionsResponseData().setTransactionStates(list));
  }

  private static DescribeTransactionsResponseData.TransactionState described(
      String id, @Nullable TransactionDescription transaction) {
    DescribeTransactionsResponseData.TransactionState answer =
        new DescribeTransactionsResponseData.TransactionState().setTransactionalId(id);
    if (transaction == null) {
      return answer.setErrorCode(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
    }
    for (TopicPartition partition : transaction.partitions()) {
      TopicData topic = answer.topics().find(partition.topic());
      if (topic == null) {
        topic = new TopicData().setTopic(partition.topic());
        answer.topics().add(topic);
      }
      topic.partitions().add(partition.partition());
    }
    return answer
        .setTransactionState(transaction.state().label())
        .setTransactionTimeoutMs(transaction.timeoutMillis())
        .setTransactionStartTimeMs(transaction.startMillis())
        .setProducerId(transaction.producerId())
        .setProducerEpoch(transaction.epoch());
  }

  // ---- ListTransactions ----

  CompletionStage<ListTransactionsResponseData> list(
      ListTransactionsRequestData request, Caller caller) {
    Set<String> states = new HashSet<>(request.stateFilters());
    Set<Long> producers = new HashSet<>(request.producerIdFilters());
    long before =
        request.durationFilter() < 0 ? Long.MAX_VALUE : clock.millis() - request.durationFilter();
    String pattern = request.transactionalIdPattern();
    Predicate<String> ids = id -> true;
    if (pattern != null && !pattern.isEmpty()) {
      try {
        ids = NamePattern.compile(pattern, "transactional ids")::matches;
      } catch (BrokerException e) {
        return CompletableFuture.completedFuture(
            new ListTransactionsResponseData().setErrorCode(ErrorCodes.of(e.error()).code()));
      }
    }
    Predicate<String> wanted = ids;
    return transactions
        .list()
        .handle(
            (all, failure) -> {
              if (failure != null) {
                return new ListTransactionsResponseData()
                    .setErrorCode(ErrorCodes.of(failure).code());
              }
              ListTransactionsResponseData response =
                  new ListTransactionsResponseData()
                      .setUnknownStateFilters(unknown(request.stateFilters()));
              for (TransactionDescription each : all) {
                boolean longEnough =
                    before == Long.MAX_VALUE
                        || (each.startMillis() >= 0 && each.startMillis() <= before);
                if (longEnough
                    && wanted.test(each.transactionalId())
                    && (states.isEmpty() || states.contains(each.state().label()))
                    && (producers.isEmpty() || producers.contains(each.producerId()))) {
                  response
                      .transactionStates()
                      .add(
                          new ListTransactionsResponseData.TransactionState()
                              .setTransactionalId(each.transactionalId())
                              .setProducerId(each.producerId())
                              .setTransactionState(each.state().label()));
                }
              }
              return response;
            });
  }

  private static List<String> unknown(List<String> filters) {
    Set<String> known = new HashSet<>();
    for (TransactionState state : TransactionState.values()) {
      known.add(state.label());
    }
    return filters.stream().filter(filter -> !known.contains(filter)).toList();
  }

  // ---- WriteTxnMarkers ----

  /** For administrators, who so end a transaction that its coordinator has lost (KIP-664). */
  CompletionStage<WriteTxnMarkersResponseData> writeMarkers(
      WriteTxnMarkersRequestData request, Caller caller) {
    List<CompletionStage<WritableTxnMarkerPartitionResult>> all = new ArrayList<>();
    for (WritableTxnMarker marker : request.markers()) {
      TransactionEnd end =
          new TransactionEnd(
              marker.producerId(),
              marker.producerEpoch(),
              marker.transactionResult(),
              marker.coordinatorEpoch());
      for (WritableTxnMarkerTopic topic : marker.topics()) {
        for (int index : topic.partitionIndexes()) {
          all.add(write(topics.find(topic.name(), index), index, end));
        }
      }
    }
    return Stages.all(all).thenApply(results -> answer(request, results));
  }

  private static CompletionStage<WritableTxnMarkerPartitionResult> write(
      @Nullable Partition partition, int index, TransactionEnd end) {
    CompletableFuture<WritableTxnMarkerPartitionResult> result = new CompletableFuture<>();
    WritableTxnMarkerPartitionResult answer =
        new WritableTxnMarkerPartitionResult().setPartitionIndex(index);
    if (partition == null) {
      result.complete(answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
    } else {
      partition.endTransaction(
          end,
          failure ->
              result.complete(
                  failure == null
                      ? answer
                      : answer.setErrorCode(ErrorCodes.of(failure.error()).code())));
    }
    return result;
  }

  private static WriteTxnMarkersResponseData answer(
      WriteTxnMarkersRequestData request, List<WritableTxnMarkerPartitionResult> results) {
    WriteTxnMarkersResponseData response = new WriteTxnMarkersResponseData();
    int next = 0;
    for (WritableTxnMarker marker : request.markers()) {
      WritableTxnMarkerResult written =
          new WritableTxnMarkerResult().setProducerId(marker.producerId());
      for (WritableTxnMarkerTopic topic : marker.topics()) {
        int count = topic.partitionIndexes().size();
        written
            .topics()
            .add(
                new WritableTxnMarkerTopicResult()
                    .setName(topic.name())
                    .setPartitions(List.copyOf(results.subList(next, next + count))));
        next += count;
      }
      response.markers().add(written);
    }
    return response;
  }
}
