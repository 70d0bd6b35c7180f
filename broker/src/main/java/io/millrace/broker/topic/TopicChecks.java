package io.millrace.broker.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.metadata.KnownTopics;
import io.millrace.broker.metadata.MetadataRecord.TopicRecord;
import io.millrace.broker.metadata.MetadataState;
import io.millrace.broker.metadata.TopicName;
import java.util.function.Supplier;

/** What must hold before a topic is made or changed. */
final class TopicChecks {

  private final BrokerSettings limits;
  private final Supplier<TopicSettingsReader> reader;

  TopicChecks(BrokerSettings limits, Supplier<TopicSettingsReader> reader) {
    this.limits = limits;
    this.reader = reader;
  }

  /** How many partitions it is to have. */
  int partitions(NewTopic asked) {
    return asked.partitions() == -1 ? limits.defaultPartitions() : asked.partitions();
  }

  /** Refuses a topic that cannot be made. */
  void check(NewTopic asked, KnownTopics state) {
    TopicName.check(asked.name());
    if (state.exists(asked.name())) {
      throw new BrokerException(
          BrokerError.TOPIC_EXISTS, "topic " + asked.name() + " exists already");
    }
    String other = state.collidingWith(asked.name());
    if (other != null) {
      throw new BrokerException(
          BrokerError.INVALID_TOPIC_NAME,
          "topic name "
              + asked.name()
              + " differs from "
              + other
              + " only in '.' and '_', which metrics cannot tell apart");
    }
    checkCount(asked.name(), 0, partitions(asked), state);
    reader.get().read(asked.settings());
  }

  /** Refuses a number of partitions, of a topic that has {@code present} so far. */
  void checkCount(String name, int present, int asked, KnownTopics state) {
    if (asked < 1 || asked > limits.maxPartitionsPerTopic()) {
      throw new BrokerException(
          BrokerError.INVALID_PARTITION_COUNT,
          "topic "
              + name
              + " is to have "
              + asked
              + " partitions; allowed: 1 to "
              + limits.maxPartitionsPerTopic()
              + " (broker.max.partitions.per.topic)");
    }
    if ((long) state.partitions() - present + asked > limits.maxPartitions()) {
      throw new BrokerException(
          BrokerError.INVALID_PARTITION_COUNT,
          "the node has "
              + state.partitions()
              + " partitions, and "
              + asked
              + " for "
              + name
              + " would be too many; allowed: "
              + limits.maxPartitions()
              + " (broker.max.partitions)");
    }
  }

  /** The topic of that name, if it is one that can be changed. */
  static TopicRecord userTopic(String name, MetadataState state) {
    TopicRecord topic = state.topic(name);
    if (topic == null || topic.deleting()) {
      throw new BrokerException(
          BrokerError.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic " + name);
    }
    if (topic.internal()) {
      throw new BrokerException(
          BrokerError.INVALID_TOPIC_NAME, "topic " + name + " is the node's own");
    }
    return topic;
  }
}
