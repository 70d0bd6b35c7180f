package io.millrace.log.batch;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes a batch anew with some of its records, or in another codec: offsets, timestamps and
 * producer stay. Confined to one thread; reusable.
 */
public final class BatchRewriter {

  private byte[] bytes = new byte[1024];
  private int end;
  private int count;
  private ByteBuffer header = ByteBuffer.allocate(RecordBatchView.HEADER_BYTES);
  private long baseTimestamp;
  private long maxTimestamp;
  private boolean rebase;
  private Compression codec = Compression.NONE;
  private int level;

  /** Starts with the header of the batch at {@code at}, and no record. */
  public void start(ByteBuffer batches, int at) {
    start(batches, at, RecordBatchView.compression(batches, at));
  }

  /**
   * The batch at {@code at} with the same records in another codec.
   *
   * @param cursor for the reading of the records
   * @param target the codec
   * @param targetLevel from {@link Compression#minLevel} to {@link Compression#maxLevel}
   * @return a batch in a buffer that the caller owns
   * @throws io.millrace.log.LogException with {@code CORRUPT_BATCH} when it is no whole batch
   */
  public ByteBuffer recompress(
      ByteBuffer batches, int at, RecordCursor cursor, Compression target, int targetLevel) {
    int size = RecordBatchView.check(batches, at, batches.limit() - at);
    start(batches, at, target);
    level = targetLevel;
    cursor.reset(batches.duplicate().position(at).limit(at + size), 0);
    while (cursor.next()) {
      keep(cursor);
    }
    return finish();
  }

  private void start(ByteBuffer batches, int at, Compression target) {
    codec = target;
    level = target.defaultLevel();
    header.put(0, batches, at, RecordBatchView.HEADER_BYTES);
    end = 0;
    count = 0;
    baseTimestamp = RecordBatchView.baseTimestamp(header, 0);
    maxTimestamp = -1;
    rebase = false;
  }

  /**
   * Notes in the batch the time after which its tombstones may go (KIP-534): it takes the place of
   * the base timestamp, so records that follow are encoded relative to it.
   */
  public void deleteHorizon(long millis) {
    baseTimestamp = millis;
    rebase = true;
    RecordBatchView.setDeleteHorizon(header, 0, millis);
  }

  /** Keeps the record on which the cursor stands. */
  public void keep(RecordCursor cursor) {
    keep(cursor.record(), cursor.timestampMillis());
  }

  /**
   * The control batch at {@code at} as it is, but with a delete horizon.
   *
   * @return a batch in a buffer that the caller owns
   */
  public ByteBuffer withDeleteHorizon(ByteBuffer batches, int at, long millis) {
    start(batches, at);
    long base = baseTimestamp;
    deleteHorizon(millis);
    int position = at + RecordBatchView.HEADER_BYTES;
    int left = RecordBatchView.count(batches, at);
    ByteBuffer rest = batches.duplicate();
    rest.limit(at + RecordBatchView.sizeBytes(batches, at)).position(position);
    while (left-- > 0) {
      int from = rest.position();
      int length = (int) readVarint(rest);
      int end = rest.position() + length;
      rest.get(); // Attributes.
      long timestamp = base + readVarint(rest);
      keep(rest.slice(from, end - from), timestamp);
      rest.position(end);
    }
    return finish();
  }

  private void keep(ByteBuffer record, long timestampMillis) {
    reserve(end + record.remaining() + 2 * Varint.MAX_BYTES);
    if (rebase) {
      // Length, attributes (one byte), timestamp delta, then what stays.
      skipVarint(record);
      byte attributes = record.get();
      skipVarint(record);
      long delta = timestampMillis - baseTimestamp;
      end = Varint.put(bytes, end, 1L + Varint.size(delta) + record.remaining());
      bytes[end++] = attributes;
      end = Varint.put(bytes, end, delta);
    }
    int rest = record.remaining();
    record.get(bytes, end, rest);
    end += rest;
    maxTimestamp = Math.max(maxTimestamp, timestampMillis);
    count++;
  }

  /** Records kept so far. */
  public int count() {
    return count;
  }

  /** The batch, with its CRC, in a buffer that the caller owns. */
  public ByteBuffer finish() {
    byte[] records =
        codec == Compression.NONE
            ? Arrays.copyOf(bytes, end)
            : Compressor.compress(codec, level, bytes, end);
    ByteBuffer batch = ByteBuffer.allocate(RecordBatchView.HEADER_BYTES + records.length);
    batch.put(0, header, 0, RecordBatchView.HEADER_BYTES);
    batch.put(RecordBatchView.HEADER_BYTES, records);
    RecordBatchView.setCompression(batch, 0, codec);
    batch.putInt(RecordBatchView.AT_LENGTH, batch.limit() - RecordBatchView.LENGTH_PREFIX_BYTES);
    batch.putInt(RecordBatchView.AT_COUNT, count);
    batch.putLong(RecordBatchView.AT_MAX_TIMESTAMP, maxTimestamp);
    batch.putInt(RecordBatchView.AT_CRC, RecordBatchView.computeCrc(batch, 0));
    return batch;
  }

  private static long readVarint(ByteBuffer record) {
    long raw = 0;
    int shift = 0;
    byte next;
    do {
      next = record.get();
      raw |= (next & 0x7fL) << shift;
      shift += 7;
    } while (next < 0);
    return (raw >>> 1) ^ -(raw & 1);
  }

  private static void skipVarint(ByteBuffer record) {
    while (record.get() < 0) {}
  }

  private void reserve(int capacity) {
    if (bytes.length < capacity) {
      bytes = Arrays.copyOf(bytes, Math.max(capacity, 2 * bytes.length));
    }
  }
}
