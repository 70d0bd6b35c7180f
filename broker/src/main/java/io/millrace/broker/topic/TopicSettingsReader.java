package io.millrace.broker.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.core.SettingException;
import io.millrace.log.CompactionConfig;
import io.millrace.log.Durability;
import io.millrace.log.LogConfig;
import io.millrace.log.RecordLimits;
import io.millrace.log.batch.Compression;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns settings as people write them into what they mean, and refuses those that mean nothing. */
public final class TopicSettingsReader {

  /** So many different settings are remembered; then all are forgotten. */
  private static final int MOST_KNOWN = 1_000;

  private final Map<String, TopicSetting> table = new LinkedHashMap<>();
  private final Set<String> setByNode;

  /** What was read before, so that topics with the same settings share what they mean. */
  private final Map<Map<String, String>, TopicSettings> known = new ConcurrentHashMap<>();

  /**
   * @param nodeDefaults defaults that differ from the table's
   * @throws SettingException when one of them cannot be used
   */
  public TopicSettingsReader(Map<String, String> nodeDefaults) {
    for (TopicSetting setting : TopicSetting.all()) {
      table.put(setting.name(), setting);
    }
    nodeDefaults.forEach(
        (name, value) -> {
          TopicSetting setting = table.get(name);
          if (setting == null) {
            throw new SettingException(
                "topic.defaults." + name, "is not known", String.join(", ", table.keySet()));
          }
          if (!setting.accepts().test(value)) {
            throw new SettingException(
                "topic.defaults." + name, "is \"" + value + "\"", setting.allowed());
          }
          table.put(name, setting.withDefault(value));
        });
    setByNode = Set.copyOf(nodeDefaults.keySet());
  }

  /** The table with this node's defaults. */
  public List<TopicSetting> settings() {
    return List.copyOf(table.values());
  }

  /**
   * What the given settings mean together with the defaults: the same object for the same settings,
   * mostly. Any thread.
   *
   * @throws BrokerException with {@code INVALID_SETTING}
   */
  public TopicSettings read(Map<String, String> given) {
    TopicSettings present = known.get(given);
    if (present != null) {
      return present;
    }
    TopicSettings settings = meaning(given);
    if (known.size() >= MOST_KNOWN) {
      known.clear();
    }
    known.put(settings.given(), settings);
    return settings;
  }

  private TopicSettings meaning(Map<String, String> given) {
    given.forEach(this::check);
    Map<String, String> values = new HashMap<>();
    table.forEach(
        (name, setting) -> values.put(name, given.getOrDefault(name, setting.defaultValue())));
    long retentionMillis = number(values, "retention.ms");
    LogConfig.Cleanup cleanup = cleanup(text(values, "cleanup.policy"));
    LogConfig log =
        new LogConfig(
            Math.toIntExact(number(values, "segment.bytes")),
            millis(number(values, "segment.ms")),
            Math.toIntExact(number(values, "index.interval.bytes")),
            Math.toIntExact(number(values, "max.message.bytes")),
            number(values, "retention.bytes"),
            retentionMillis < 0 ? Duration.ofMillis(-1) : millis(retentionMillis),
            cleanup == null ? LogConfig.Cleanup.DELETE : cleanup,
            durability(given, values),
            flushInterval(given, values),
            text(values, "message.timestamp.type").equals("LogAppendTime"),
            millis(number(values, "segment.jitter.ms")),
            Math.toIntExact(number(values, "segment.index.bytes")),
            millis(number(values, "file.delete.delay.ms")),
            new RecordLimits(
                millis(number(values, "message.timestamp.before.max.ms")),
                millis(number(values, "message.timestamp.after.max.ms")),
                Math.toIntExact(number(values, "max.decompressed.message.bytes"))),
            new CompactionConfig(
                ratio(text(values, "min.cleanable.dirty.ratio")),
                millis(number(values, "min.compaction.lag.ms")),
                millis(number(values, "max.compaction.lag.ms")),
                millis(number(values, "delete.retention.ms"))));
    if (log.compaction().minLag().compareTo(log.compaction().maxLag()) > 0) {
      throw new BrokerException(
          BrokerError.INVALID_SETTING,
          "min.compaction.lag.ms is "
              + text(values, "min.compaction.lag.ms")
              + "; allowed: up to max.compaction.lag.ms, which is "
              + text(values, "max.compaction.lag.ms"));
    }
    return new TopicSettings(
        Map.copyOf(new TreeMap<>(given)),
        log,
        Math.toIntExact(number(values, "min.insync.replicas")),
        compression(values));
  }

