package io.millrace.kafka.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.TopicDefaults;
import io.millrace.broker.group.ConsumerGroupSettings;
import io.millrace.broker.group.GroupSettings;
import io.millrace.broker.group.ShareGroupSettings;
import io.millrace.broker.group.StreamsGroupConfig;
import io.millrace.broker.group.StreamsGroupSettings;
import io.millrace.broker.group.streams.StickyTaskAssignor;
import io.millrace.broker.topic.TopicSetting;
import io.millrace.broker.transaction.TransactionSettings;
import io.millrace.log.CompactionLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every setting that a Kafka broker has, by Kafka's names, and what becomes of it here: a key of
 * the node's configuration sets it, or its value comes with the program, or there is nothing that
 * it could act on. Immutable.
 */
public final class BrokerSettingTable {

  /**
   * One setting.
   *
   * @param value what is in force; null where there is nothing to be in force, or it is not told
   * @param how what sets it, or why nothing does; a sentence
   */
  public record Entry(String name, @Nullable String value, String how) {}

  private final Map<String, Entry> entries = new TreeMap<>();

  /**
   * What a node was started with.
   *
   * @param port the settings of the Kafka port that are in force, by Kafka's names
   */
  public BrokerSettingTable(Broker broker, Map<String, String> port) {
    this(broker.settings(), broker.compactionLimits(), port);
    node(broker);
  }

  private BrokerSettingTable(
      BrokerSettings settings, CompactionLimits compaction, Map<String, String> port) {
    withoutEffect();
    topics(settings.topicDefaults());
    housekeeping(settings, compaction);
    groups(settings.groups());
    transactions(settings.transactions());
    port(port);
  }

  /**
   * What holds where a node is not told otherwise.
   *
   * @param port the same of the Kafka port, by Kafka's names
   */
  static BrokerSettingTable defaults(Map<String, String> port) {
    return new BrokerSettingTable(BrokerSettings.defaults(), CompactionLimits.DEFAULT, port);
  }

  /** The setting of that name; null when Kafka has none such. */
  public @Nullable Entry find(String name) {
    return entries.get(name);
  }

  /** All, in the order of their names. */
  public Collection<Entry> all() {
    return entries.values();
  }

  private void put(String name, @Nullable String value, String how) {
    entries.put(name, new Entry(name, value, how));
  }

  private void setBy(String key, String name, @Nullable Object value) {
    put(name, value == null ? null : value.toString(), "Set by `" + key + "`.");
  }

  private void fixed(String name, Object value) {
    put(name, value.toString(), "Comes with the program.");
  }

