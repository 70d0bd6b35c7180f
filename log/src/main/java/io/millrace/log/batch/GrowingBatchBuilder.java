package io.millrace.log.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers records in one array that grows, with the header's room in front. */
final class GrowingBatchBuilder implements RecordBatchBuilder {

  private static final int INITIAL_BYTES = 1024;
  private static final int MAX_BYTES = 1 << 30;

  private final Compression compression;
  private final boolean sized;
  private byte[] bytes;
  private int end = RecordBatchView.HEADER_BYTES;
  private int count;
  private long baseTimestamp;
  private long maxTimestamp;
  private long producerId = -1;
  private short producerEpoch = -1;
  private int baseSequence = -1;
  private int flags;

  GrowingBatchBuilder(Compression compression) {
    this.compression = compression;
    bytes = new byte[INITIAL_BYTES];
    sized = false;
  }

  /**
   * @param expectedBytes room for the first batch, at least that of an empty one
   */
  GrowingBatchBuilder(Compression compression, int expectedBytes) {
    this.compression = compression;
    bytes = new byte[Math.max(expectedBytes, RecordBatchView.HEADER_BYTES)];
    sized = true;
  }

  @Override
  public RecordBatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
    this.producerId = producerId;
    this.producerEpoch = producerEpoch;
    this.baseSequence = baseSequence;
    return this;
  }

  @Override
  public RecordBatchBuilder transactional() {
    flags |= RecordBatchView.TRANSACTIONAL_BIT;
    return this;
  }

  /** Marks the batch under construction as one that holds a control record. */
  GrowingBatchBuilder control() {
    flags |= RecordBatchView.CONTROL_BIT;
    return this;
  }

  @Override
  public RecordBatchBuilder add(
      long timestampMillis,
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      List<RecordHeader> headers) {
    if (count == 0) {
      baseTimestamp = timestampMillis;
      maxTimestamp = timestampMillis;
    }
    long timestampDelta = timestampMillis - baseTimestamp;
    byte[][] names = names(headers);
    long body = 1L + Varint.size(timestampDelta) + Varint.size(count);
    body += fieldSize(key) + fieldSize(value) + Varint.size(headers.size());
    for (int i = 0; i < names.length; i++) {
      body += Varint.size(names[i].length) + names[i].length + fieldSize(headers.get(i).value());
    }
    if (end + body + Varint.MAX_BYTES > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a batch would exceed " + MAX_BYTES + " bytes with another record of " + body);
    }
    reserve(end + (int) body + Varint.MAX_BYTES);

    end = Varint.put(bytes, end, body);
    bytes[end++] = 0;
    end = Varint.put(bytes, end, timestampDelta);
    end = Varint.put(bytes, end, count);
    putField(key);
    putField(value);
    end = Varint.put(bytes, end, headers.size());
    for (int i = 0; i < names.length; i++) {
      end = Varint.put(bytes, end, names[i].length);
      System.arraycopy(names[i], 0, bytes, end, names[i].length);
      end += names[i].length;
      putField(headers.get(i).value());
    }
    maxTimestamp = Math.max(maxTimestamp, timestampMillis);
    count++;
    return this;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int sizeBytes() {
    return end;
  }

  @Override
  public ByteBuffer build() {
    if (count == 0) {
      throw new IllegalStateException("a batch needs a record at least");
    }
    int records = end - RecordBatchView.HEADER_BYTES;
    ByteBuffer batch;
    if (compression == Compression.NONE) {
      batch = plain();
    } else {
      byte[] plain = Arrays.copyOfRange(bytes, RecordBatchView.HEADER_BYTES, end);
      byte[] compressed = Compressor.compress(compression, plain, records);
      batch = ByteBuffer.allocate(RecordBatchView.HEADER_BYTES + compressed.length);
      batch.put(RecordBatchView.HEADER_BYTES, compressed);
    }
    batch.putLong(0, 0);
    batch.putInt(RecordBatchView.AT_LENGTH, batch.limit() - RecordBatchView.LENGTH_PREFIX_BYTES);
    batch.putInt(RecordBatchView.AT_LEADER_EPOCH, -1);
    batch.put(RecordBatchView.AT_MAGIC, RecordBatchView.MAGIC);
    batch.putShort(RecordBatchView.AT_ATTRIBUTES, (short) (compression.id() | flags));
    batch.putInt(RecordBatchView.AT_LAST_OFFSET_DELTA, count - 1);
    batch.putLong(RecordBatchView.AT_BASE_TIMESTAMP, baseTimestamp);
    batch.putLong(RecordBatchView.AT_MAX_TIMESTAMP, maxTimestamp);
    batch.putLong(RecordBatchView.AT_PRODUCER_ID, producerId);
    batch.putShort(RecordBatchView.AT_PRODUCER_EPOCH, producerEpoch);
    batch.putInt(RecordBatchView.AT_BASE_SEQUENCE, baseSequence);
    batch.putInt(RecordBatchView.AT_COUNT, count);
    batch.putInt(RecordBatchView.AT_CRC, RecordBatchView.computeCrc(batch, 0));

    end = RecordBatchView.HEADER_BYTES;
    count = 0;
    flags = 0;
    producer(-1, (short) -1, -1);
    return batch;
  }

  /** A copy, or the batch as it lies there where the room was made for it. */
  private ByteBuffer plain() {
    if (!sized || bytes.length - end > end / 2) {
      return ByteBuffer.wrap(Arrays.copyOf(bytes, end));
    }
    ByteBuffer whole = ByteBuffer.wrap(bytes, 0, end).slice();
    bytes = new byte[RecordBatchView.HEADER_BYTES];
    return whole;
  }

  private static byte[][] names(List<RecordHeader> headers) {
    byte[][] names = new byte[headers.size()][];
    for (int i = 0; i < names.length; i++) {
      names[i] = headers.get(i).name().getBytes(UTF_8);
    }
    return names;
  }

  private static long fieldSize(@Nullable ByteBuffer field) {
    return field == null
        ? Varint.size(-1)
        : Varint.size(field.remaining()) + (long) field.remaining();
  }

  private void putField(@Nullable ByteBuffer field) {
    if (field == null) {
      end = Varint.put(bytes, end, -1);
      return;
    }
    int length = field.remaining();
    end = Varint.put(bytes, end, length);
    field.get(field.position(), bytes, end, length);
    end += length;
  }

  private void reserve(int capacity) {
    if (bytes.length < capacity) {
      bytes = Arrays.copyOf(bytes, Math.max(capacity, 2 * bytes.length));
    }
  }
}
