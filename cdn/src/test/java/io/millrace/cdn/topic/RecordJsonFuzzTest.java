package io.millrace.cdn.topic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordBatchBuilder.RecordHeader;
import io.millrace.log.batch.RecordCursor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whatever comes as a body is read or refused; whatever a record holds is written and read back.
 */
class RecordJsonFuzzTest {

  @FuzzTest(maxDuration = "6s")
  void aBodyIsReadOrRefused(byte[] body) {
    for (boolean array : new boolean[] {true, false}) {
      try {
        for (NewRecord record : RecordReader.records(body, array, 100)) {
          assertThat(record.partition()).isGreaterThanOrEqualTo(-1);
        }
      } catch (Refusal e) {
        assertThat(e.status()).isIn(400, 413);
      }
    }
    try {
      RecordReader.check(body);
    } catch (Refusal e) {
      assertThat(e.status()).isEqualTo(400);
    }
  }

  @FuzzTest(maxDuration = "6s")
  void aRecordIsReadBackAsItWas(FuzzedDataProvider data) {
    byte[] key = data.consumeBytes(20);
    byte[] header = data.consumeBytes(20);
    byte[] value = data.consumeRemainingAsBytes();
    RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
    builder.add(
        7,
        ByteBuffer.wrap(key),
        ByteBuffer.wrap(value),
        List.of(new RecordHeader("h", ByteBuffer.wrap(header))));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RecordCursor cursor = RecordCursor.create()) {
      cursor.reset(builder.build(), 0);
      assertThat(cursor.next()).isTrue();
      RecordJson.write(3, cursor, out);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("\n", "\r");
    NewRecord read = RecordReader.records(out.toByteArray(), false, 1).getFirst();
    assertThat(read.key()).isEqualTo(key);
    assertThat(read.partition()).isEqualTo(3);
    assertThat(read.timestampMillis()).isEqualTo(7);
    assertThat(read.headers().getFirst().value()).isEqualTo(ByteBuffer.wrap(header));
    if (read.value() == null
        || !new String(read.value(), StandardCharsets.UTF_8).equals(jsonText(value))) {
      assertThat(read.value()).isEqualTo(value);
    }
  }

  /** White space around and line ends within a JSON value are no part of it. */
  private static String jsonText(byte[] value) {
    return new String(value, StandardCharsets.UTF_8).replace('\n', ' ').replace('\r', ' ').strip();
  }
}
