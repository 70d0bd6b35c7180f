package io.millrace.log;

import static io.millrace.log.Batches.T;
import static io.millrace.log.Batches.allValues;
import static io.millrace.log.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.LogException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a log does when the disk is full, fails, or has lost something. */
final class DiskFaultTest {

  private static final LogConfig COMMIT =
      new LogConfig(
          400,
          Duration.ofDays(7),
          100,
          10_000,
          -1,
          Duration.ofDays(7),
          LogConfig.Cleanup.DELETE,
          Durability.COMMIT,
          Duration.ofHours(1),
          false);

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock(T);

  @Test
  void aFullDiskRefusesAppendsLosesNothingAndGoesOnWhenSpaceReturns() {
    FaultyDisk disk = new FaultyDisk("boot");
    try (LogStore store = LogStore.open(folder, clock, disk)) {
      PartitionLog log = store.open("t-0", COMMIT);
      List<String> accepted = new ArrayList<>();
      disk.space(2_000);
      int refused = 0;
      for (int i = 0; i < 60; i++) {
        String value = "value " + i;
        ByteBuffer bytes = batch(value);
        try {
          log.append(bytes, 0);
          accepted.add(value);
        } catch (LogException full) {
          assertThat(full.reason()).isEqualTo(Reason.STORAGE);
          assertThat(full).hasMessageContaining("No space left");
          assertThat(bytes.position()).isZero();
          refused++;
        }
        if (i == 50) {
          disk.space(Long.MAX_VALUE);
        }
      }
      assertThat(refused).isPositive();
      assertThat(accepted).contains("value 0", "value 59");
      assertThat(allValues(log)).containsExactlyElementsOf(accepted);
      log.close();
      assertThat(allValues(store.open("t-0", COMMIT))).containsExactlyElementsOf(accepted);
    }
  }

