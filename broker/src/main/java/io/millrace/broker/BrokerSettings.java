package io.millrace.broker;

import io.millrace.broker.group.GroupSettings;
import io.millrace.broker.transaction.TransactionSettings;
import io.millrace.core.SettingException;
import java.time.Duration;
import java.util.Map;

/**
 * What a node's broker can be told. Immutable.
 *
 * @param defaultPartitions partitions of a topic whose creator names no number (Kafka's {@code
 *     num.partitions})
 * @param topicDefaults defaults that differ from those of {@link
 *     io.millrace.broker.topic.TopicSetting}, by the same names; a topic's own settings win
 * @param maxPartitionsPerTopic a creation that asks for more is refused
 * @param maxPartitions the same for all topics together: each has files open
 * @param housekeepingInterval time between two rounds of retention and compaction (Kafka's {@code
 *     log.retention.check.interval.ms})
 * @param compactionInterval time between two looks for logs that are to be compacted (Kafka's
 *     {@code log.cleaner.backoff.ms})
 * @param producerExpiry an idempotent producer that is silent for this long is forgotten (Kafka's
 *     {@code producer.id.expiration.ms})
 * @param maxProducersPerPartition beyond it those silent for longest are forgotten
 * @param groups consumer groups
 * @param transactions transactions
 */
public record BrokerSettings(
    int defaultPartitions,
    Map<String, String> topicDefaults,
    int maxPartitionsPerTopic,
    int maxPartitions,
    Duration housekeepingInterval,
    Duration compactionInterval,
    Duration producerExpiry,
    int maxProducersPerPartition,
    GroupSettings groups,
    TransactionSettings transactions) {

  /** Checks the ranges. */
  public BrokerSettings {
    positive("broker.default.partitions", defaultPartitions);
    positive("broker.max.partitions.per.topic", maxPartitionsPerTopic);
    positive("broker.max.partitions", maxPartitions);
    positive("broker.max.producers.per.partition", maxProducersPerPartition);
    positive("broker.housekeeping.interval.ms", housekeepingInterval.toMillis());
    positive("broker.compaction.interval.ms", compactionInterval.toMillis());
    positive("broker.producer.expiry.ms", producerExpiry.toMillis());
    topicDefaults = Map.copyOf(topicDefaults);
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new SettingException(name, "is " + value, "1 or more");
    }
  }

  /** Kafka's defaults, with bounds where Kafka has none. */
  public static BrokerSettings defaults() {
    return new BrokerSettings(
        1,
        Map.of(),
        10_000,
        100_000,
        Duration.ofMinutes(5),
        Duration.ofSeconds(15),
        Duration.ofDays(1),
        10_000,
        GroupSettings.defaults(),
        TransactionSettings.defaults());
  }

  /** With another number of partitions for topics that name none. */
  public BrokerSettings withDefaultPartitions(int partitions) {
    return new BrokerSettings(
        partitions,
        topicDefaults,
        maxPartitionsPerTopic,
        maxPartitions,
        housekeepingInterval,
        compactionInterval,
        producerExpiry,
        maxProducersPerPartition,
        groups,
        transactions);
  }

  /** With other defaults for topics' settings. */
  public BrokerSettings withTopicDefaults(Map<String, String> defaults) {
    return new BrokerSettings(
        defaultPartitions,
        defaults,
        maxPartitionsPerTopic,
        maxPartitions,
        housekeepingInterval,
        compactionInterval,
        producerExpiry,
        maxProducersPerPartition,
        groups,
        transactions);
  }

  /** With other bounds on partitions. */
  public BrokerSettings withMaxPartitions(int perTopic, int together) {
    return new BrokerSettings(
        defaultPartitions,
        topicDefaults,
        perTopic,
        together,
        housekeepingInterval,
        compactionInterval,
        producerExpiry,
        maxProducersPerPartition,
        groups,
        transactions);
  }

  /** With another time between rounds of housekeeping. */
  public BrokerSettings withHousekeepingInterval(Duration interval) {
    return new BrokerSettings(
        defaultPartitions,
        topicDefaults,
        maxPartitionsPerTopic,
        maxPartitions,
        interval,
        compactionInterval,
        producerExpiry,
        maxProducersPerPartition,
        groups,
        transactions);
  }

  /** With another time between looks for logs to compact. */
  public BrokerSettings withCompactionInterval(Duration interval) {
    return new BrokerSettings(
        defaultPartitions,
        topicDefaults,
        maxPartitionsPerTopic,
        maxPartitions,
        housekeepingInterval,
        interval,
        producerExpiry,
        maxProducersPerPartition,
        groups,
        transactions);
  }

  /** With another patience for idempotent producers. */
  public BrokerSettings withProducers(Duration expiry, int maxPerPartition) {
    return new BrokerSettings(
        defaultPartitions,
        topicDefaults,
        maxPartitionsPerTopic,
        maxPartitions,
        housekeepingInterval,
        compactionInterval,
        expiry,
        maxPerPartition,
        groups,
        transactions);
  }

  /** With other settings for consumer groups. */
  public BrokerSettings withGroups(GroupSettings settings) {
    return new BrokerSettings(
        defaultPartitions,
        topicDefaults,
        maxPartitionsPerTopic,
        maxPartitions,
        housekeepingInterval,
        compactionInterval,
        producerExpiry,
        maxProducersPerPartition,
        settings,
        transactions);
  }

  /** With other settings for transactions. */
  public BrokerSettings withTransactions(TransactionSettings settings) {
    return new BrokerSettings(
        defaultPartitions,
        topicDefaults,
        maxPartitionsPerTopic,
        maxPartitions,
        housekeepingInterval,
        compactionInterval,
        producerExpiry,
        maxProducersPerPartition,
        groups,
        settings);
  }
}
