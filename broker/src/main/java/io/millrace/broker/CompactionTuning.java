package io.millrace.broker;

import io.millrace.broker.topic.TopicSetting;
import io.millrace.core.SettingException;
import io.millrace.log.CompactionLimits;
import io.millrace.log.LogStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How much compaction takes of the machine, and how often it looks for work. */
final class CompactionTuning implements Reconfigurable {

  private static final String THREADS = "log.cleaner.threads";
  private static final String MAP_BYTES = "log.cleaner.dedupe.buffer.size";
  private static final String RATE = "log.cleaner.io.max.bytes.per.second";
  private static final String INTERVAL = "log.cleaner.backoff.ms";

  private static final List<NodeSetting> SETTINGS =
      List.of(
          NodeSetting.number(
              THREADS, TopicSetting.Type.INT, 1, 1024, "Partitions that are compacted at a time."),
          NodeSetting.number(
              MAP_BYTES,
              TopicSetting.Type.LONG,
              24 * 1024,
              1L << 40,
              "Most memory for the keys of all rounds of compaction: 24 bytes each."),
          new NodeSetting(
              RATE,
              TopicSetting.Type.DOUBLE,
              "a number from 1",
              "Most bytes that compaction reads and writes in a second.",
              value -> rate(value) >= 1),
          NodeSetting.number(
              INTERVAL,
              TopicSetting.Type.LONG,
              1,
              Integer.MAX_VALUE,
              "Time between two looks for partitions that are to be compacted."));

  private final LogStore store;
  private final Housekeeping housekeeping;
  private final CompactionLimits limits;
  private final Duration interval;

  CompactionTuning(LogStore store, Housekeeping housekeeping, Duration interval) {
    this.store = store;
    this.housekeeping = housekeeping;
    this.limits = store.compactionLimits();
    this.interval = interval;
  }

  private static double rate(String value) {
    try {
      return Double.parseDouble(value.strip());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private CompactionLimits merged(Map<String, String> changed) {
    String rate = changed.get(RATE);
    return new CompactionLimits(
        (int) number(changed.get(THREADS), limits.threads()),
        number(changed.get(MAP_BYTES), limits.mapBytes()),
        // A cast of what is too large gives the largest, which is no limit.
        rate == null ? limits.bytesPerSecond() : (long) rate(rate));
  }

  private static long number(@Nullable String value, long usual) {
    return value == null ? usual : Long.parseLong(value.strip());
  }

  @Override
  public List<NodeSetting> settings() {
    return SETTINGS;
  }

  @Override
  public void check(Map<String, String> changed) {
    try {
      CompactionLimits unused = merged(changed);
    } catch (SettingException e) {
      throw new BrokerException(BrokerError.INVALID_SETTING, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void reconfigure(Map<String, String> changed) {
    CompactionLimits wanted = merged(changed);
    if (!wanted.equals(store.compactionLimits())) {
      store.limitCompaction(wanted);
    }
    housekeeping.lookForCompactionEvery(
        Duration.ofMillis(number(changed.get(INTERVAL), interval.toMillis())));
  }
}