  @Test
  void afterAFailedForceNothingIsAcknowledgedOrAppendedUntilTheLogIsOpenedAnew()
      throws InterruptedException {
    FaultyDisk disk = new FaultyDisk("boot");
    try (LogStore store = LogStore.open(folder, clock, disk)) {
      PartitionLog log = store.open("t-0", COMMIT);
      log.append(batch("a"), 0);
      disk.failForces(true);
      List<LogException> failures = new ArrayList<>();
      CountDownLatch told = new CountDownLatch(1);
      log.whenDurable(
          1,
          failure -> {
            if (failure != null) {
              failures.add(failure);
            }
            told.countDown();
          });
      assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(failures).singleElement().extracting("reason").isEqualTo(Reason.STORAGE);
      assertThatThrownBy(() -> log.append(batch("b"), 0))
          .isInstanceOfSatisfying(
              LogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORAGE))
          .hasMessageContaining("opened anew");
      assertThat(allValues(log)).containsExactly("a");
      disk.failForces(false);
      log.close();
      PartitionLog again = store.open("t-0", COMMIT);
      again.append(batch("c"), 0);
      assertThat(allValues(again)).containsExactly("a", "c");
    }
  }

  @Test
  void appendsThatWaitTogetherShareOneForce() {
    FaultyDisk disk = new FaultyDisk("boot");
    try (LogStore store = LogStore.open(folder, clock, disk)) {
      LogConfig large =
          new LogConfig(
              1 << 20,
              Duration.ofDays(7),
              4096,
              10_000,
              -1,
              Duration.ofDays(7),
              LogConfig.Cleanup.DELETE,
              Durability.COMMIT,
              Duration.ofHours(1),
              false);
      PartitionLog log = store.open("t-0", large);
      AtomicInteger durable = new AtomicInteger();
      CountDownLatch blocked = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      log.append(batch("first"), 0);
      log.whenDurable(
          1,
          unused -> {
            blocked.countDown();
            awaitUnchecked(release);
          });
      awaitUnchecked(blocked);
      int before = disk.forces();
      for (int i = 0; i < 1000; i++) {
        AppendInfo info = log.append(batch("value " + i), 0);
        log.whenDurable(info.lastOffset() + 1, failure -> durable.incrementAndGet());
      }
      assertThat(durable).hasValue(0);
      release.countDown();
      Awaitility.await().until(() -> durable.get() == 1000);
      assertThat(disk.forces() - before).isEqualTo(1);
    }
  }

  @Test
  void aLogWhoseForceTakesLongHoldsUpNoOther() {
    CountDownLatch release = new CountDownLatch(1);
    try (LogStore store = LogStore.open(folder, clock, new FaultyDisk("boot"))) {
      PartitionLog slow = store.open("slow-0", COMMIT);
      PartitionLog other = store.open("other-0", COMMIT);
      CountDownLatch blocked = new CountDownLatch(1);
      slow.append(batch("a"), 0);
      slow.whenDurable(
          1,
          unused -> {
            blocked.countDown();
            awaitUnchecked(release);
          });
      awaitUnchecked(blocked);
      // One more that has to wait for the slow log takes only one of the threads.
      slow.append(batch("b"), 0);
      slow.whenDurable(2, unused -> {});
      CountDownLatch durable = new CountDownLatch(1);
      other.append(batch("c"), 0);
      other.whenDurable(1, unused -> durable.countDown());
      awaitUnchecked(durable);
      release.countDown();
    }
  }

  @Test
  void whatNobodyWaitsForIsForcedWithWhatSomebodyWaitsFor() {
    FaultyDisk disk = new FaultyDisk("boot");
    try (LogStore store = LogStore.open(folder, clock, disk)) {
      PartitionLog log = store.open("t-0", COMMIT);
      int before = disk.forces();
      AtomicInteger told = new AtomicInteger();
      log.append(batch("a"), 0);
      log.whenForced(1, failure -> told.incrementAndGet());
      log.append(batch("b"), 0);
      assertThat(told).hasValue(0);
      assertThat(disk.forces()).isEqualTo(before);
      CountDownLatch durable = new CountDownLatch(1);
      log.whenDurable(2, failure -> durable.countDown());
      awaitUnchecked(durable);
      assertThat(told).hasValue(1);
      assertThat(disk.forces()).isEqualTo(before + 1);
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void damageInTheMiddleOfTheLogFailsTheOpeningAndNamesFileAndOffset() throws IOException {
    Path copy = folder.resolve("copy");
    FaultyDisk disk = new FaultyDisk("boot");
    LogStore store = LogStore.open(folder.resolve("data"), clock, disk);
    PartitionLog log = store.open("t-0", COMMIT);
    for (int i = 0; i < 20; i++) {
      log.append(batch("value " + i), 0);
    }
    disk.copyAfterKill(folder.resolve("data"), copy);
    assertThatThrownBy(store::close).isInstanceOf(LogException.class);
    Path middle = copy.resolve("t-0").resolve("00000000000000000005.log");
    assertThat(middle).exists();
    try (FileChannel file = FileChannel.open(middle, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {42, 42}), 150);
    }
    try (LogStore again = LogStore.open(copy, clock, new FaultyDisk("boot"))) {
      assertThatThrownBy(() -> again.open("t-0", COMMIT))
          .isInstanceOfSatisfying(
              LogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORAGE))
          .hasMessageContaining("00000000000000000005.log")
          .hasMessageContaining("offset 7");
    }
    assertThat(Files.size(middle)).isGreaterThan(300);
  }

  @Test
  void aCleanEndIsTrustedAndAnIndexThatWentIsMadeAnew() throws IOException {
    try (LogStore store = LogStore.open(folder, clock)) {
      PartitionLog log = store.open("t-0", COMMIT);
      for (int i = 0; i < 20; i++) {
        log.append(batch("value " + i), 0);
      }
    }
    assertThat(folder.resolve(".clean-shutdown")).exists();
    Files.delete(folder.resolve("t-0").resolve("00000000000000000005.index"));
    Files.write(folder.resolve("t-0").resolve("00000000000000000010.timeindex"), new byte[24]);
    try (LogStore store = LogStore.open(folder, clock)) {
      assertThat(folder.resolve(".clean-shutdown")).doesNotExist();
      PartitionLog log = store.open("t-0", COMMIT);
      assertThat(allValues(log)).hasSize(20);
      assertThat(log.endOffset()).isEqualTo(20);
    }
  }

  @Test
  void theDirectoryOfANewLogIsAsDurableAsItsFirstRecord() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      Path data = folder.resolve("data-" + seed);
      Path left = folder.resolve("left-" + seed);
      FaultyDisk disk = new FaultyDisk("boot");
      LogStore store = LogStore.open(data, clock, disk);
      PartitionLog log = store.open("t-0", COMMIT);
      assertThat(data.resolve("t-0")).doesNotExist();
      log.append(batch("a"), 0);
      CountDownLatch durable = new CountDownLatch(1);
      log.whenDurable(
          1,
          failure -> {
            if (failure == null) {
              durable.countDown();
            }
          });
      assertThat(durable.await(60, TimeUnit.SECONDS)).isTrue();
      disk.copyAfterPowerLoss(data, left, new Random(seed));
      assertThatThrownBy(store::close).isInstanceOf(LogException.class);
      try (LogStore again = LogStore.open(left, clock, new FaultyDisk("another boot"))) {
        assertThat(allValues(again.open("t-0", COMMIT))).containsExactly("a");
      }
    }
  }

  @Test
  void aLogWhoseDirectoryHasGoneBeginsAnewWithoutItsCheckpoint() throws IOException {
    Path data = folder.resolve("data");
    Path left = folder.resolve("left");
    try (LogStore store = LogStore.open(data, clock)) {
      PartitionLog log = store.open("t-0", COMMIT);
      for (int i = 0; i < 3; i++) {
        log.append(batch("value " + i), 0);
      }
    }
    try (Stream<Path> files = Files.list(data.resolve("t-0"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(data.resolve("t-0"));
    FaultyDisk disk = new FaultyDisk("boot");
    LogStore store = LogStore.open(data, clock, disk);
    PartitionLog log = store.open("t-0", COMMIT);
    assertThat(log.endOffset()).isZero();
    log.append(batch("a"), 0);
    disk.copyAfterKill(data, left);
    assertThatThrownBy(store::close).isInstanceOf(LogException.class);
    try (LogStore again = LogStore.open(left, clock, new FaultyDisk("boot"))) {
      assertThat(allValues(again.open("t-0", COMMIT))).containsExactly("a");
    }
  }

  @Test
  void aFileInThePlaceOfALogsDirectoryIsRefusedAndLeftAlone() throws IOException {
    Files.writeString(folder.resolve("t-0"), "precious");
    try (LogStore store = LogStore.open(folder, clock)) {
      assertThatThrownBy(() -> store.open("t-0", COMMIT))
          .isInstanceOf(LogException.class)
          .hasMessageContaining("t-0")
          .hasMessageContaining("no directory");
    }
    assertThat(folder.resolve("t-0")).hasContent("precious");
  }
}
