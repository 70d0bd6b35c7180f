package io.millrace.log.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.log.LogException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Hostile batches are refused by a LogException, and by nothing else. */
final class RecordBatchFuzzTest {

  private static final int MAX_DECOMPRESSED = 1 << 20;

  @FuzzTest(maxDuration = "60s")
  void anyBytesAreReadOrRefused(byte[] bytes) {
    ByteBuffer batch = ByteBuffer.wrap(bytes);
    checkAndWalk(batch);
    if (bytes.length >= RecordBatchView.HEADER_BYTES) {
      // With what a sender can make right made right, so that the records are reached.
      batch.putInt(RecordBatchView.AT_LENGTH, bytes.length - RecordBatchView.LENGTH_PREFIX_BYTES);
      batch.put(RecordBatchView.AT_MAGIC, RecordBatchView.MAGIC);
      batch.putInt(RecordBatchView.AT_CRC, RecordBatchView.computeCrc(batch, 0));
      checkAndWalk(batch);
    }
  }

  private static void checkAndWalk(ByteBuffer batch) {
    try {
      RecordBatchView.check(batch, 0, batch.limit());
      RecordBatchView.checkRecords(batch, 0);
    } catch (LogException refused) {
      assertThat(refused).hasMessageNotContaining("null");
    }
    try (RecordCursor cursor = RecordCursor.create(MAX_DECOMPRESSED)) {
      cursor.reset(batch, 0);
      while (cursor.next()) {
        cursor.key();
        cursor.value();
        for (int i = 0; i < cursor.headerCount(); i++) {
          cursor.headerName(i);
          cursor.headerValue(i);
        }
      }
    } catch (LogException refused) {
      assertThat(refused.reason()).isEqualTo(LogException.Reason.CORRUPT_BATCH);
    }
  }

  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void goodBatchesWithDamageAreReadOrRefused(@ForAll long seed) {
    Random random = new Random(seed);
    RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.ofId(random.nextInt(5)));
    for (int i = 0; i <= random.nextInt(5); i++) {
      ByteBuffer value =
          ByteBuffer.wrap("v".repeat(random.nextInt(300)).getBytes(StandardCharsets.UTF_8));
      builder.add(i, value, value, List.of(new RecordBatchBuilder.RecordHeader("h", value)));
    }
    ByteBuffer batch = builder.build();
    byte[] bytes = new byte[batch.limit()];
    batch.get(0, bytes);
    for (int i = random.nextInt(5); i >= 0; i--) {
      int at =
          random.nextInt(3) == 0
              ? random.nextInt(bytes.length)
              : 57 + random.nextInt(bytes.length - 57);
      bytes[at] =
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) (bytes[at] ^ (1 << random.nextInt(8)));
    }
    anyBytesAreReadOrRefused(bytes);
  }
}
