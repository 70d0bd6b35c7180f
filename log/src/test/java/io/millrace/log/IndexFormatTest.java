package io.millrace.log;

import static io.millrace.log.Batches.T;
import static io.millrace.log.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.RecordBatchView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Index entries name a batch by its last offset, as Kafka's do and its tools expect. */
final class IndexFormatTest {

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock(T);

  private void closeAfterAppends() {
    try (LogStore store = LogStore.open(folder, clock)) {
      LogConfig config =
          PartitionLogTest.config(10_000, Duration.ofDays(7), -1, Duration.ofMillis(-1));
      PartitionLog log = store.open("orders-0", config);
      log.append(batch("a", "b", "c"), 0);
      log.append(batch("d", "e"), 0);
      log.append(batch("f", "g", "h", "i"), 0);
    }
  }

  private Path file(String suffix) {
    return folder.resolve("orders-0").resolve("00000000000000000000" + suffix);
  }

  private List<Integer> positions() throws IOException {
    ByteBuffer batches = ByteBuffer.wrap(Files.readAllBytes(file(".log")));
    List<Integer> positions = new ArrayList<>();
    for (int at = 0; at < batches.limit(); at += RecordBatchView.sizeBytes(batches, at)) {
      positions.add(at);
    }
    return positions;
  }

  private List<List<Number>> offsetEntries() throws IOException {
    ByteBuffer index = ByteBuffer.wrap(Files.readAllBytes(file(".index")));
    List<List<Number>> entries = new ArrayList<>();
    while (index.hasRemaining()) {
      entries.add(List.of(index.getInt(), index.getInt()));
    }
    return entries;
  }

  private List<List<Number>> timeEntries() throws IOException {
    ByteBuffer index = ByteBuffer.wrap(Files.readAllBytes(file(".timeindex")));
    List<List<Number>> entries = new ArrayList<>();
    while (index.hasRemaining()) {
      entries.add(List.of(index.getLong(), index.getInt()));
    }
    return entries;
  }

  private void assertEntries() throws IOException {
    List<Integer> positions = positions();
    assertThat(offsetEntries())
        .containsExactly(List.of(4, positions.get(1)), List.of(8, positions.get(2)));
    assertThat(timeEntries()).containsExactly(List.of(T + 2, 2), List.of(T + 3, 8));
  }

  @Test
  void appendsMakeThem() throws IOException {
    closeAfterAppends();
    assertEntries();
  }

  @Test
  void aScanMakesTheSame() throws IOException {
    closeAfterAppends();
    Files.delete(folder.resolve(".clean-shutdown"));
    Files.delete(file(".index"));
    Files.delete(file(".timeindex"));
    LogConfig config =
        PartitionLogTest.config(10_000, Duration.ofDays(7), -1, Duration.ofMillis(-1));
    try (LogStore store = LogStore.open(folder, clock)) {
      store.open("orders-0", config);
    }
    assertEntries();
  }
}
