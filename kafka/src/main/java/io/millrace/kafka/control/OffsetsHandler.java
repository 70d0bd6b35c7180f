package io.millrace.kafka.control;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.wire.ErrorCodes;
import io.millrace.log.EpochEnd;
import io.millrace.log.TimestampOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

/** Answers ListOffsets, OffsetForLeaderEpoch and DeleteRecords. */
final class OffsetsHandler {

  // Times with a meaning of their own (KIP-79, KIP-734, KIP-405, KIP-1005, KIP-1023).
  private static final long LATEST = -1;
  private static final long EARLIEST = -2;
  private static final long MAX_TIMESTAMP = -3;
  private static final long EARLIEST_LOCAL = -4;
  private static final long LATEST_TIERED = -5;
  private static final long EARLIEST_PENDING_UPLOAD = -6;

  private static final byte READ_COMMITTED = 1;
  private static final long UNKNOWN = -1;
  private static final short FIRST_WITH_LEADER_EPOCH = 4;

  private final Topics topics;

  OffsetsHandler(Topics topics) {
    this.topics = topics;
  }

  // ---- ListOffsets ----

  CompletionStage<ListOffsetsResponseData> list(ListOffsetsRequestData request, Caller caller) {
    List<ListOffsetsTopicResponse> found = new ArrayList<>();
    for (ListOffsetsTopic topic : request.topics()) {
      List<ListOffsetsPartitionResponse> partitions = new ArrayList<>();
      for (ListOffsetsPartition asked : topic.partitions()) {
        partitions.add(list(topic.name(), asked, request, caller));
      }
      found.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(partitions));
    }
    return CompletableFuture.completedFuture(new ListOffsetsResponseData().setTopics(found));
  }

  private ListOffsetsPartitionResponse list(
      String topic, ListOffsetsPartition asked, ListOffsetsRequestData request, Caller caller) {
    ListOffsetsPartitionResponse answer =
        new ListOffsetsPartitionResponse()
            .setPartitionIndex(asked.partitionIndex())
            .setOffset(UNKNOWN)
            .setTimestamp(UNKNOWN);
    Partition partition = topics.find(topic, asked.partitionIndex());
    Errors error =
        partition == null
            ? Errors.UNKNOWN_TOPIC_OR_PARTITION
            : checkEpoch(asked.currentLeaderEpoch(), partition.leaderEpoch());
    if (partition == null || error != Errors.NONE) {
      return answer.setErrorCode(error.code());
    }
    try {
      long limit =
          request.isolationLevel() == READ_COMMITTED
              ? partition.lastStableOffset()
              : partition.highWatermark();
      list(partition, asked.timestamp(), limit, caller.version(), answer);
      return caller.version() < FIRST_WITH_LEADER_EPOCH ? answer.setLeaderEpoch(-1) : answer;
    } catch (BrokerException e) {
      return answer.setErrorCode(ErrorCodes.of(e.error()).code());
    }
  }

  private static void list(
      Partition partition,
      long time,
      long limit,
      short version,
      ListOffsetsPartitionResponse answer) {
    if (time == LATEST) {
      answer.setOffset(limit).setLeaderEpoch(partition.leaderEpoch());
    } else if (time == EARLIEST || (time == EARLIEST_LOCAL && version >= 8)) {
      answer.setOffset(partition.startOffset()).setLeaderEpoch(partition.leaderEpoch());
    } else if (time == MAX_TIMESTAMP && version >= 7) {
      at(partition.latestTimestamp(), limit, answer);
    } else if (time >= 0) {
      at(partition.firstAtOrAfter(time), limit, answer);
    } else if (!(time == LATEST_TIERED && version >= 9)
        && !(time == EARLIEST_PENDING_UPLOAD && version >= 11)) {
      // Those two have no answer, since nothing is kept anywhere but here.
      answer.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
    }
  }

  private static void at(
      Optional<TimestampOffset> found, long limit, ListOffsetsPartitionResponse answer) {
    found
        .filter(record -> record.offset() < limit)
        .ifPresent(
            record ->
                answer
                    .setOffset(record.offset())
                    .setTimestamp(record.timestampMillis())
                    .setLeaderEpoch(record.leaderEpoch()));
  }

  /** Compares what the client believes, -1 for nothing, with what is (KIP-320). */
  private static Errors checkEpoch(int believed, int actual) {
    if (believed < 0 || believed == actual) {
      return Errors.NONE;
    }
    return believed < actual ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
  }

  // ---- OffsetForLeaderEpoch ----

  CompletionStage<OffsetForLeaderEpochResponseData> endOfEpoch(
      OffsetForLeaderEpochRequestData request, Caller caller) {
    OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
    for (OffsetForLeaderTopic topic : request.topics()) {
      List<EpochEndOffset> partitions = new ArrayList<>();
      for (OffsetForLeaderPartition asked : topic.partitions()) {
        partitions.add(endOfEpoch(topic.topic(), asked));
      }
      response
          .topics()
          .add(new OffsetForLeaderTopicResult().setTopic(topic.topic()).setPartitions(partitions));
    }
    return CompletableFuture.completedFuture(response);
  }

  private EpochEndOffset endOfEpoch(String topic, OffsetForLeaderPartition asked) {
    EpochEndOffset answer = new EpochEndOffset().setPartition(asked.partition());
    Partition partition = topics.find(topic, asked.partition());
    if (partition == null) {
      return answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }
    Errors error = checkEpoch(asked.currentLeaderEpoch(), partition.leaderEpoch());
    if (error != Errors.NONE) {
      return answer.setErrorCode(error.code());
    }
    EpochEnd end = partition.endOfEpoch(asked.leaderEpoch());
    return answer.setLeaderEpoch(end.leaderEpoch()).setEndOffset(end.endOffset());
  }

  // ---- DeleteRecords ----

  CompletionStage<DeleteRecordsResponseData> delete(
      DeleteRecordsRequestData request, Caller caller) {
    DeleteRecordsResponseData response = new DeleteRecordsResponseData();
    for (DeleteRecordsTopic topic : request.topics()) {
      DeleteRecordsTopicResult result = new DeleteRecordsTopicResult().setName(topic.name());
      for (DeleteRecordsPartition asked : topic.partitions()) {
        result.partitions().add(delete(topic.name(), asked));
      }
      response.topics().add(result);
    }
    force(
        response.topics().stream()
            .flatMap(topic -> topic.partitions().stream())
            .filter(each -> each.errorCode() == Errors.NONE.code())
            .toList());
    return CompletableFuture.completedFuture(response);
  }

  /** What was deleted is on disk before anybody is told, by one write for all partitions. */
  private void force(List<DeleteRecordsPartitionResult> deleted) {
    if (deleted.isEmpty()) {
      return;
    }
    try {
      topics.forceDeletions();
    } catch (BrokerException e) {
      deleted.forEach(each -> each.setErrorCode(ErrorCodes.of(e.error()).code()));
    }
  }

  private DeleteRecordsPartitionResult delete(String topic, DeleteRecordsPartition asked) {
    DeleteRecordsPartitionResult result =
        new DeleteRecordsPartitionResult()
            .setPartitionIndex(asked.partitionIndex())
            .setLowWatermark(UNKNOWN);
    Partition partition = topics.find(topic, asked.partitionIndex());
    if (partition == null) {
      return result.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }
    try {
      return result.setLowWatermark(partition.deleteBefore(asked.offset()));
    } catch (BrokerException e) {
      return result.setErrorCode(ErrorCodes.of(e.error()).code());
    }
  }
}
