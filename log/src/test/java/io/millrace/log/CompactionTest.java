package io.millrace.log;

import static io.millrace.log.Batches.T;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompactionTest {

  private static final LogConfig COMPACTED =
      new LogConfig(
          600,
          Duration.ofDays(7),
          100,
          100_000,
          -1,
          Duration.ofMillis(-1),
          LogConfig.Cleanup.COMPACT,
          Durability.COMMIT,
          Duration.ofHours(1),
          false);

  private final ManualClock clock = new ManualClock(T);

  static ByteBuffer batch(Compression codec, String... keysAndValues) {
    RecordBatchBuilder builder = RecordBatchBuilder.create(codec);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String value = keysAndValues[i + 1];
      builder.add(
          T + i,
          Batches.bytes(keysAndValues[i]),
          value.isEmpty() ? null : Batches.bytes(value),
          List.of());
    }
    return builder.build();
  }

  static void force(PartitionLog log) {
    CountDownLatch done = new CountDownLatch(1);
    log.whenDurable(log.endOffset(), unused -> done.countDown());
    try {
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Closes the active segment, then goes through a whole round. */
  private void compact(PartitionLog log) {
    log.advanceHighWatermark(log.endOffset());
    clock.advance(Duration.ofDays(8));
    log.clean();
    force(log);
    log.clean();
    ((SegmentedLog) log).compactor().await();
    log.clean();
  }

  private static Map<String, Optional<String>> lastValues(PartitionLog log) {
    Map<String, Optional<String>> last = new HashMap<>();
    long previous = -1;
    for (Batches.Read read : Batches.readAll(log, log.startOffset(), 500)) {
      assertThat(read.offset()).isGreaterThan(previous);
      previous = read.offset();
      last.put(String.valueOf(read.key()), Optional.ofNullable(read.value()));
    }
    return last;
  }

  @Test
  void onlyTheLastRecordOfEachKeyStaysAtItsOffset(@TempDir Path folder) {
    try (LogStore store = LogStore.open(folder, clock)) {
      PartitionLog log = store.open("t-0", COMPACTED);
      log.append(batch(Compression.NONE, "a", "1", "b", "1", "a", "2"), 0);
      log.append(batch(Compression.ZSTD, "b", "2", "c", "1"), 0);
      log.append(batch(Compression.LZ4, "a", "3"), 1);
      compact(log);
      assertThat(Batches.readAll(log, 0, 1000))
          .containsExactly(
              new Batches.Read(3, T, "b", "2"),
              new Batches.Read(4, T + 2, "c", "1"),
              new Batches.Read(5, T, "a", "3"));
      assertThat(log.endOffset()).isEqualTo(6);
      assertThat(log.append(batch(Compression.NONE, "a", "4"), 1).baseOffset()).isEqualTo(6);
      compact(log);
      assertThat(lastValues(log))
          .containsOnly(
              Map.entry("b", Optional.of("2")),
              Map.entry("c", Optional.of("1")),
              Map.entry("a", Optional.of("4")));
      assertThat(log.firstAtOrAfter(T + 1)).contains(new TimestampOffset(4, T + 2, 0));
    }
  }

  @Test
  void aTombstoneStaysForADayAfterWhatItDeletesHasGone(@TempDir Path folder) {
    try (LogStore store = LogStore.open(folder, clock)) {
      PartitionLog log = store.open("t-0", COMPACTED);
      log.append(batch(Compression.NONE, "a", "1", "b", "1"), 0);
      log.append(batch(Compression.NONE, "a", ""), 0);
      compact(log);
      assertThat(Batches.readAll(log, 0, 1000))
          .containsExactly(new Batches.Read(1, T + 2, "b", "1"), new Batches.Read(2, T, "a", null));
      // Eight days pass in each round: the tombstone's day is over in the next one.
      log.append(batch(Compression.NONE, "c", "x".repeat(300)), 0);
      compact(log);
      assertThat(lastValues(log)).containsOnlyKeys("b", "c");
    }
  }

  @Test
  void aRecordWithoutAKeyIsRefused(@TempDir Path folder) {
    try (LogStore store = LogStore.open(folder, clock)) {
      PartitionLog log = store.open("t-0", COMPACTED);
      assertThatThrownBy(() -> log.append(Batches.batch("no key"), 0))
          .isInstanceOfSatisfying(
              LogException.class,
              e -> assertThat(e.reason()).isEqualTo(LogException.Reason.KEY_MISSING));
    }
  }

  @Test
  void aMapTooSmallForAllKeysCleansInSeveralRounds(@TempDir Path folder) throws IOException {
    try (LogStore store = LogStore.open(folder, clock)) {
      SegmentedLog log = (SegmentedLog) store.open("t-0", COMPACTED);
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2000; i++) {
          log.append(batch(Compression.NONE, "k" + i, "v" + round), 0);
        }
      }
      Segment[] segments = log.segments();
      Compaction.Result result =
          new Compaction(
                  Disk.system(),
                  log.folder(),
                  COMPACTED,
                  T,
                  24 * 1024,
                  AbortedBatches.NONE,
                  new IoThrottle(clock, Long.MAX_VALUE),
                  () -> false)
              .run(segments, segments.length - 1, 0);
      assertThat(result).isNotNull();
      assertThat(java.util.Objects.requireNonNull(result).cleanedOffset()).isEqualTo(768);
    }
  }

  static void closeStopped(LogStore store) {
    try {
      store.close();
    } catch (LogException stopped) {
      assertThat(stopped.reason()).isEqualTo(LogException.Reason.STORAGE);
    }
  }
}
