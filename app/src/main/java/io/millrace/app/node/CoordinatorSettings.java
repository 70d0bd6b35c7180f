package io.millrace.app.node;

import io.millrace.app.config.Configuration;
import io.millrace.app.config.GroupKeys;
import io.millrace.app.config.TransactionKeys;
import io.millrace.broker.group.ClassicGroupSettings;
import io.millrace.broker.group.ConsumerGroupSettings;
import io.millrace.broker.group.GroupOffsetSettings;
import io.millrace.broker.group.GroupSettings;
import io.millrace.broker.group.ShareGroupSettings;
import io.millrace.broker.group.StreamsGroupSettings;
import io.millrace.broker.transaction.TransactionSettings;
import java.util.Arrays;

/** What the configuration tells the coordinators of groups and transactions. */
final class CoordinatorSettings {

  private CoordinatorSettings() {}

  static GroupSettings groups(Configuration configuration) {
    return new GroupSettings(
        GroupSettings.defaults().max(),
        offsets(configuration),
        classic(configuration),
        consumer(configuration),
        share(configuration),
        streams(configuration));
  }

  private static GroupOffsetSettings offsets(Configuration configuration) {
    GroupOffsetSettings usual = GroupOffsetSettings.defaults();
    return new GroupOffsetSettings(
        usual.partitions(),
        usual.durability(),
        configuration.get(GroupKeys.OFFSET_METADATA_MAX_SIZE),
        configuration.get(GroupKeys.OFFSETS_RETENTION),
        configuration.get(GroupKeys.OFFSETS_RETENTION_INTERVAL));
  }

  private static ClassicGroupSettings classic(Configuration configuration) {
    return new ClassicGroupSettings(
        configuration.get(GroupKeys.INITIAL_REBALANCE_DELAY),
        configuration.get(GroupKeys.MIN_SESSION_TIMEOUT),
        configuration.get(GroupKeys.MAX_SESSION_TIMEOUT),
        configuration.get(GroupKeys.MAX_SIZE));
  }

  private static ConsumerGroupSettings consumer(Configuration configuration) {
    return new ConsumerGroupSettings(
        configuration.get(GroupKeys.CONSUMER_SESSION_TIMEOUT),
        configuration.get(GroupKeys.CONSUMER_MIN_SESSION_TIMEOUT),
        configuration.get(GroupKeys.CONSUMER_MAX_SESSION_TIMEOUT),
        configuration.get(GroupKeys.CONSUMER_HEARTBEAT_INTERVAL),
        configuration.get(GroupKeys.CONSUMER_MIN_HEARTBEAT_INTERVAL),
        configuration.get(GroupKeys.CONSUMER_MAX_HEARTBEAT_INTERVAL),
        configuration.get(GroupKeys.CONSUMER_MAX_SIZE),
        Arrays.stream(configuration.get(GroupKeys.CONSUMER_ASSIGNORS).split(",", -1))
            .map(String::strip)
            .toList());
  }

  private static ShareGroupSettings share(Configuration configuration) {
    ShareGroupSettings usual = ShareGroupSettings.defaults();
    return new ShareGroupSettings(
        configuration.get(GroupKeys.SHARE_SESSION_TIMEOUT),
        configuration.get(GroupKeys.SHARE_HEARTBEAT_INTERVAL),
        configuration.get(GroupKeys.SHARE_RECORD_LOCK_DURATION),
        configuration.get(GroupKeys.SHARE_MIN_RECORD_LOCK_DURATION),
        configuration.get(GroupKeys.SHARE_MAX_RECORD_LOCK_DURATION),
        configuration.get(GroupKeys.SHARE_DELIVERY_COUNT_LIMIT),
        configuration.get(GroupKeys.SHARE_MAX_RECORD_LOCKS),
        configuration.get(GroupKeys.SHARE_MAX_SIZE),
        configuration.get(GroupKeys.SHARE_MAX_SESSIONS),
        usual.statePartitions(),
        usual.updatesPerSnapshot());
  }

  private static StreamsGroupSettings streams(Configuration configuration) {
    return new StreamsGroupSettings(
        configuration.get(GroupKeys.STREAMS_SESSION_TIMEOUT),
        configuration.get(GroupKeys.STREAMS_HEARTBEAT_INTERVAL),
        configuration.get(GroupKeys.STREAMS_INITIAL_REBALANCE_DELAY),
        configuration.get(GroupKeys.STREAMS_STANDBY_REPLICAS),
        configuration.get(GroupKeys.STREAMS_WARMUP_REPLICAS),
        configuration.get(GroupKeys.STREAMS_ACCEPTABLE_RECOVERY_LAG),
        configuration.get(GroupKeys.STREAMS_TASK_OFFSET_INTERVAL),
        configuration.get(GroupKeys.STREAMS_MAX_SIZE));
  }

  static TransactionSettings transactions(Configuration configuration) {
    TransactionSettings usual = TransactionSettings.defaults();
    return new TransactionSettings(
        usual.statePartitions(),
        usual.stateDurability(),
        configuration.get(TransactionKeys.MAX_TIMEOUT),
        configuration.get(TransactionKeys.TIMEOUT_INTERVAL),
        configuration.get(TransactionKeys.ID_EXPIRY),
        configuration.get(TransactionKeys.ID_EXPIRY_INTERVAL),
        configuration.get(TransactionKeys.MAX_IDS));
  }
}