  private void withoutEffect() {
    String why = "";
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    BrokerSettingTable.class.getResourceAsStream("settings-without-effect.txt")),
                UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("[")) {
          why = line.substring(1, line.length() - 1);
        } else if (!line.isEmpty() && !line.startsWith("#")) {
          put(line, null, why);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void topics(Map<String, String> started) {
    Map<String, String> values = new TreeMap<>();
    TopicSetting.all().forEach(setting -> values.put(setting.name(), setting.defaultValue()));
    values.putAll(started);
    TopicDefaults.byNodeName()
        .forEach(
            (name, ofTopic) ->
                put(
                    name,
                    values.get(ofTopic),
                    "Set for all topics by `"
                        + keyOfTopics(ofTopic)
                        + "`, for one by its own `"
                        + ofTopic
                        + "`."));
    put("log.retention.hours", null, "`topics.retention-time` takes any unit.");
    put("log.retention.minutes", null, "`topics.retention-time` takes any unit.");
    put("log.roll.hours", null, "`segment.ms` among `topics.settings` sets it.");
    put("log.roll.jitter.hours", null, "`segment.jitter.ms` among `topics.settings` sets it.");
  }

  private static String keyOfTopics(String setting) {
    return switch (setting) {
      case "retention.ms" -> "topics.retention-time";
      case "retention.bytes" -> "topics.retention-size";
      case "segment.bytes" -> "topics.segment-size";
      case "max.message.bytes" -> "topics.max-batch-size";
      default -> "topics.settings";
    };
  }

  private void housekeeping(BrokerSettings settings, CompactionLimits compaction) {
    setBy("topics.partitions", "num.partitions", settings.defaultPartitions());
    setBy(
        "topics.retention-interval",
        "log.retention.check.interval.ms",
        settings.housekeepingInterval().toMillis());
    setBy(
        "compaction.interval", "log.cleaner.backoff.ms", settings.compactionInterval().toMillis());
    setBy("compaction.threads", "log.cleaner.threads", compaction.threads());
    setBy("compaction.map-size", "log.cleaner.dedupe.buffer.size", compaction.mapBytes());
    setBy(
        "compaction.max-rate",
        "log.cleaner.io.max.bytes.per.second",
        compaction.bytesPerSecond() == Long.MAX_VALUE
            ? Double.MAX_VALUE
            : compaction.bytesPerSecond());
    fixed("log.cleaner.enable", true);
    millis("topics.producer-expiry", "producer.id.expiration.ms", settings.producerExpiry());
    fixed("default.replication.factor", 1);
    fixed("delete.topic.enable", true);
  }

  private void groups(GroupSettings groups) {
    setBy(
        "groups.initial-rebalance-delay",
        "group.initial.rebalance.delay.ms",
        groups.classic().initialRebalanceDelay().toMillis());
    setBy(
        "groups.min-session-timeout",
        "group.min.session.timeout.ms",
        groups.classic().minSessionTimeout().toMillis());
    setBy(
        "groups.max-session-timeout",
        "group.max.session.timeout.ms",
        groups.classic().maxSessionTimeout().toMillis());
    setBy("groups.max-size", "group.max.size", groups.classic().maxSize());
    setBy(
        "groups.offset-metadata-max-size",
        "offset.metadata.max.bytes",
        groups.offsets().maxMetadataBytes());
    setBy(
        "groups.offsets-retention",
        "offsets.retention.minutes",
        groups.offsets().retention().toMinutes());
    setBy(
        "groups.offsets-retention-interval",
        "offsets.retention.check.interval.ms",
        groups.offsets().retentionCheckInterval().toMillis());
    fixed("offsets.topic.num.partitions", groups.offsets().partitions());
    fixed("group.coordinator.rebalance.protocols", "classic,consumer,share,streams");
    consumerGroups(groups.consumer());
    shareGroups(groups.share());
    streamsGroups(groups.streams());
  }

  private void consumerGroups(ConsumerGroupSettings consumer) {
    String section = "groups.consumer.";
    String name = "group.consumer.";
    millis(section + "session-timeout", name + "session.timeout.ms", consumer.sessionTimeout());
    millis(
        section + "min-session-timeout",
        name + "min.session.timeout.ms",
        consumer.minSessionTimeout());
    millis(
        section + "max-session-timeout",
        name + "max.session.timeout.ms",
        consumer.maxSessionTimeout());
    millis(
        section + "heartbeat-interval",
        name + "heartbeat.interval.ms",
        consumer.heartbeatInterval());
    millis(
        section + "min-heartbeat-interval",
        name + "min.heartbeat.interval.ms",
        consumer.minHeartbeatInterval());
    millis(
        section + "max-heartbeat-interval",
        name + "max.heartbeat.interval.ms",
        consumer.maxHeartbeatInterval());
    setBy(section + "max-size", name + "max.size", consumer.maxSize());
    setBy(section + "assignors", name + "assignors", String.join(",", consumer.assignors()));
  }

  private void shareGroups(ShareGroupSettings share) {
    String section = "groups.share.";
    String name = "group.share.";
    millis(section + "session-timeout", name + "session.timeout.ms", share.sessionTimeout());
    millis(
        section + "heartbeat-interval", name + "heartbeat.interval.ms", share.heartbeatInterval());
    millis(
        section + "record-lock-duration",
        name + "record.lock.duration.ms",
        share.recordLockDuration());
    millis(
        section + "min-record-lock-duration",
        name + "min.record.lock.duration.ms",
        share.minRecordLockDuration());
    millis(
        section + "max-record-lock-duration",
        name + "max.record.lock.duration.ms",
        share.maxRecordLockDuration());
    setBy(
        section + "delivery-count-limit",
        name + "delivery.count.limit",
        share.deliveryCountLimit());
    setBy(
        section + "max-record-locks", name + "partition.max.record.locks", share.maxRecordLocks());
    setBy(section + "max-size", name + "max.size", share.maxSize());
    setBy(section + "max-sessions", name + "max.share.sessions", share.maxSessions());
    fixed("share.coordinator.state.topic.num.partitions", share.statePartitions());
    fixed("share.coordinator.snapshot.update.records.per.snapshot", share.updatesPerSnapshot());
  }

  private void millis(String key, String name, Duration time) {
    setBy(key, name, time.toMillis());
  }

  private void streamsGroups(StreamsGroupSettings streams) {
    String section = "groups.streams.";
    String name = "group.streams.";
    millis(section + "session-timeout", name + "session.timeout.ms", streams.sessionTimeout());
    fixed(name + "min.session.timeout.ms", StreamsGroupConfig.LEAST_SESSION_MILLIS);
    fixed(name + "max.session.timeout.ms", StreamsGroupConfig.MOST_SESSION_MILLIS);
    millis(
        section + "heartbeat-interval",
        name + "heartbeat.interval.ms",
        streams.heartbeatInterval());
    fixed(name + "min.heartbeat.interval.ms", StreamsGroupConfig.LEAST_HEARTBEAT_MILLIS);
    fixed(name + "max.heartbeat.interval.ms", StreamsGroupConfig.MOST_HEARTBEAT_MILLIS);
    millis(
        section + "initial-rebalance-delay",
        name + "initial.rebalance.delay.ms",
        streams.initialRebalanceDelay());
    fixed(name + "assignment.interval.ms", 0);
    fixed(name + "min.assignment.interval.ms", 0);
    fixed(name + "max.assignment.interval.ms", StreamsGroupConfig.MOST_ASSIGNMENT_MILLIS);
    setBy(section + "standby-replicas", name + "num.standby.replicas", streams.standbyReplicas());
    fixed(name + "max.standby.replicas", StreamsGroupConfig.MOST_STANDBYS);
    setBy(section + "warmup-replicas", name + "num.warmup.replicas", streams.warmupReplicas());
    fixed(name + "max.warmup.replicas", StreamsGroupConfig.MOST_WARMUPS);
    setBy(
        section + "acceptable-recovery-lag",
        name + "acceptable.recovery.lag",
        streams.acceptableRecoveryLag());
    millis(
        section + "task-offset-interval",
        name + "task.offset.interval.ms",
        streams.taskOffsetInterval());
    fixed(name + "min.task.offset.interval.ms", StreamsGroupConfig.LEAST_TASK_OFFSET_MILLIS);
    setBy(section + "max-size", name + "max.size", streams.maxSize());
    fixed(name + "assignors", StickyTaskAssignor.NAME);
    fixed(name + "rack.aware.assignment.tags", "");
  }

  private void transactions(TransactionSettings transactions) {
    millis("transactions.max-timeout", "transaction.max.timeout.ms", transactions.maxTimeout());
    fixed("transaction.state.log.num.partitions", transactions.statePartitions());
    millis("transactions.id-expiry", "transactional.id.expiration.ms", transactions.idExpiry());
    millis(
        "transactions.timeout-interval",
        "transaction.abort.timed.out.transaction.cleanup.interval.ms",
        transactions.timeoutCheckInterval());
    millis(
        "transactions.id-expiry-interval",
        "transaction.remove.expired.transaction.cleanup.interval.ms",
        transactions.idExpiryCheckInterval());
    fixed("transaction.partition.verification.enable", true);
  }

  private void port(Map<String, String> inForce) {
    Map<String, String> keys =
        Map.ofEntries(
            Map.entry("num.network.threads", "kafka.threads"),
            Map.entry("auto.create.topics.enable", "kafka.auto-create-topics"),
            Map.entry("socket.request.max.bytes", "kafka.max-request-size"),
            Map.entry("fetch.max.bytes", "kafka.max-fetch-size"),
            Map.entry("queued.max.request.bytes", "kafka.max-bytes-in-flight"),
            Map.entry("max.connections", "kafka.max-connections"),
            Map.entry("max.connections.per.ip", "kafka.max-connections-per-ip"),
            Map.entry("max.connections.per.ip.overrides", "kafka.max-connections-per-ip-overrides"),
            Map.entry("max.connection.creation.rate", "kafka.max-connection-creation-rate"),
            Map.entry("quota.window.num", "kafka.quota.windows"),
            Map.entry("quota.window.size.seconds", "kafka.quota.window"),
            Map.entry("telemetry.max.bytes", "kafka.telemetry.max-size"),
            Map.entry("connections.max.idle.ms", "kafka.idle-timeout"),
            Map.entry("connections.max.reauth.ms", "kafka.sasl.session-lifetime"),
            Map.entry("advertised.listeners", "kafka.advertised-host"),
            Map.entry("listeners", "kafka.port"),
            Map.entry("listener.security.protocol.map", "kafka.protocol"),
            Map.entry("sasl.enabled.mechanisms", "kafka.sasl.mechanisms"),
            Map.entry("ssl.client.auth", "kafka.tls.client-certificate"),
            Map.entry("ssl.keystore.certificate.chain", "kafka.tls.certificate"),
            Map.entry("ssl.keystore.key", "kafka.tls.key"),
            Map.entry("ssl.truststore.certificates", "kafka.tls.client-ca"),
            Map.entry("sasl.oauthbearer.jwks.endpoint.url", "kafka.sasl.oauth.jwks"),
            Map.entry("sasl.oauthbearer.expected.issuer", "kafka.sasl.oauth.issuer"),
            Map.entry("sasl.oauthbearer.expected.audience", "kafka.sasl.oauth.audience"),
            Map.entry("sasl.oauthbearer.sub.claim.name", "kafka.sasl.oauth.principal-claim"));
    keys.forEach((name, key) -> setBy(key, name, inForce.get(name)));
  }

  private void node(Broker broker) {
    fixed("node.id", 1);
    fixed("process.roles", "broker,controller");
    setBy("data", "log.dirs", broker.folder());
    setBy("data", "log.dir", broker.folder());
  }
}
