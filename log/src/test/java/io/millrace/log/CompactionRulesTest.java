package io.millrace.log;

import static io.millrace.log.Batches.T;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.TransactionMarker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When compaction begins and what it takes away, as the settings of a topic say. */
final class CompactionRulesTest {

  private static final Duration NEVER = CompactionConfig.UNBOUNDED;
  private static final LogConfig COMPACTED =
      new LogConfig(
          100_000,
          Duration.ofDays(7),
          100,
          100_000,
          -1,
          Duration.ofMillis(-1),
          LogConfig.Cleanup.COMPACT,
          Durability.OS,
          Duration.ofHours(1),
          false);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(T);
  private LogStore store;
  private PartitionLog log;

  @BeforeEach
  void open() {
    store = LogStore.open(folder, clock);
    log = store.open("t-0", COMPACTED);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static LogConfig rules(double ratio, Duration minLag, Duration maxLag) {
    return COMPACTED.withCompaction(
        new CompactionConfig(ratio, minLag, maxLag, Duration.ofHours(24)));
  }

  private void put(String key, String value) {
    log.append(Batches.single(clock.millis(), key, value), 0);
    log.advanceHighWatermark(log.endOffset());
  }

  /** Begins a new segment, so that what is there can be compacted. */
  private void roll() {
    log.configure(
        new LogConfig(
            100_000,
            Duration.ofMillis(1),
            100,
            100_000,
            -1,
            Duration.ofMillis(-1),
            LogConfig.Cleanup.DELETE,
            Durability.OS,
            Duration.ofHours(1),
            false));
    clock.advance(Duration.ofMillis(2));
    log.clean();
    await().until(() -> ((SegmentedLog) log).checkpoint().recoveryPoint() == log.endOffset());
  }

  private void cleanBy(LogConfig config) {
    log.configure(config);
    log.clean();
    ((SegmentedLog) log).compactor().await();
    log.clean();
  }

  private List<Long> offsets() {
    return Batches.readAll(log, log.startOffset(), 1 << 20).stream()
        .map(Batches.Read::offset)
        .toList();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("t-0"))) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aRoundBeginsOnceMoreThanTheRatioIsNew() {
    for (int i = 0; i < 10; i++) {
      put("kept" + i, "v");
    }
    roll();
    cleanBy(rules(0.5, Duration.ZERO, NEVER));
    assertThat(log.cleanedOffset()).isEqualTo(10);
    put("a", "1");
    put("a", "2");
    roll();
    cleanBy(rules(0.5, Duration.ZERO, NEVER));
    assertThat(offsets()).contains(10L, 11L);
    cleanBy(rules(0.1, Duration.ZERO, NEVER));
    assertThat(offsets()).doesNotContain(10L).contains(11L);
  }

  @Test
  void recordsYoungerThanTheLeastLagAreNotCompacted() {
    put("a", "1");
    put("a", "2");
    roll();
    clock.advance(Duration.ofMinutes(10));
    put("a", "3");
    put("a", "4");
    roll();
    LogConfig tenMinutes = rules(0, Duration.ofMinutes(10), NEVER);
    cleanBy(tenMinutes);
    assertThat(offsets()).containsExactly(1L, 2L, 3L);
    clock.advance(Duration.ofMinutes(10));
    cleanBy(tenMinutes);
    assertThat(offsets()).containsExactly(3L);
  }

  @Test
  void aRecordThatHasWaitedForTheLongestLagBeginsARoundOfItsOwn() {
    put("a", "1");
    put("a", "2");
    LogConfig anHour = rules(1, Duration.ZERO, Duration.ofHours(1));
    log.configure(anHour);
    log.clean();
    clock.advance(Duration.ofHours(1));
    // The lag also closes the segment, long before its own age would.
    log.clean();
    await().until(() -> ((SegmentedLog) log).checkpoint().recoveryPoint() == 2);
    cleanBy(anHour);
    assertThat(offsets()).containsExactly(0L, 1L);
    clock.advance(Duration.ofMillis(1));
    cleanBy(anHour);
    assertThat(offsets()).containsExactly(1L);
  }

