package io.millrace.log.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.LogException;
import io.millrace.log.LogException.Reason;
import io.millrace.log.batch.RecordBatchBuilder.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

final class RecordBatchTest {

  private static final long T = 1_700_000_000_000L;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static @Nullable String text(@Nullable ByteBuffer buffer) {
    return buffer == null ? null : UTF_8.decode(buffer).toString();
  }

  private static byte[] arrayOf(ByteBuffer buffer) {
    byte[] array = new byte[buffer.limit()];
    buffer.get(0, array);
    return array;
  }

  private static List<String> walk(ByteBuffer batches, long from) {
    List<String> seen = new ArrayList<>();
    try (RecordCursor cursor = RecordCursor.create()) {
      cursor.reset(batches, from);
      while (cursor.next()) {
        StringBuilder line = new StringBuilder();
        line.append(cursor.offset()).append('@').append(cursor.timestampMillis() - T);
        line.append(' ').append(text(cursor.key())).append('=').append(text(cursor.value()));
        for (int i = 0; i < cursor.headerCount(); i++) {
          line.append(' ').append(cursor.headerName(i)).append(':');
          line.append(text(cursor.headerValue(i)));
        }
        seen.add(line.toString());
      }
    }
    return seen;
  }

  private static ByteBuffer join(ByteBuffer... batches) {
    ByteBuffer all =
        ByteBuffer.allocateDirect(Arrays.stream(batches).mapToInt(b -> b.limit()).sum());
    for (ByteBuffer batch : batches) {
      all.put(batch.duplicate());
    }
    return all.flip();
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void recordsComeBackAsTheyWereAdded(Compression compression) {
    RecordBatchBuilder builder = RecordBatchBuilder.create(compression);
    builder.add(T + 5, bytes("k1"), bytes("v1"), List.of());
    builder.add(T + 3, null, bytes(""), List.of(new RecordHeader("h", bytes("x"))));
    builder.add(
        T + 9,
        bytes(""),
        null,
        List.of(new RecordHeader("a", null), new RecordHeader("ä", bytes("2"))));
    ByteBuffer first = builder.producer(7, (short) 2, 40).build();
    assertThat(RecordBatchView.check(first, 0, first.limit())).isEqualTo(first.limit());
    RecordBatchView.checkRecords(first, 0);
    assertThat(RecordBatchView.producerId(first, 0)).isEqualTo(7);
    assertThat(RecordBatchView.producerEpoch(first, 0)).isEqualTo((short) 2);
    assertThat(RecordBatchView.baseSequence(first, 0)).isEqualTo(40);
    assertThat(RecordBatchView.lastSequence(first, 0)).isEqualTo(42);
    assertThat(RecordBatchView.maxTimestamp(first, 0)).isEqualTo(T + 9);
    assertThat(RecordBatchView.compression(first, 0)).isEqualTo(compression);

    builder.add(T, bytes("k2"), bytes("v".repeat(100_000)), List.of());
    ByteBuffer second = builder.build();
    assertThat(RecordBatchView.producerId(second, 0)).isEqualTo(-1);
    RecordBatchView.setBaseOffset(first, 0, 100);
    RecordBatchView.setBaseOffset(second, 0, 103);
    RecordBatchView.setLeaderEpoch(second, 0, 4);
    RecordBatchView.check(second, 0, second.limit());

    ByteBuffer both = join(first, second);
    assertThat(walk(both, 0))
        .containsExactly(
            "100@5 k1=v1",
            "101@3 null= h:x",
            "102@9 =null a:null ä:2",
            "103@0 k2=" + "v".repeat(100_000));
    assertThat(walk(both, 102)).hasSize(2);
    assertThat(walk(both, 104)).isEmpty();
  }

  @Test
  void appendTimeStandsForEveryRecord() {
    RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
    builder.add(T + 5, null, bytes("a"), List.of()).add(T + 6, null, bytes("b"), List.of());
    ByteBuffer batch = builder.build();
    RecordBatchView.stampAppendTime(batch, 0, T + 1000);
    RecordBatchView.check(batch, 0, batch.limit());
    assertThat(walk(batch, 0)).containsExactly("0@1000 null=a", "1@1000 null=b");
  }

  @Test
  void rawSnappyIsReadAsWellAsFramed() throws Exception {
    RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
    ByteBuffer plain = builder.add(T, bytes("k"), bytes("v".repeat(1000)), List.of()).build();
    byte[] records =
        Arrays.copyOfRange(arrayOf(plain), RecordBatchView.HEADER_BYTES, plain.limit());
    ByteBuffer batch = withRecords(plain, Compression.SNAPPY, Snappy.compress(records));
    assertThat(walk(batch, 0)).containsExactly("0@0 k=" + "v".repeat(1000));
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
  void aBombIsRefusedAtTheLimit(Compression compression) {
    RecordBatchBuilder builder = RecordBatchBuilder.create(compression);
    ByteBuffer bomb = builder.add(T, null, ByteBuffer.allocate(3_000_000), List.of()).build();
    try (RecordCursor cursor = RecordCursor.create(1_000_000)) {
      cursor.reset(bomb, 0);
      assertThatThrownBy(cursor::next)
          .isInstanceOfSatisfying(
              LogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT_BATCH))
          .hasMessageContaining("1000000");
    }
  }

  @Test
  void hostileHeadersAreRefusedBeforeAnythingIsReadByThem() {
    RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
    ByteBuffer good = builder.add(T, bytes("k"), bytes("v"), List.of()).build();
    refused(good, b -> b.putInt(8, Integer.MAX_VALUE), Reason.CORRUPT_BATCH);
    refused(good, b -> b.putInt(8, -1), Reason.CORRUPT_BATCH);
    refused(good, b -> b.putInt(8, 10), Reason.CORRUPT_BATCH);
    refused(good, b -> b.put(16, (byte) 1), Reason.UNSUPPORTED_FORMAT);
    refused(good, b -> b.putInt(57, Integer.MAX_VALUE), Reason.CORRUPT_BATCH);
    refused(good, b -> b.putInt(57, -5), Reason.CORRUPT_BATCH);
    refused(good, b -> b.putInt(23, -5), Reason.CORRUPT_BATCH);
    refused(good, b -> b.putShort(21, (short) 5), Reason.CORRUPT_BATCH);
    refused(good, b -> b.put(65, (byte) (b.get(65) ^ 1)), Reason.CORRUPT_BATCH);
    refused(good, b -> b.limit(b.limit() - 1), Reason.CORRUPT_BATCH);
    refused(good, b -> b.limit(20), Reason.CORRUPT_BATCH);
  }

  private static void refused(
      ByteBuffer good, java.util.function.Consumer<ByteBuffer> damage, Reason reason) {
    ByteBuffer bad = ByteBuffer.wrap(arrayOf(good));
    damage.accept(bad);
    assertThatThrownBy(
            () -> {
              RecordBatchView.check(bad, 0, bad.limit());
              RecordBatchView.checkRecords(bad, 0);
            })
        .isInstanceOfSatisfying(LogException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static ByteBuffer withRecords(ByteBuffer like, Compression codec, byte[] records) {
    ByteBuffer batch = ByteBuffer.allocate(RecordBatchView.HEADER_BYTES + records.length);
    batch.put(0, like, 0, RecordBatchView.HEADER_BYTES);
    batch.put(RecordBatchView.HEADER_BYTES, records);
    batch.putInt(8, batch.limit() - RecordBatchView.LENGTH_PREFIX_BYTES);
    batch.putShort(21, (short) codec.id());
    batch.putInt(17, RecordBatchView.computeCrc(batch, 0));
    return batch;
  }
}
