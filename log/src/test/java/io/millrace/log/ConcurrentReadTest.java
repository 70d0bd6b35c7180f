package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Clock;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConcurrentReadTest {

  private static LogConfig config(long retentionBytes) {
    return new LogConfig(
        8 * 1024,
        Duration.ofDays(7),
        256,
        100_000,
        retentionBytes,
        Duration.ofMillis(-1),
        LogConfig.Cleanup.DELETE,
        Durability.INTERVAL,
        Duration.ofMillis(20),
        false);
  }

  @Test
  void readersFollowTheWriterWhileSegmentsComeAndGo(@TempDir Path folder) throws Exception {
    int records = 20_000;
    AtomicBoolean done = new AtomicBoolean();
    try (LogStore store = LogStore.open(folder, Clock.system());
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      PartitionLog log = store.open("t-0", config(64 * 1024));
      List<Future<Long>> readers = new ArrayList<>();
      for (int r = 0; r < 3; r++) {
        int maxBytes = 100 + r * 3000;
        readers.add(threads.submit(() -> follow(log, maxBytes, done)));
      }
      for (int i = 0; i < records; i++) {
        log.append(Batches.batch("value " + log.endOffset()), 0);
        log.advanceHighWatermark(log.endOffset());
        if (i % 500 == 0) {
          log.clean();
        }
      }
      done.set(true);
      for (Future<Long> reader : readers) {
        assertThat(reader.get(60, TimeUnit.SECONDS)).isEqualTo(records);
      }
      assertThat(log.startOffset()).isPositive();
    }
  }

  /** Reads on until the writer has ended; a reader that fell behind goes on at the start. */
  private static long follow(PartitionLog log, int maxBytes, AtomicBoolean done) {
    long next = 0;
    RecordCursor cursor = RecordCursor.create();
    while (true) {
      boolean last = done.get();
      try (LogSlice slice = log.read(next, maxBytes, log.highWatermark())) {
        if (slice.length() == 0) {
          if (last) {
            return next;
          }
          Thread.onSpinWait();
          continue;
        }
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        slice.copyTo(bytes);
        bytes.flip();
        for (int at = 0; at < bytes.limit(); at += RecordBatchView.sizeBytes(bytes, at)) {
          RecordBatchView.check(bytes, at, bytes.limit() - at);
        }
        cursor.reset(bytes, next);
        while (cursor.next()) {
          assertThat(cursor.offset()).isEqualTo(next);
          assertThat(Batches.text(cursor.value())).isEqualTo("value " + next);
          next++;
        }
      } catch (LogException fellBehind) {
        assertThat(fellBehind.reason()).isEqualTo(LogException.Reason.OFFSET_OUT_OF_RANGE);
        next = log.startOffset();
      }
    }
  }
}