  @Test
  void aTombstoneStaysForItsRetentionAfterTheRoundThatFirstKeptIt() {
    LogConfig anHour =
        COMPACTED.withCompaction(
            new CompactionConfig(0, Duration.ZERO, NEVER, Duration.ofHours(1)));
    put("a", "1");
    log.append(Batches.single(clock.millis(), "a", null), 0);
    log.advanceHighWatermark(log.endOffset());
    roll();
    cleanBy(anHour);
    assertThat(offsets()).containsExactly(1L);
    clock.advance(Duration.ofMinutes(59));
    put("b", "1");
    roll();
    cleanBy(anHour);
    assertThat(offsets()).containsExactly(1L, 2L);
    clock.advance(Duration.ofMinutes(1));
    put("c", "1");
    roll();
    cleanBy(anHour);
    assertThat(offsets()).containsExactly(2L, 3L);
  }

  private void transactional(long producer, String key, String value) {
    ByteBuffer batch =
        RecordBatchBuilder.create(Compression.NONE)
            .transactional()
            .producer(producer, (short) 0, 0)
            .add(clock.millis(), Batches.bytes(key), Batches.bytes(value), List.of())
            .build();
    log.append(batch, 0);
    log.advanceHighWatermark(log.endOffset());
  }

  private void marker(long producer, boolean commit) {
    log.appendControl(TransactionMarker.build(producer, (short) 0, commit, 3, clock.millis()), 0);
    log.advanceHighWatermark(log.endOffset());
  }

  /** Base offsets of the markers, each negative once it has a delete horizon. */
  private List<Long> markers() {
    List<Long> found = new ArrayList<>();
    try (LogSlice slice = log.read(0, 1 << 20, log.endOffset())) {
      ByteBuffer bytes = ByteBuffer.allocate(slice.length());
      slice.copyTo(bytes);
      bytes.flip();
      for (int at = 0; at < bytes.limit(); at += RecordBatchView.sizeBytes(bytes, at)) {
        RecordBatchView.check(bytes, at, bytes.limit() - at);
        if (RecordBatchView.isControl(bytes, at)) {
          long offset = RecordBatchView.baseOffset(bytes, at);
          assertThat(TransactionMarker.coordinatorEpoch(bytes, at)).isEqualTo(3);
          assertThat(RecordBatchView.maxTimestamp(bytes, at)).isEqualTo(T);
          found.add(RecordBatchView.hasDeleteHorizon(bytes, at) ? -offset : offset);
        }
      }
    }
    return found;
  }

  @Test
  void aMarkerGoesOnceNothingOfItsTransactionIsLeftAndItsRetentionIsOver() {
    AbortedBatches aborted = (producer, offset) -> producer == 8;
    LogConfig anHour =
        COMPACTED.withCompaction(
            new CompactionConfig(0, Duration.ZERO, NEVER, Duration.ofHours(1)));
    transactional(7, "a", "1"); // 0, overtaken by 4
    marker(7, true); // 1
    transactional(8, "b", "1"); // 2, aborted
    marker(8, false); // 3
    transactional(7, "a", "2"); // 4, stays
    marker(7, true); // 5
    for (int round = 0; round < 4; round++) {
      // Everything is in one segment, and each round needs something new.
      put("new", "v" + round);
      roll();
      log.configure(anHour);
      log.clean(Long.MAX_VALUE, aborted);
      ((SegmentedLog) log).compactor().await();
      log.clean(Long.MAX_VALUE, aborted);
      switch (round) {
        case 0 -> assertThat(markers()).containsExactly(1L, 3L, 5L);
        case 1 -> assertThat(markers()).containsExactly(-1L, -3L, 5L);
        case 2 -> assertThat(markers()).containsExactly(-1L, -3L, 5L);
        default -> assertThat(markers()).containsExactly(5L);
      }
      if (round == 2) {
        clock.advance(Duration.ofHours(1));
      }
    }
    assertThat(offsets()).contains(4L).doesNotContain(0L, 2L);
  }

