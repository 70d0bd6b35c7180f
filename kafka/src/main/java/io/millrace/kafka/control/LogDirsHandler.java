package io.millrace.kafka.control;

import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.Errors;

/**
 * Answers DescribeLogDirs and AlterReplicaLogDirs. A node has one folder of data: all partitions
 * are there, none is on its way to another.
 */
final class LogDirsHandler {

  private static final int LONGEST_NAME = 255;

  /**
   * Kafka's directory of a partition that moves: the name, a dot, 32 digits and {@code -future}.
   */
  private static final int FUTURE_NAME_EXTRA = 40;

  private final Topics topics;
  private final Path folder;

  LogDirsHandler(Topics topics, Path folder) {
    this.topics = topics;
    this.folder = folder.toAbsolutePath().normalize();
  }

  // ---- DescribeLogDirs ----

  CompletionStage<DescribeLogDirsResponseData> describe(
      DescribeLogDirsRequestData request, Caller caller) {
    DescribeLogDirsResult result = new DescribeLogDirsResult().setLogDir(folder.toString());
    if (request.topics() == null) {
      for (Topic topic : topics.all()) {
        result.topics().add(describe(topic, all(topic)));
      }
    } else {
      for (DescribableLogDirTopic asked : request.topics()) {
        Topic topic = topics.find(asked.topic());
        if (topic != null) {
          result.topics().add(describe(topic, asked.partitions()));
        }
      }
    }
    try {
      FileStore volume = Files.getFileStore(folder);
      result.setTotalBytes(volume.getTotalSpace()).setUsableBytes(volume.getUsableSpace());
    } catch (IOException e) {
      result.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
    }
    return CompletableFuture.completedFuture(
        new DescribeLogDirsResponseData().setResults(List.of(result)));
  }

  private static List<Integer> all(Topic topic) {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < topic.partitions().size(); i++) {
      indexes.add(i);
    }
    return indexes;
  }

  private static DescribeLogDirsTopic describe(Topic topic, Collection<Integer> indexes) {
    List<DescribeLogDirsPartition> partitions = new ArrayList<>();
    for (int index : indexes) {
      if (topic.has(index)) {
        Partition partition = topic.partitions().get(index);
        partitions.add(
            new DescribeLogDirsPartition()
                .setPartitionIndex(index)
                .setPartitionSize(partition.sizeBytes())
                .setOffsetLag(0)
                .setIsFutureKey(false));
      }
    }
    return new DescribeLogDirsTopic().setName(topic.name()).setPartitions(partitions);
  }

  // ---- AlterReplicaLogDirs ----

  CompletionStage<AlterReplicaLogDirsResponseData> alter(
      AlterReplicaLogDirsRequestData request, Caller caller) {
    Map<String, AlterReplicaLogDirTopicResult> results = new LinkedHashMap<>();
    for (AlterReplicaLogDir target : request.dirs()) {
      for (AlterReplicaLogDirTopic topic : target.topics()) {
        for (int index : topic.partitions()) {
          results
              .computeIfAbsent(
                  topic.name(), name -> new AlterReplicaLogDirTopicResult().setTopicName(name))
              .partitions()
              .add(
                  new AlterReplicaLogDirPartitionResult()
                      .setPartitionIndex(index)
                      .setErrorCode(move(target.path(), topic.name(), index).code()));
        }
      }
    }
    return CompletableFuture.completedFuture(
        new AlterReplicaLogDirsResponseData().setResults(List.copyOf(results.values())));
  }

  /** In the order of Kafka's ReplicaManager; to where it is already a partition goes at once. */
  private Errors move(String target, String topic, int index) {
    if (topic.length() + 1 + Integer.toString(index).length() + FUTURE_NAME_EXTRA > LONGEST_NAME) {
      return Errors.INVALID_TOPIC_EXCEPTION;
    }
    if (!folder.toString().equals(target)) {
      return Errors.LOG_DIR_NOT_FOUND;
    }
    return topics.find(topic, index) == null ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.NONE;
  }
}
