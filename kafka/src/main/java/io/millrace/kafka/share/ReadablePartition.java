package io.millrace.kafka.share;

import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.topic.Topic;
import io.millrace.kafka.net.Connection;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Whether a client may read a partition, and whether there is one. */
final class ReadablePartition {

  private ReadablePartition() {}

  /**
   * @param topic with the partition's topic id, or null
   */
  static Errors check(@Nullable Topic topic, TopicIdPartition partition, Connection connection) {
    if (topic == null) {
      return Errors.UNKNOWN_TOPIC_ID;
    }
    if (!connection.mayRead(topic.name())) {
      return Errors.TOPIC_AUTHORIZATION_FAILED;
    }
    return !topic.has(partition.partition()) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.NONE;
  }
}
