package io.millrace.log;

import static io.millrace.log.Batches.T;
import static io.millrace.log.Batches.allValues;
import static io.millrace.log.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The room that a segment's file has behind its last batch. */
final class TailRoomTest {

  private static final int SEGMENT_BYTES = 200_000;
  private static final String FIRST = "00000000000000000000.log";

  private static final LogConfig CONFIG =
      new LogConfig(
          SEGMENT_BYTES,
          Duration.ofDays(7),
          4096,
          1 << 20,
          -1,
          Duration.ofDays(7),
          LogConfig.Cleanup.DELETE,
          Durability.COMMIT,
          Duration.ofHours(1),
          false);

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock(T);
  private final List<String> appended = new ArrayList<>();

  private void append(PartitionLog log, int batches, int bytes) {
    for (int i = 0; i < batches; i++) {
      String value = appended.size() + "x".repeat(bytes);
      log.append(batch(value), 0);
      appended.add(value);
    }
  }

  private Path file(Path data) {
    return data.resolve("t-0").resolve(FIRST);
  }

  @Test
  void aSmallSegmentEndsWithItsLastBatch() throws IOException {
    try (LogStore store = LogStore.open(folder, clock)) {
      PartitionLog log = store.open("t-0", CONFIG);
      append(log, 12, 5_000);
      assertThat(Files.size(file(folder))).isEqualTo(log.sizeBytes());
    }
  }

  @Test
  void aLargerOneEndsWithABlockAndNobodyReadsPastItsBatches() throws IOException {
    try (LogStore store = LogStore.open(folder, clock)) {
      PartitionLog log = store.open("t-0", CONFIG);
      for (int bytes : new int[] {5_000, 16_000, 16_384, 300, 20_000}) {
        append(log, 3, bytes);
        assertThat(allValues(log)).containsExactlyElementsOf(appended);
      }
      append(log, 1, 300);
      assertThat(Files.size(file(folder)) % TailRoom.BLOCK_BYTES).isZero();
    }
  }

  @Test
  void theRoomGoesWhenTheSegmentIsClosedAndWhenTheLogIs() throws IOException {
    try (LogStore store = LogStore.open(folder, clock)) {
      PartitionLog log = store.open("t-0", CONFIG);
      append(log, 10, 30_000);
      try (LogSlice first = log.read(0, SEGMENT_BYTES, log.endOffset())) {
        assertThat(Files.size(file(folder))).isEqualTo(first.length());
      }
      log.close();
      try (var files = Files.list(folder.resolve("t-0"))) {
        assertThat(files.filter(f -> f.toString().endsWith(".log")).mapToLong(TailRoomTest::size))
            .hasSize(2)
            .extracting(bytes -> bytes % TailRoom.BLOCK_BYTES)
            .doesNotContain(0L);
      }
      PartitionLog again = store.open("t-0", CONFIG);
      append(again, 1, 20_000);
      assertThat(allValues(again)).containsExactlyElementsOf(appended);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aKilledProcessLeavesRoomThatTheNextOneCutsOff() throws IOException {
    Path copy = folder.resolve("copy");
    killWith(copy);
    assertThat(Files.size(file(copy)) % TailRoom.BLOCK_BYTES).isZero();
    try (LogStore again = LogStore.open(copy, clock, new FaultyDisk("boot"))) {
      PartitionLog log = again.open("t-0", CONFIG);
      assertThat(Files.size(file(copy))).isEqualTo(log.sizeBytes());
      append(log, 3, 10_000);
      assertThat(allValues(log)).containsExactlyElementsOf(appended);
    }
  }

  @Test
  void zerosInPlaceOfForcedRecordsAreDamageNotRoom() throws Exception {
    Path data = folder.resolve("data");
    try (LogStore store = LogStore.open(data, clock)) {
      append(store.open("t-0", CONFIG), 10, 10_000);
    }
    try (FileChannel file = FileChannel.open(file(data), StandardOpenOption.WRITE)) {
      long end = file.size() - 10_000 & -TailRoom.BLOCK_BYTES;
      file.truncate(end);
      file.write(ByteBuffer.allocate(TailRoom.BLOCK_BYTES), end);
    }
    try (LogStore again = LogStore.open(data, clock)) {
      assertThatThrownBy(() -> again.open("t-0", CONFIG))
          .isInstanceOf(LogException.class)
          .hasMessageContaining(FIRST);
    }
  }

  @Test
  void theEndOfTheProcessBetweenRoomAndBatchesLosesNothing() throws IOException {
    for (int changes = 12; changes < 40; changes++) {
      appended.clear();
      Path data = folder.resolve("data-" + changes);
      Path copy = folder.resolve("copy-" + changes);
      FaultyDisk disk = new FaultyDisk("boot");
      disk.stopAfter(changes);
      try (LogStore store = LogStore.open(data, clock, disk)) {
        PartitionLog log = store.open("t-0", CONFIG);
        append(log, 20, 11_000);
      } catch (LogException ended) {
        assertThat(disk.isStopped()).isTrue();
      }
      disk.copyAfterKill(data, copy);
      try (LogStore again = LogStore.open(copy, clock, new FaultyDisk("boot"))) {
        assertThat(allValues(again.open("t-0", CONFIG))).containsExactlyElementsOf(appended);
      }
    }
  }

  private void killWith(Path copy) throws IOException {
    FaultyDisk disk = new FaultyDisk("boot");
    LogStore store = LogStore.open(folder.resolve("data"), clock, disk);
    append(store.open("t-0", CONFIG), 10, 10_000);
    disk.copyAfterKill(folder.resolve("data"), copy);
    assertThatThrownBy(store::close).isInstanceOf(LogException.class);
  }
}
