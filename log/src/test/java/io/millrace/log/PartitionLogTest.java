package io.millrace.log;

import static io.millrace.log.Batches.T;
import static io.millrace.log.Batches.allValues;
import static io.millrace.log.Batches.batch;
import static io.millrace.log.Batches.join;
import static io.millrace.log.Batches.readAll;
import static io.millrace.log.Batches.single;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.SettingException;
import io.millrace.log.LogException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartitionLogTest {

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock(T + 1_000);
  private LogStore store;
  private PartitionLog log;

  @BeforeEach
  void open() {
    store = LogStore.open(folder, clock);
    log = store.open("orders-0", SMALL);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void reopen() {
    store.close();
    open();
  }

  /** Segments of two or three batches, an index entry for each batch. */
  static final LogConfig SMALL = config(300, Duration.ofDays(7), -1, Duration.ofMillis(-1));

  static LogConfig config(
      int segmentBytes, Duration segmentAge, long retentionBytes, Duration retentionAge) {
    return new LogConfig(
        segmentBytes,
        segmentAge,
        1,
        10_000,
        retentionBytes,
        retentionAge,
        LogConfig.Cleanup.DELETE,
        Durability.OS,
        Duration.ofSeconds(1),
        false);
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("orders-0"))) {
      Set<String> names = new TreeSet<>();
      files.forEach(f -> names.add(f.getFileName().toString()));
      return names;
    }
  }

  @Test
  void batchesGetConsecutiveOffsetsAndTheEpoch() {
    AppendInfo first = log.append(join(batch("a", "b"), batch("c")), 4);
    assertThat(first).isEqualTo(new AppendInfo(0, 2, -1));
    assertThat(log.append(batch("d"), 5)).isEqualTo(new AppendInfo(3, 3, -1));
    assertThat(log.endOffset()).isEqualTo(4);
    assertThat(log.lastEpoch()).isEqualTo(5);
    assertThat(allValues(log)).containsExactly("a", "b", "c", "d");
    assertThat(log.endOfEpoch(4)).isEqualTo(new EpochEnd(4, 3));
    assertThat(log.endOfEpoch(5)).isEqualTo(new EpochEnd(5, 4));
    assertThat(log.endOfEpoch(9)).isEqualTo(new EpochEnd(-1, -1));
  }

  @Test
  void appendTimeReplacesTheProducersTime() {
    LogConfig c = SMALL;
    log.configure(
        new LogConfig(
            c.segmentBytes(),
            c.segmentAge(),
            1,
            10_000,
            -1,
            c.retentionAge(),
            c.cleanup(),
            c.durability(),
            c.flushInterval(),
            true));
    assertThat(log.append(batch("a"), 0).logAppendTimeMillis()).isEqualTo(T + 1_000);
    assertThat(readAll(log, 0, 1000)).containsExactly(new Batches.Read(0, T + 1_000, null, "a"));
  }

  @Test
  void aSliceHoldsWholeBatchesWithinItsBytesButOneAtLeast() {
    int size = batch("v0").limit();
    for (int i = 0; i < 4; i++) {
      log.append(batch("v" + i), 0);
    }
    try (LogSlice one = log.read(0, 1, 4);
        LogSlice two = log.read(0, 2 * size + 10, 4);
        LogSlice limited = log.read(0, 10_000, 1);
        LogSlice none = log.read(2, 10_000, 2)) {
      assertThat(one.length()).isEqualTo(size);
      assertThat(two.length()).isEqualTo(2 * size);
      assertThat(limited.length()).isEqualTo(size);
      assertThat(none.length()).isZero();
    }
    assertThatThrownBy(() -> log.read(5, 100, 5))
        .isInstanceOfSatisfying(
            LogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OFFSET_OUT_OF_RANGE))
        .hasMessageContaining("from 0 to 4");
  }

  @Test
  void aFullSegmentIsClosedAndANewOneBeginsAtTheNextOffset() throws IOException {
    for (int i = 0; i < 10; i++) {
      log.append(batch("value " + i), 0);
    }
    assertThat(files().stream().filter(f -> f.endsWith(".log")))
        .hasSizeGreaterThan(2)
        .contains("00000000000000000000.log", "00000000000000000004.log");
    for (int i = 0; i < 10; i++) {
      assertThat(readAll(log, i, 1))
          .hasSize(10 - i)
          .first()
          .extracting("offset")
          .isEqualTo((long) i);
    }
  }

  @Test
  void aLogIsTheSameAfterItWasClosedAndOpened() {
    for (int i = 0; i < 10; i++) {
      log.append(batch("value " + i), i / 4);
    }
    log.advanceHighWatermark(7);
    log.advanceStartOffset(2);
    var before = readAll(log, 2, 1000);
    reopen();
    assertThat(readAll(log, 2, 1000)).isEqualTo(before);
    assertThat(log.startOffset()).isEqualTo(2);
    assertThat(log.highWatermark()).isEqualTo(7);
    assertThat(log.endOffset()).isEqualTo(10);
    assertThat(log.lastEpoch()).isEqualTo(2);
    assertThat(log.endOfEpoch(1)).isEqualTo(new EpochEnd(1, 8));
    assertThat(log.append(batch("more"), 2).baseOffset()).isEqualTo(10);
  }

  @Test
  void aRecordIsFoundByItsTime() {
    for (int i = 0; i < 10; i++) {
      log.append(single(T + 10L * (i ^ 1), null, "v" + i), 0);
    }
    log.advanceHighWatermark(9);
    assertThat(log.firstAtOrAfter(T - 5)).contains(new TimestampOffset(0, T + 10, 0));
    assertThat(log.firstAtOrAfter(T + 41)).contains(new TimestampOffset(4, T + 50, 0));
    assertThat(log.firstAtOrAfter(T + 70)).contains(new TimestampOffset(6, T + 70, 0));
    assertThat(log.firstAtOrAfter(T + 71)).contains(new TimestampOffset(8, T + 90, 0));
    assertThat(log.firstAtOrAfter(T + 91)).isEmpty();
    assertThat(log.latestTimestamp()).contains(new TimestampOffset(8, T + 90, 0));
    log.advanceHighWatermark(10);
    reopen();
    assertThat(log.firstAtOrAfter(T + 71)).contains(new TimestampOffset(8, T + 90, 0));
  }

  @Test
  void cuttingOffDropsTheBatchThatHoldsTheOffsetAndAllAfterIt() {
    for (int i = 0; i < 6; i++) {
      log.append(batch("a" + i, "b" + i), i);
    }
    try (LogSlice held = log.read(10, 1000, 12)) {
      log.truncateTo(7);
      assertThat(log.endOffset()).isEqualTo(6);
      assertThat(log.lastEpoch()).isEqualTo(2);
      assertThat(held.length()).isPositive();
    }
    assertThat(allValues(log)).containsExactly("a0", "b0", "a1", "b1", "a2", "b2");
    assertThat(log.append(batch("c"), 7).baseOffset()).isEqualTo(6);
    assertThat(log.endOfEpoch(3)).isEqualTo(new EpochEnd(2, 6));
    reopen();
    assertThat(allValues(log)).containsExactly("a0", "b0", "a1", "b1", "a2", "b2", "c");
    log.truncateTo(0);
    assertThat(log.endOffset()).isZero();
    assertThat(log.append(batch("x"), 8).baseOffset()).isZero();
    assertThat(allValues(log)).containsExactly("x");
  }

  @Test
  void aFollowerKeepsItsLeadersOffsetsAndEpochs() {
    ByteBuffer batch = batch("a", "b");
    io.millrace.log.batch.RecordBatchView.setBaseOffset(batch, 0, 5);
    io.millrace.log.batch.RecordBatchView.setLeaderEpoch(batch, 0, 3);
    assertThat(log.appendReplicated(batch)).isEqualTo(new AppendInfo(5, 6, -1));
    assertThat(log.lastEpoch()).isEqualTo(3);
    assertThatThrownBy(() -> log.appendReplicated(batch.flip()))
        .isInstanceOfSatisfying(
            LogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OFFSET_OUT_OF_RANGE));
    assertThat(allValues(log)).containsExactly("a", "b");
  }

  @Test
  void aBadBatchLeavesNothingBehind() {
    ByteBuffer bad = batch("bad");
    bad.put(bad.limit() - 1, (byte) 7);
    ByteBuffer both = join(batch("good"), bad);
    assertThatThrownBy(() -> log.append(both, 0))
        .isInstanceOfSatisfying(
            LogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT_BATCH));
    assertThatThrownBy(() -> log.append(batch("x".repeat(20_000)), 0))
        .isInstanceOfSatisfying(
            LogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BATCH_TOO_LARGE));
    assertThat(log.endOffset()).isZero();
    assertThat(log.sizeBytes()).isZero();
  }

  @Test
  void oldSegmentsGoByAgeAndBySizeButNeverPastTheHighWatermark() {
    for (int i = 0; i < 9; i++) {
      log.append(single(T + i * 1000L, null, "value " + i), 0);
    }
    log.configure(config(300, Duration.ofDays(1), -1, Duration.ofMinutes(1)));
    clock.advance(Duration.ofHours(1));
    assertThat(log.clean()).isZero();
    log.advanceHighWatermark(9);
    assertThat(log.clean()).isPositive();
    // The newest segment too, in whose place an empty one begins.
    assertThat(log.startOffset()).isEqualTo(9);
    assertThatThrownBy(() -> log.read(8, 100, 9)).isInstanceOf(LogException.class);
    assertThat(log.clean()).isZero();
    assertThat(log.endOffset()).isEqualTo(9);

    for (int i = 0; i < 9; i++) {
      log.append(single(clock.millis(), null, "value " + i), 0);
    }
    log.advanceHighWatermark(18);
    log.configure(config(300, Duration.ofDays(1), 300, Duration.ofMillis(-1)));
    log.clean();
    assertThat(log.startOffset()).isEqualTo(13);
    log.configure(SMALL);
    log.advanceStartOffset(17);
    log.clean();
    assertThat(log.sizeBytes()).isLessThan(300);
    assertThat(readAll(log, 17, 1000)).hasSize(1);
  }

  @Test
  void aDeletedLogCanStillBeReadByWhoHoldsASliceOfIt() {
    log.append(batch("a"), 0);
    LogSlice slice = log.read(0, 100, 1);
    store.delete("orders-0");
    assertThat(store.existing()).isEmpty();
    ByteBuffer bytes = ByteBuffer.allocate(slice.length());
    slice.copyTo(bytes);
    slice.close();
    assertThat(store.open("orders-0", SMALL).endOffset()).isZero();
  }

  @Test
  void aLogTakesNothingOnDiskBeforeItsFirstBatch() throws IOException {
    assertThat(folder.resolve("orders-0")).doesNotExist();
    assertThat(store.exists("orders-0")).isFalse();
    assertThat(log.sizeBytes()).isZero();
    assertThat(readAll(log, 0, 1000)).isEmpty();
    assertThat(log.clean()).isZero();
    log.close();
    assertThat(folder.resolve("orders-0")).doesNotExist();
    PartitionLog other = store.open("other-0", LogConfig.DEFAULT);
    other.append(batch("a"), 0);
    try (Stream<Path> files = Files.list(folder.resolve("other-0"))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void manyLogsAreDeletedAtOnceAndTheirNamesBeginAnew() {
    log.append(batch("a"), 0);
    store.open("orders-1", SMALL).append(batch("b"), 0);
    store.open("kept-0", SMALL).append(batch("c"), 0);
    store.delete(java.util.List.of("orders-0", "orders-1", "orders-2"));
    assertThat(store.existing()).containsExactly("kept-0");
    assertThat(store.exists("orders-1")).isFalse();
    assertThat(store.open("orders-1", SMALL).endOffset()).isZero();
  }

  @Test
  void aSecondProcessIsKeptOutOfTheFolder() {
    assertThatThrownBy(() -> LogStore.open(folder, clock))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(folder.toString())
        .extracting("setting")
        .isEqualTo("data");
  }
}
