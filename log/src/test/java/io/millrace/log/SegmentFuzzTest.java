package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Whatever bytes a segment's file has, recovery finds the good batches before them. */
final class SegmentFuzzTest {

  private static final LogConfig CONFIG = LogConfig.DEFAULT;

  @FuzzTest(maxDuration = "60s")
  void anyBytesAreRecoveredFrom(byte[] bytes) throws IOException {
    Path root = Files.createTempDirectory("log-fuzz");
    try {
      Files.createDirectory(root.resolve("t-0"));
      Files.write(root.resolve("t-0").resolve("00000000000000000000.log"), bytes);
      long end;
      try (LogStore store = LogStore.open(root, new ManualClock(Batches.T), new FaultyDisk(""))) {
        PartitionLog log = store.open("t-0", CONFIG);
        end = log.endOffset();
        assertThat(log.sizeBytes()).isLessThanOrEqualTo(bytes.length);
        walk(log);
        if (end < Integer.MAX_VALUE) {
          assertThat(log.append(Batches.batch("next"), 0).baseOffset()).isEqualTo(end);
        }
      }
      try (LogStore store = LogStore.open(root, new ManualClock(Batches.T), new FaultyDisk(""))) {
        PartitionLog log = store.open("t-0", CONFIG);
        assertThat(log.endOffset()).isGreaterThanOrEqualTo(end);
        walk(log);
      }
    } finally {
      LogModelTest.deleteTree(root);
    }
  }

  private static void walk(PartitionLog log) {
    long next = log.startOffset();
    while (next < log.endOffset()) {
      try (LogSlice slice = log.read(next, 1 << 20, log.endOffset());
          RecordCursor cursor = RecordCursor.create()) {
        if (slice.length() == 0) {
          return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        slice.copyTo(bytes);
        bytes.flip();
        int at = 0;
        while (at < bytes.limit()) {
          int size = RecordBatchView.check(bytes, at, bytes.limit() - at);
          next = RecordBatchView.lastOffset(bytes, at) + 1;
          at += size;
        }
        try {
          cursor.reset(bytes, 0);
          while (cursor.next()) {
            assertThat(cursor.offset()).isLessThan(log.endOffset());
          }
        } catch (LogException badRecords) {
          assertThat(badRecords.reason()).isEqualTo(LogException.Reason.CORRUPT_BATCH);
        }
      }
    }
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void goodBatchesWithDamageAreRecoveredFrom(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    ByteBuffer[] batches = new ByteBuffer[1 + random.nextInt(5)];
    long offset = 0;
    for (int i = 0; i < batches.length; i++) {
      batches[i] = Batches.batch("a" + i, "b".repeat(random.nextInt(200)));
      RecordBatchView.setBaseOffset(batches[i], 0, offset);
      offset += 2;
    }
    byte[] bytes = new byte[Batches.join(batches).limit()];
    Batches.join(batches).get(bytes);
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    anyBytesAreRecoveredFrom(java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 40)));
  }
}