  private void check(String name, String value) {
    TopicSetting setting = table.get(name);
    if (setting == null) {
      throw new BrokerException(
          BrokerError.INVALID_SETTING,
          "topic setting "
              + name
              + " is not known; allowed: "
              + table.keySet().stream().sorted().collect(Collectors.joining(", ")));
    }
    if (!setting.accepts().test(value)) {
      throw new BrokerException(
          BrokerError.INVALID_SETTING,
          name + " is \"" + value + "\"; allowed: " + setting.allowed());
    }
  }

  /** Ours wins over Kafka's names for the same, and the topic's own setting over the node's. */
  private Durability durability(Map<String, String> given, Map<String, String> values) {
    boolean named =
        given.containsKey("durability")
            || (setByNode.contains("durability")
                && !given.containsKey("flush.messages")
                && !given.containsKey("flush.ms"));
    if (!named) {
      if (number(values, "flush.messages") == 1) {
        return Durability.COMMIT;
      }
      if (number(values, "flush.ms") != Long.MAX_VALUE) {
        return Durability.INTERVAL;
      }
    }
    Durability durability = durability(text(values, "durability"));
    return durability == null ? Durability.OS : durability;
  }

  private static Duration flushInterval(Map<String, String> given, Map<String, String> values) {
    long ours = number(values, "flush.interval.ms");
    long kafkas = number(values, "flush.ms");
    boolean takeOurs = given.containsKey("flush.interval.ms") || kafkas == Long.MAX_VALUE;
    return millis(takeOurs ? ours : kafkas);
  }

  static @Nullable Durability durability(String value) {
    return Arrays.stream(Durability.values())
        .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(value))
        .findFirst()
        .orElse(null);
  }

  static LogConfig.@Nullable Cleanup cleanup(String value) {
    Set<String> words =
        Arrays.stream(value.split(",", -1)).map(String::strip).collect(Collectors.toSet());
    if (words.equals(Set.of("delete"))) {
      return LogConfig.Cleanup.DELETE;
    }
    if (words.equals(Set.of("compact"))) {
      return LogConfig.Cleanup.COMPACT;
    }
    return words.equals(Set.of("compact", "delete")) ? LogConfig.Cleanup.COMPACT_AND_DELETE : null;
  }

  private static @Nullable TargetCompression compression(Map<String, String> values) {
    Compression codec =
        switch (text(values, "compression.type")) {
          case "uncompressed" -> Compression.NONE;
          case "gzip" -> Compression.GZIP;
          case "snappy" -> Compression.SNAPPY;
          case "lz4" -> Compression.LZ4;
          case "zstd" -> Compression.ZSTD;
          default -> null;
        };
    if (codec == null) {
      return null;
    }
    int level =
        switch (codec) {
          case GZIP -> (int) number(values, "compression.gzip.level");
          case LZ4 -> (int) number(values, "compression.lz4.level");
          case ZSTD -> (int) number(values, "compression.zstd.level");
          case NONE, SNAPPY -> codec.defaultLevel();
        };
    return new TargetCompression(codec, level);
  }

  /** The ratio that a text stands for, or -1. */
  static double ratio(String value) {
    try {
      double ratio = Double.parseDouble(value.strip());
      return ratio >= 0 && ratio <= 1 ? ratio : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String text(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalStateException(name + " is missing in the table of settings");
    }
    return value;
  }

  private static long number(Map<String, String> values, String name) {
    return Long.parseLong(text(values, name).strip());
  }

  /** Durations count nanoseconds in some of their uses; 292 years are as good as for ever. */
  private static Duration millis(long millis) {
    return Duration.ofMillis(Math.min(millis, Long.MAX_VALUE / 1_000_000));
  }
}
