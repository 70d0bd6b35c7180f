package io.millrace.broker;

import io.millrace.broker.topic.TopicRegistry;
import io.millrace.broker.topic.TopicSetting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What holds for topics that do not say otherwise, by the names that Kafka's brokers have for it:
 * what the node was started with, and over it what was changed since.
 */
public final class TopicDefaults implements Reconfigurable {

  /** Names of the node's settings, by the topics' settings that they are the defaults of. */
  private static final Map<String, String> NODE_NAMES =
      Map.ofEntries(
          Map.entry("cleanup.policy", "log.cleanup.policy"),
          Map.entry("retention.ms", "log.retention.ms"),
          Map.entry("retention.bytes", "log.retention.bytes"),
          Map.entry("segment.bytes", "log.segment.bytes"),
          Map.entry("segment.ms", "log.roll.ms"),
          Map.entry("segment.jitter.ms", "log.roll.jitter.ms"),
          Map.entry("segment.index.bytes", "log.index.size.max.bytes"),
          Map.entry("index.interval.bytes", "log.index.interval.bytes"),
          Map.entry("delete.retention.ms", "log.cleaner.delete.retention.ms"),
          Map.entry("min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms"),
          Map.entry("max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms"),
          Map.entry("min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio"),
          Map.entry("file.delete.delay.ms", "log.segment.delete.delay.ms"),
          Map.entry("flush.messages", "log.flush.interval.messages"),
          Map.entry("flush.ms", "log.flush.interval.ms"),
          Map.entry("message.timestamp.type", "log.message.timestamp.type"),
          Map.entry("message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms"),
          Map.entry("message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms"),
          Map.entry("preallocate", "log.preallocate"),
          Map.entry("max.message.bytes", "message.max.bytes"),
          Map.entry("max.decompressed.message.bytes", "max.decompressed.message.bytes"),
          Map.entry("min.insync.replicas", "min.insync.replicas"),
          Map.entry("compression.type", "compression.type"),
          Map.entry("compression.gzip.level", "compression.gzip.level"),
          Map.entry("compression.lz4.level", "compression.lz4.level"),
          Map.entry("compression.zstd.level", "compression.zstd.level"),
          Map.entry("unclean.leader.election.enable", "unclean.leader.election.enable"));

  private static final String PRODUCER_EXPIRY = "producer.id.expiration.ms";

  private static final List<NodeSetting> SETTINGS = table();

  private final TopicRegistry topics;
  private final BrokerSettings settings;

  TopicDefaults(TopicRegistry topics, BrokerSettings settings) {
    this.topics = topics;
    this.settings = settings;
  }

  private static List<NodeSetting> table() {
    List<NodeSetting> table = new ArrayList<>();
    for (TopicSetting setting : TopicSetting.all()) {
      String name = nodeName(setting.name());
      if (name != null) {
        table.add(NodeSetting.ofTopics(name, setting));
      }
    }
    table.add(
        NodeSetting.number(
            PRODUCER_EXPIRY,
            TopicSetting.Type.INT,
            1,
            Integer.MAX_VALUE,
            "An idempotent producer that is silent for this long is forgotten."));
    return List.copyOf(table);
  }

  /** Kafka's name of the node's setting that is the default of a topic's, if it has one. */
  public static @Nullable String nodeName(String topicSetting) {
    return NODE_NAMES.get(topicSetting);
  }

  /** The settings of topics, by Kafka's names of the node's that are their defaults. */
  public static Map<String, String> byNodeName() {
    return NODE_NAMES.entrySet().stream()
        .collect(
            Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey, (a, b) -> a, TreeMap::new));
  }

  /** The defaults that hold once the node's settings were changed so. */
  static Map<String, String> merged(BrokerSettings settings, Map<String, String> changed) {
    Map<String, String> defaults = new HashMap<>(settings.topicDefaults());
    // The same under a name of our own would win over Kafka's.
    if (changed.containsKey("log.flush.interval.messages")
        || changed.containsKey("log.flush.interval.ms")) {
      defaults.remove("durability");
      defaults.remove("flush.interval.ms");
    }
    NODE_NAMES.forEach(
        (ofTopic, name) -> {
          String value = changed.get(name);
          if (value != null) {
            defaults.put(ofTopic, value);
          }
        });
    return defaults;
  }

  @Override
  public List<NodeSetting> settings() {
    return SETTINGS;
  }

  @Override
  public void check(Map<String, String> changed) {
    topics.checkDefaults(merged(settings, changed));
  }

  @Override
  public void reconfigure(Map<String, String> changed) {
    topics.setDefaults(merged(settings, changed));
    String expiry = changed.get(PRODUCER_EXPIRY);
    topics.expireProducersAfter(
        expiry == null
            ? settings.producerExpiry()
            : Duration.ofMillis(Long.parseLong(expiry.strip())));
  }
}
