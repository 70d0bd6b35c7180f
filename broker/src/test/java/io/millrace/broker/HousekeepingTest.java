package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.topic.Partition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HousekeepingTest {

  private static final Duration INTERVAL = Duration.ofMinutes(5);

  @TempDir Path folder;

  private final VirtualTime time = new VirtualTime();

  @Test
  void oldRecordsAreDeletedAtTheNextRound() {
    try (RunningBroker broker = new RunningBroker(folder, BrokerSettings.defaults(), time, time)) {
      broker.create("old", 1, Map.of("retention.ms", "1000", "segment.bytes", "1024"));
      broker.create("kept", 1, Map.of("retention.ms", "-1", "segment.bytes", "1024"));
      Partition old = broker.partition("old", 0);
      Partition kept = broker.partition("kept", 0);
      for (int i = 0; i < 20; i++) {
        Append.now(old, Batches.of("x".repeat(300)));
        Append.now(kept, Batches.of("x".repeat(300)));
      }
      assertThat(old.startOffset()).isZero();
      time.pass(INTERVAL);
      await().until(() -> old.startOffset() > 0);
      assertThat(kept.startOffset()).isZero();
    }
  }

  @Test
  void compactedTopicsAreLookedAtMoreOften() {
    try (RunningBroker broker = new RunningBroker(folder, BrokerSettings.defaults(), time, time)) {
      broker.create("keyed", 1, Map.of("cleanup.policy", "compact", "segment.bytes", "1024"));
      Partition keyed = broker.partition("keyed", 0);
      for (int i = 0; i < 20; i++) {
        Append.now(keyed, Batches.of("x".repeat(300) + i));
      }
      long before = keyed.sizeBytes();
      Duration compactionInterval = Duration.ofSeconds(15);
      await()
          .until(
              () -> {
                time.pass(compactionInterval);
                return keyed.sizeBytes() < before / 2;
              });
    }
  }

  @Test
  void silentProducersAreForgotten() {
    try (RunningBroker broker =
        new RunningBroker(
            folder,
            BrokerSettings.defaults().withProducers(Duration.ofMinutes(4), 10),
            time,
            time)) {
      broker.create("flights", 1, Map.of());
      Partition partition = broker.partition("flights", 0);
      Append.now(partition, Batches.by(5, 0, 0, "a"));
      assertThat(partition.figures().producers()).isEqualTo(1);
      time.pass(INTERVAL);
      await().until(() -> partition.figures().producers() == 0);
    }
  }
}
