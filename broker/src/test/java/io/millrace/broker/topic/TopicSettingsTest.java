package io.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.core.SettingException;
import io.millrace.log.Durability;
import io.millrace.log.LogConfig;
import io.millrace.log.batch.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicSettingsTest {

  private final TopicSettingsReader reader = new TopicSettingsReader(Map.of());

  private LogConfig log(String name, String value) {
    return reader.read(Map.of(name, value)).log();
  }

  @Test
  void withoutSettingsATopicHasTheDefaults() {
    TopicSettings settings = reader.read(Map.of());
    assertThat(settings.log()).isEqualTo(LogConfig.DEFAULT);
    assertThat(settings.minInSyncReplicas()).isEqualTo(1);
    assertThat(settings.given()).isEmpty();
  }

  @Test
  void eachSettingIsThereOnceAndItsDefaultIsAllowed() {
    Set<String> names = new HashSet<>();
    for (TopicSetting setting : TopicSetting.all()) {
      assertThat(names.add(setting.name())).isTrue();
      assertThat(setting.accepts().test(setting.defaultValue())).isTrue();
      assertThat(setting.doc()).isNotBlank();
      assertThat(reader.read(Map.of(setting.name(), setting.defaultValue())).given())
          .containsOnlyKeys(setting.name());
    }
  }

  /** To write the table anew, run this with {@code -Ddocs.update=true} among the JVM's options. */
  @Test
  void theTableOfTheDocumentationIsThatOfTheCode() throws IOException {
    Path file = Path.of(System.getProperty("project.root"), "docs/topic-settings.md");
    String page = Files.readString(file);
    String begin = "<!-- table: settings -->\n";
    int from = page.indexOf(begin) + begin.length();
    String expected = page.substring(0, from) + table() + page.substring(page.indexOf("<!-- end"));
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(file, expected);
      page = expected;
    }
    assertThat(page).isEqualTo(expected);
  }

  private static String table() {
    StringBuilder table =
        new StringBuilder("| setting | default | allowed | what it does |\n|---|---|---|---|\n");
    for (TopicSetting setting : TopicSetting.all()) {
      table.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  setting.name(),
                  setting.defaultValue().isEmpty() ? "(empty)" : setting.defaultValue(),
                  setting
                      .allowed()
                      .replace("a whole number from ", "")
                      .replace(Long.toString(Long.MAX_VALUE), "2^63-1")
                      .replace(Integer.toString(Integer.MAX_VALUE), "2^31-1"),
                  setting.doc()));
    }
    return table.toString();
  }

  @Test
  void whatASettingMeansForTheLog() {
    assertThat(log("segment.bytes", "2048").segmentBytes()).isEqualTo(2048);
    assertThat(log("segment.ms", "1000").segmentAge()).isEqualTo(Duration.ofSeconds(1));
    assertThat(log("index.interval.bytes", "10").indexIntervalBytes()).isEqualTo(10);
    assertThat(log("max.message.bytes", "500").maxBatchBytes()).isEqualTo(500);
    assertThat(log("retention.bytes", "99").retentionBytes()).isEqualTo(99);
    assertThat(log("retention.ms", "5000").retentionAge()).isEqualTo(Duration.ofSeconds(5));
    assertThat(log("retention.ms", "-1").retentionAge()).isNegative();
    assertThat(log("retention.ms", "9223372036854775807").retentionAge()).isPositive();
    assertThat(log("segment.jitter.ms", "7").segmentJitter()).isEqualTo(Duration.ofMillis(7));
    assertThat(log("segment.index.bytes", "96").maxIndexBytes()).isEqualTo(96);
    assertThat(log("file.delete.delay.ms", "0").fileDeleteDelay()).isZero();
    assertThat(log("min.cleanable.dirty.ratio", "0.25").compaction().minDirtyRatio())
        .isEqualTo(0.25);
    assertThat(log("min.compaction.lag.ms", "8").compaction().minLag())
        .isEqualTo(Duration.ofMillis(8));
    assertThat(log("max.compaction.lag.ms", "9").compaction().maxLag())
        .isEqualTo(Duration.ofMillis(9));
    assertThat(log("delete.retention.ms", "10").compaction().deleteRetention())
        .isEqualTo(Duration.ofMillis(10));
    assertThat(log("message.timestamp.type", "LogAppendTime").appendTime()).isTrue();
    assertThat(log("cleanup.policy", "compact").cleanup()).isEqualTo(LogConfig.Cleanup.COMPACT);
    assertThat(log("cleanup.policy", "delete, compact").cleanup())
        .isEqualTo(LogConfig.Cleanup.COMPACT_AND_DELETE);
    assertThat(reader.read(Map.of("min.insync.replicas", "2")).minInSyncReplicas()).isEqualTo(2);
  }

  @Test
  void aTopicsCodecHasTheLevelOfItsOwnSetting() {
    assertThat(reader.read(Map.of()).compression()).isNull();
    assertThat(reader.read(Map.of("compression.type", "zstd")).compression())
        .isEqualTo(new TargetCompression(Compression.ZSTD, 3));
    assertThat(
            reader
                .read(Map.of("compression.type", "gzip", "compression.gzip.level", "9"))
                .compression())
        .isEqualTo(new TargetCompression(Compression.GZIP, 9));
    assertThat(reader.read(Map.of("compression.type", "uncompressed")).compression())
        .isEqualTo(new TargetCompression(Compression.NONE, 0));
  }

  @Test
  void durabilityHasOurNameAndKafkasNames() {
    assertThat(log("durability", "commit").durability()).isEqualTo(Durability.COMMIT);
    assertThat(log("flush.messages", "1").durability()).isEqualTo(Durability.COMMIT);
    assertThat(log("flush.ms", "250").durability()).isEqualTo(Durability.INTERVAL);
    assertThat(log("flush.ms", "250").flushInterval()).isEqualTo(Duration.ofMillis(250));
    assertThat(reader.read(Map.of("durability", "os", "flush.messages", "1")).log().durability())
        .isEqualTo(Durability.OS);
  }

  @ParameterizedTest
  @CsvSource({
    "retention.ms, soon",
    "retention.ms, -2",
    "segment.bytes, 3",
    "segment.bytes, 99999999999",
    "cleanup.policy, burn",
    "cleanup.policy, ''",
    "durability, twice",
    "compression.type, brotli",
    "compression.gzip.level, 0",
    "compression.gzip.level, 10",
    "compression.lz4.level, 18",
    "compression.zstd.level, 23",
    "message.timestamp.after.max.ms, -1",
    "preallocate, true",
    "min.cleanable.dirty.ratio, 1.5",
    "min.cleanable.dirty.ratio, much",
    "delete.retention.ms, -1",
    "local.retention.ms, 5",
    "unclean.leader.election.enable, true",
    "remote.storage.enable, true",
    "min.insync.replicas, 0",
    "colour, red"
  })
  void whatCannotBeHonouredIsRefusedByName(String name, String value) {
    assertThatThrownBy(() -> reader.read(Map.of(name, value)))
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> assertThat(e.error()).isEqualTo(BrokerError.INVALID_SETTING))
        .hasMessageContaining(name)
        .hasMessageContaining("allowed");
  }

  @Test
  void theNodesDefaultsHoldWhereATopicSaysNothing() {
    TopicSettingsReader node =
        new TopicSettingsReader(Map.of("retention.ms", "1", "durability", "commit"));
    assertThat(node.read(Map.of()).log().retentionAge()).isEqualTo(Duration.ofMillis(1));
    assertThat(node.read(Map.of()).log().durability()).isEqualTo(Durability.COMMIT);
    assertThat(node.read(Map.of("flush.ms", "9")).log().durability())
        .isEqualTo(Durability.INTERVAL);
    assertThat(node.settings())
        .filteredOn(setting -> setting.name().equals("retention.ms"))
        .singleElement()
        .extracting(TopicSetting::defaultValue)
        .isEqualTo("1");
    assertThatThrownBy(() -> new TopicSettingsReader(Map.of("retention.ms", "x")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("topic.defaults.retention.ms");
  }
}
