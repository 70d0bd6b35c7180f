package io.millrace.log;

import static io.millrace.log.Batches.T;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.TransactionMarker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is appended, and at whatever change of the disk a kill or a loss of power stops a round
 * of compaction: the last record of each key is the one that was appended last, what was deleted
 * does not come back, and no record of an aborted transaction is found where compaction has been.
 */
final class CompactionModelTest {

  private static final LogConfig BASE =
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

  /** A log with the records that it must have, through crashes. */
  private static final class Run implements AutoCloseable {

    private final Path root;
    private final ManualClock clock = new ManualClock(T);
    private final Random random;
    private final Map<String, @Nullable String> model = new HashMap<>();

    /** Batches that were aborted: the first offset of each, and its last. */
    private final NavigableMap<Long, Long> aborted = new ConcurrentSkipListMap<>();

    private LogConfig config = BASE;
    private FaultyDisk disk = new FaultyDisk("boot-0");
    private Path folder;
    private LogStore store;
    private PartitionLog log;
    private int folders;

    Run(Path root, Random random) {
      this.root = root;
      this.random = random;
      folder = root.resolve("0");
      store = LogStore.open(folder, clock, disk);
      log = store.open("t-0", config);
    }

    void configure(CompactionConfig rules) {
      config = BASE.withCompaction(rules);
      log.configure(config);
    }

    /** Appends a batch of its own, or one of a transaction that ends at once. */
    void append() {
      boolean transaction = random.nextInt(4) == 0;
      boolean abort = transaction && random.nextBoolean();
      long producer = random.nextInt(3);
      RecordBatchBuilder batch = RecordBatchBuilder.create(Compression.ofId(random.nextInt(5)));
      if (transaction) {
        batch.transactional().producer(producer, (short) 0, 0);
      }
      for (int r = 0; r <= random.nextInt(4); r++) {
        String key = "k" + random.nextInt(12);
        String value = random.nextInt(4) == 0 ? null : "v" + log.endOffset() + "-" + r;
        batch.add(
            clock.millis() + r,
            Batches.bytes(key),
            value == null ? null : Batches.bytes(value),
            List.of());
        if (!abort) {
          model.put(key, value);
        }
      }
      AppendInfo info = log.append(batch.build(), 0);
      if (transaction) {
        if (abort) {
          aborted.put(info.baseOffset(), info.lastOffset());
        }
        ByteBuffer marker = TransactionMarker.build(producer, (short) 0, !abort, 0, clock.millis());
        log.appendControl(marker, 0);
      }
    }

    void force() {
      CompactionTest.force(log);
      log.advanceHighWatermark(log.endOffset());
    }

    /** A whole round, as far as the disk lets it come. */
    void compact() {
      try {
        clock.advance(Duration.ofDays(8));
        clean();
        CompactionTest.force(log);
        clean();
        ((SegmentedLog) log).compactor().await();
        clean();
      } catch (LogException stopped) {
        assertThat(disk.isStopped()).isTrue();
      }
    }

    private void clean() {
      log.clean(Long.MAX_VALUE, (producer, offset) -> aborted.containsKey(offset));
    }

    void stopAfter(long changes) {
      disk.stopAfter(changes);
    }

    boolean isStopped() {
      return disk.isStopped();
    }

    void crash(boolean power) throws IOException {
      Path next = root.resolve(Integer.toString(++folders));
      if (power) {
        disk.copyAfterPowerLoss(folder, next, random);
      } else {
        disk.copyAfterKill(folder, next);
      }
      CompactionTest.closeStopped(store);
      folder = next;
      disk = new FaultyDisk("boot-" + (power ? folders : 0));
      store = LogStore.open(folder, clock, disk);
      log = store.open("t-0", config);
    }

    void check() {
      Map<String, @Nullable String> found = new HashMap<>();
      long previous = -1;
      for (Batches.Read read : Batches.readAll(log, log.startOffset(), 500)) {
        assertThat(read.offset()).isGreaterThan(previous);
        previous = read.offset();
        if (!isAborted(read)) {
          found.put(Objects.requireNonNull(read.key()), read.value());
        }
      }
      for (Map.Entry<String, @Nullable String> each : model.entrySet()) {
        assertThat(found.get(each.getKey())).as(each.getKey()).isEqualTo(each.getValue());
      }
      assertThat(model.keySet()).containsAll(found.keySet());
    }

    private boolean isAborted(Batches.Read read) {
      Map.Entry<Long, Long> batch = aborted.floorEntry(read.offset());
      return batch != null && batch.getValue() >= read.offset();
    }

    @Override
    public void close() {
      disk.stop();
      CompactionTest.closeStopped(store);
    }
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void theLastValueOfEachKeyAlwaysStands(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Path root = Files.createTempDirectory("log-compaction");
    try (Run run = new Run(root, random)) {
      for (int round = 0; round < 6; round++) {
        run.configure(
            new CompactionConfig(
                random.nextDouble(),
                Duration.ofDays(random.nextInt(10)),
                random.nextBoolean() ? CompactionConfig.UNBOUNDED : Duration.ofDays(1),
                Duration.ofDays(random.nextInt(20))));
        for (int i = 0; i < 10 + random.nextInt(30); i++) {
          run.append();
        }
        run.force();
        run.stopAfter(random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(60));
        run.compact();
        if (run.isStopped() || random.nextInt(4) == 0) {
          run.crash(random.nextBoolean());
        } else {
          run.stopAfter(Long.MAX_VALUE);
        }
        run.check();
      }
    } finally {
      LogModelTest.deleteTree(root);
    }
  }

  /** The same history, stopped once at each change that a round makes to the disk. */
  @Test
  void noMomentOfARoundLosesAKey(@TempDir Path folder) throws IOException {
    boolean wentThrough = false;
    int change = 0;
    while (!wentThrough) {
      for (boolean power : new boolean[] {false, true}) {
        try (Run run = new Run(folder.resolve(change + "-" + power), new Random(5))) {
          run.configure(
              new CompactionConfig(
                  0, Duration.ZERO, CompactionConfig.UNBOUNDED, Duration.ofDays(10)));
          for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 12; i++) {
              run.append();
            }
            run.force();
            if (round == 0) {
              run.compact();
            }
          }
          run.stopAfter(change);
          run.compact();
          wentThrough = !run.isStopped();
          run.crash(power);
          run.check();
          run.compact();
          run.check();
        }
      }
      change++;
    }
    assertThat(change).isGreaterThan(15);
  }
}