  @Test
  void aSegmentIsClosedWhenAnIndexIsFull() throws IOException {
    log.configure(COMPACTED.withSegments(Duration.ZERO, 5 * 12, Duration.ZERO));
    for (int i = 0; i < 40; i++) {
      put("k" + i, "x".repeat(100));
    }
    assertThat(files().stream().filter(name -> name.endsWith(".log"))).hasSizeGreaterThan(4);
    assertThat(offsets()).hasSize(40);
  }

  @Test
  void segmentsAreClosedAtTheirAgeLessAJitterOfTheirOwn() {
    List<Long> closedAfter = new ArrayList<>();
    LogConfig hourly =
        new LogConfig(
                100_000,
                Duration.ofHours(1),
                100,
                100_000,
                -1,
                Duration.ofMillis(-1),
                LogConfig.Cleanup.DELETE,
                Durability.OS,
                Duration.ofHours(1),
                false)
            .withSegments(Duration.ofMinutes(30), 1 << 20, Duration.ZERO);
    log.configure(hourly);
    long from = clock.millis();
    put("a", "1");
    int segments = 1;
    while (closedAfter.size() < 8) {
      clock.advance(Duration.ofMinutes(1));
      put("a", "1");
      if (((SegmentedLog) log).segments().length > segments) {
        segments++;
        closedAfter.add(Duration.ofMillis(clock.millis() - from).toMinutes());
        from = clock.millis();
      }
    }
    assertThat(closedAfter).allMatch(minutes -> minutes >= 30 && minutes <= 60);
    assertThat(closedAfter.stream().distinct()).hasSizeGreaterThan(3);
  }

  @Test
  void filesOfExpiredSegmentsGoAfterTheirDelay() throws IOException {
    LogConfig delayed =
        new LogConfig(
                100_000,
                Duration.ofDays(7),
                100,
                100_000,
                0,
                Duration.ofMillis(-1),
                LogConfig.Cleanup.DELETE,
                Durability.OS,
                Duration.ofHours(1),
                false)
            .withSegments(Duration.ZERO, 1 << 20, Duration.ofMillis(300));
    put("a", "1");
    log.configure(delayed);
    log.clean();
    assertThat(log.startOffset()).isEqualTo(1);
    assertThat(files()).doesNotContain("00000000000000000000.log");
    await().untilAsserted(() -> assertThat(files()).noneMatch(name -> name.endsWith(".deleted")));

    put("a", "2");
    log.configure(delayed.withSegments(Duration.ZERO, 1 << 20, Duration.ofDays(1)));
    log.clean();
    assertThat(files()).contains("00000000000000000001.log.deleted");
    close();
    open();
    assertThat(files()).noneMatch(name -> name.endsWith(".deleted"));
    assertThat(log.endOffset()).isEqualTo(2);
  }

  @Test
  void compactionKeepsToItsRateOfBytesAndItsThreads() {
    close();
    // Some 40 KB are read twice and written once, so a round takes seconds: long enough to be seen.
    store = LogStore.open(folder, clock, new CompactionLimits(2, 1 << 20, 50_000));
    log = store.open("t-0", COMPACTED);
    for (int i = 0; i < 40; i++) {
      put("k" + i, "x".repeat(1000));
    }
    roll();
    log.configure(rules(0, Duration.ZERO, NEVER));
    long before = System.nanoTime();
    log.clean();
    ((SegmentedLog) log).compactor().await();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofSeconds(1));
    log.clean();
    assertThat(log.cleanedOffset()).isEqualTo(40);
    assertThat(offsets()).hasSize(40);
  }
}
