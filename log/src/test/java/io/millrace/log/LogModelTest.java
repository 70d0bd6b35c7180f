package io.millrace.log;

import static io.millrace.log.Batches.T;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Any sequence of appends, rolls, reads, truncations, retention, clean ends, kills and losses of
 * power leaves the log equal to a list.
 */
final class LogModelTest {

  /** One step; {@code n} is interpreted by the kind. */
  record Step(Kind kind, int n) {}

  enum Kind {
    APPEND,
    APPEND_MANY,
    READ,
    FIND_TIME,
    FORCE,
    ROLL,
    TRUNCATE,
    ADVANCE_START,
    RETAIN,
    REOPEN,
    KILL,
    POWER_LOSS
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            net.jqwik.api.Tuple.of(8, Kind.APPEND),
            net.jqwik.api.Tuple.of(4, Kind.APPEND_MANY),
            net.jqwik.api.Tuple.of(5, Kind.READ),
            net.jqwik.api.Tuple.of(3, Kind.FIND_TIME),
            net.jqwik.api.Tuple.of(3, Kind.FORCE),
            net.jqwik.api.Tuple.of(2, Kind.ROLL),
            net.jqwik.api.Tuple.of(2, Kind.TRUNCATE),
            net.jqwik.api.Tuple.of(1, Kind.ADVANCE_START),
            net.jqwik.api.Tuple.of(1, Kind.RETAIN),
            net.jqwik.api.Tuple.of(1, Kind.REOPEN),
            net.jqwik.api.Tuple.of(2, Kind.KILL),
            net.jqwik.api.Tuple.of(2, Kind.POWER_LOSS));
    return net.jqwik.api.Combinators.combine(kinds, Arbitraries.integers().between(0, 1 << 20))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }

  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  void aLogEqualsAList(@ForAll("steps") List<Step> steps) throws Exception {
    compare(steps, 1);
  }

  /** Segments so large that they have room ahead. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void aLogOfLargeSegmentsEqualsAList(@ForAll("steps") List<Step> steps) throws Exception {
    compare(steps, 400);
  }

  private static void compare(List<Step> steps, int scale) throws Exception {
    Path folder = Files.createTempDirectory("log-model");
    try (Run run = new Run(folder, scale)) {
      for (Step step : steps) {
        run.take(step);
      }
    } finally {
      deleteTree(folder);
    }
  }

  static void deleteTree(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException e) throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The log and the list side by side. */
  private static final class Run implements AutoCloseable {

    /** What was appended, by offset; the log holds those from its start on. */
    private final List<Batches.Read> model = new ArrayList<>();

    private final Path root;

    /** By how much segments and values are larger than the smallest that make sense. */
    private final int scale;

    private final ManualClock clock = new ManualClock(T);
    private int folders;
    private int boots;
    private Path folder;
    private FaultyDisk disk;
    private LogStore store;
    private PartitionLog log;
    private int forced;
    private long start;
    private int epoch;

    Run(Path root, int scale) {
      this.root = root;
      this.scale = scale;
      this.folder = root.resolve("0");
      this.disk = new FaultyDisk("boot-0");
      this.store = LogStore.open(folder, clock, disk);
      this.log = store.open("t-0", config(-1));
    }

    private LogConfig config(long retentionBytes) {
      return new LogConfig(
          500 * scale,
          Duration.ofHours(1),
          120,
          100_000,
          retentionBytes,
          Duration.ofMillis(-1),
          LogConfig.Cleanup.DELETE,
          Durability.COMMIT,
          Duration.ofHours(1),
          false);
    }

    void take(Step step) throws Exception {
      Random random = new Random(step.n);
      switch (step.kind) {
        case APPEND -> append(1, random);
        case APPEND_MANY -> append(1 + random.nextInt(12), random);
        case READ -> {
          long from = start + random.nextInt((int) (model.size() - start) + 1);
          assertThat(Batches.readAll(log, from, 1 + random.nextInt(600 * scale)))
              .isEqualTo(model.subList((int) from, model.size()));
        }
        case FIND_TIME -> findTime(T + random.nextInt(model.size() * 10 + 20) - 5);
        case FORCE -> force();
        case ROLL -> {
          clock.advance(Duration.ofHours(2));
          log.clean();
        }
        case TRUNCATE -> {
          log.truncateTo(start + random.nextInt((int) (model.size() - start) + 1));
          assertThat(log.endOffset()).isLessThanOrEqualTo(model.size());
          model.subList((int) log.endOffset(), model.size()).clear();
          forced = Math.min(forced, model.size());
          // The batch that goes may hold the start too: then nothing is left to begin with.
          start = Math.min(start, model.size());
          assertThat(log.startOffset()).isEqualTo(start);
        }
        case ADVANCE_START -> {
          log.advanceHighWatermark(log.endOffset());
          start += random.nextInt((int) (model.size() - start) + 1);
          log.advanceStartOffset(start);
          log.clean();
        }
        case RETAIN -> {
          log.advanceHighWatermark(log.endOffset());
          log.configure(config(random.nextInt(2000 * scale)));
          log.clean();
          log.configure(config(-1));
          assertThat(log.startOffset()).isGreaterThanOrEqualTo(start);
          start = log.startOffset();
        }
        case REOPEN -> {
          store.close();
          open();
          assertThat(log.startOffset()).isEqualTo(start);
          check(model.size());
        }
        case KILL -> {
          Path next = root.resolve(Integer.toString(++folders));
          disk.copyAfterKill(folder, next);
          tearTail(next, random);
          crashed(next);
          check(model.size());
        }
        case POWER_LOSS -> {
          Path next = root.resolve(Integer.toString(++folders));
          disk.copyAfterPowerLoss(folder, next, random);
          boots++;
          crashed(next);
          check(forced);
        }
      }
    }

    private void append(int batches, Random random) {
      java.nio.ByteBuffer[] all = new java.nio.ByteBuffer[batches];
      int first = model.size();
      for (int b = 0; b < batches; b++) {
        Compression codec = random.nextInt(4) == 0 ? Compression.ZSTD : Compression.NONE;
        RecordBatchBuilder builder = RecordBatchBuilder.create(codec);
        for (int r = 0; r <= random.nextInt(3); r++) {
          String value = "v" + model.size() + "x".repeat(random.nextInt(60 * scale));
          long timestamp = T + model.size() * 10L + random.nextInt(50) - 25;
          builder.add(timestamp, null, Batches.bytes(value), List.of());
          model.add(new Batches.Read(model.size(), timestamp, null, value));
        }
        all[b] = builder.build();
      }
      epoch += random.nextInt(5) == 0 ? 1 : 0;
      AppendInfo info = log.append(Batches.join(all), epoch);
      assertThat(info).isEqualTo(new AppendInfo(first, model.size() - 1, -1));
    }

    private void findTime(long timestamp) {
      log.advanceHighWatermark(log.endOffset());
      Optional<Long> expected =
          model.subList((int) start, model.size()).stream()
              .filter(r -> r.timestamp() >= timestamp)
              .map(Batches.Read::offset)
              .findFirst();
      assertThat(log.firstAtOrAfter(timestamp).map(TimestampOffset::offset)).isEqualTo(expected);
      Optional<Long> latest =
          model.subList((int) start, model.size()).stream()
              .map(Batches.Read::timestamp)
              .max(Long::compare);
      assertThat(log.latestTimestamp().map(TimestampOffset::timestampMillis)).isEqualTo(latest);
    }

    private void force() throws InterruptedException {
      CountDownLatch done = new CountDownLatch(1);
      log.whenDurable(
          log.endOffset(),
          failure -> {
            if (failure == null) {
              done.countDown();
            }
          });
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
      forced = model.size();
    }

    /** A write that the end of the process cut short leaves a part of a batch. */
    private static void tearTail(Path folder, Random random) throws IOException {
      // A log that was never written to gets its directory and file with the write that is cut
      // short.
      Files.createDirectories(folder.resolve("t-0"));
      List<Path> files;
      try (var all = Files.list(folder.resolve("t-0"))) {
        files = all.filter(f -> f.toString().endsWith(".log")).sorted().toList();
      }
      java.nio.ByteBuffer batch = Batches.batch("torn");
      byte[] part = new byte[random.nextInt(batch.limit())];
      batch.get(part);
      Path last =
          files.isEmpty()
              ? folder.resolve("t-0").resolve("00000000000000000000.log")
              : files.getLast();
      Files.write(
          last,
          part,
          java.nio.file.StandardOpenOption.CREATE,
          java.nio.file.StandardOpenOption.APPEND);
    }

    private void crashed(Path next) {
      try {
        store.close();
      } catch (LogException stopped) {
        assertThat(disk.isStopped()).isTrue();
      }
      folder = next;
      open();
    }

    private void open() {
      disk = new FaultyDisk("boot-" + boots);
      store = LogStore.open(folder, clock, disk);
      log = store.open("t-0", config(-1));
    }

    /** The log is a prefix of the list, with at least so many records. */
    private void check(int atLeast) {
      assertThat(log.endOffset()).isBetween((long) atLeast, (long) model.size());
      model.subList((int) log.endOffset(), model.size()).clear();
      // Deletions that were not yet durable may be undone, never the other way round.
      assertThat(log.startOffset()).isLessThanOrEqualTo(Math.max(start, log.endOffset()));
      start = log.startOffset();
      assertThat(log.highWatermark()).isBetween(start, (long) model.size());
      assertThat(Batches.readAll(log, start, 1000 * scale))
          .isEqualTo(model.subList((int) start, model.size()));
      forced = Math.min(forced, model.size());
      epoch = Math.max(epoch, log.lastEpoch());
    }

    @Override
    public void close() {
      try {
        store.close();
      } catch (LogException stopped) {
        assertThat(disk.isStopped()).isTrue();
      }
    }
  }
}
