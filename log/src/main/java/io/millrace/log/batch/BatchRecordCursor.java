package io.millrace.log.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The cursor: indexes into the batches' buffer, or into the decompressed form of the present one.
 */
final class BatchRecordCursor implements RecordCursor {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Decompressor decompressor;

  private ByteBuffer batches = NOTHING;
  private int nextBatch;
  private int batchesEnd;
  private long fromOffset;

  // The present batch.
  private ByteBuffer records = NOTHING;
  private int position;
  private int recordsEnd;
  private int batchAt;
  private int left;
  private long baseOffset;
  private int lastOffsetDelta;
  private int previousDelta;
  private long baseTimestamp;
  private boolean appendTime;
  private long maxTimestamp;

  // The present record.
  private int recordAt;
  private int recordEnd;
  private long offset;
  private long timestamp;
  private int keyAt;
  private int keyLength;
  private int valueAt;
  private int valueLength;
  private int headersAt;
  private int headerCount;

  // The header looked at last: the next one is mostly asked for next.
  private int headerIndex;
  private int headerNameAt;
  private int headerNameLength;
  private int headerValueAt;
  private int headerValueLength;

  BatchRecordCursor(int maxDecompressedBytes) {
    this.decompressor = new Decompressor(maxDecompressedBytes);
  }

  @Override
  public void reset(ByteBuffer batches, long fromOffset) {
    decompressor.recycle();
    this.batches = batches;
    this.nextBatch = batches.position();
    this.batchesEnd = batches.limit();
    this.fromOffset = fromOffset;
    this.records = NOTHING;
    this.position = 0;
    this.recordsEnd = 0;
    this.left = 0;
  }

  @Override
  public boolean next() {
    do {
      while (left == 0) {
        if (position != recordsEnd) {
          throw RecordBatchView.corrupt(
              "a batch has " + (recordsEnd - position) + " bytes after its last record");
        }
        if (!nextBatch()) {
          return false;
        }
      }
      left--;
      parseRecord();
    } while (offset < fromOffset);
    return true;
  }

  /** Enters the next batch that may hold wanted records. */
  private boolean nextBatch() {
    while (nextBatch < batchesEnd) {
      int at = nextBatch;
      if (batchesEnd - at < RecordBatchView.HEADER_BYTES
          || !RecordBatchView.isPlausible(batches, at, batchesEnd - at)) {
        throw RecordBatchView.corrupt("no whole batch stands at byte " + at);
      }
      int size = RecordBatchView.sizeBytes(batches, at);
      nextBatch = at + size;
      if (RecordBatchView.isControl(batches, at)
          || RecordBatchView.lastOffset(batches, at) < fromOffset) {
        continue;
      }
      batchAt = at;
      baseOffset = RecordBatchView.baseOffset(batches, at);
      lastOffsetDelta = RecordBatchView.lastOffsetDelta(batches, at);
      previousDelta = -1;
      baseTimestamp = RecordBatchView.baseTimestamp(batches, at);
      maxTimestamp = RecordBatchView.maxTimestamp(batches, at);
      appendTime = RecordBatchView.isAppendTime(batches, at);
      left = RecordBatchView.count(batches, at);
      int recordsAt = at + RecordBatchView.HEADER_BYTES;
      Compression codec = RecordBatchView.compression(batches, at);
      if (codec == Compression.NONE) {
        records = batches;
        position = recordsAt;
        recordsEnd = nextBatch;
      } else if (left == 0) {
        continue;
      } else {
        records = decompressor.decompress(codec, batches, recordsAt, nextBatch - recordsAt);
        position = 0;
        recordsEnd = records.limit();
      }
      return true;
    }
    records = NOTHING;
    return false;
  }

  private void parseRecord() {
    recordAt = position;
    recordEnd = recordsEnd;
    int length = readInt();
    if (length < RecordBatchView.MIN_RECORD_BYTES - 1 || length > recordsEnd - position) {
      throw RecordBatchView.corrupt("a record has a length of " + length + " bytes");
    }
    recordEnd = position + length;
    position++; // The record's attributes: none are defined.
    long timestampDelta = readLong();
    int offsetDelta = readInt();
    if (offsetDelta <= previousDelta || offsetDelta > lastOffsetDelta) {
      throw RecordBatchView.corrupt(
          "a record has an offset delta of "
              + offsetDelta
              + " after "
              + previousDelta
              + "; the last one is "
              + lastOffsetDelta);
    }
    previousDelta = offsetDelta;
    offset = baseOffset + offsetDelta;
    timestamp = appendTime ? maxTimestamp : baseTimestamp + timestampDelta;
    keyLength = readLength();
    keyAt = position;
    position += Math.max(0, keyLength);
    valueLength = readLength();
    valueAt = position;
    position += Math.max(0, valueLength);
    headerCount = readInt();
    // A header takes two bytes at least.
    if (headerCount < 0 || headerCount > (recordEnd - position) / 2) {
      throw RecordBatchView.corrupt("a record says it has " + headerCount + " headers");
    }
    if (headerCount == 0 && position != recordEnd) {
      throw RecordBatchView.corrupt("a record is longer than its fields");
    }
    headersAt = position;
    headerIndex = -1;
    position = recordEnd;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public long timestampMillis() {
    return timestamp;
  }

  @Override
  public @Nullable ByteBuffer key() {
    return keyLength < 0 ? null : records.slice(keyAt, keyLength);
  }

  @Override
  public int keyLength() {
    return keyLength;
  }

  @Override
  public void copyKey(byte[] target, int at) {
    records.get(keyAt, target, at, keyLength);
  }

  @Override
  public @Nullable ByteBuffer value() {
    return valueLength < 0 ? null : records.slice(valueAt, valueLength);
  }

  @Override
  public int valueLength() {
    return valueLength;
  }

  @Override
  public void copyValue(byte[] target, int at) {
    records.get(valueAt, target, at, valueLength);
  }

  @Override
  public ByteBuffer record() {
    return records.slice(recordAt, recordEnd - recordAt);
  }

  @Override
  public int batchPosition() {
    return batchAt;
  }

  @Override
  public int headerCount() {
    return headerCount;
  }

  @Override
  public String headerName(int index) {
    seekHeader(index);
    byte[] name = new byte[headerNameLength];
    records.get(headerNameAt, name);
    return new String(name, UTF_8);
  }

  @Override
  public @Nullable ByteBuffer headerValue(int index) {
    seekHeader(index);
    return headerValueLength < 0 ? null : records.slice(headerValueAt, headerValueLength);
  }

  private void seekHeader(int index) {
    java.util.Objects.checkIndex(index, headerCount);
    if (index < headerIndex) {
      headerIndex = -1;
    }
    int resume = position;
    try {
      position = headerIndex < 0 ? headersAt : headerValueAt + Math.max(0, headerValueLength);
      while (headerIndex < index) {
        headerNameLength = readLength();
        if (headerNameLength < 0) {
          throw RecordBatchView.corrupt("a header has no name");
        }
        headerNameAt = position;
        position += headerNameLength;
        headerValueLength = readLength();
        headerValueAt = position;
        position += Math.max(0, headerValueLength);
        headerIndex++;
      }
    } finally {
      position = resume;
    }
  }

  /** The length of a field inside the present record, -1 for null. */
  private int readLength() {
    int length = readInt();
    if (length < -1 || length > recordEnd - position) {
      throw RecordBatchView.corrupt("a record has a field of " + length + " bytes");
    }
    return length;
  }

  private int readInt() {
    long value = readLong();
    if (value != (int) value) {
      throw RecordBatchView.corrupt("a record has the number " + value + " where 32 bits fit");
    }
    return (int) value;
  }

  private long readLong() {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      if (position >= recordEnd || shift > 63) {
        throw RecordBatchView.corrupt("a record ends inside a number");
      }
      next = records.get(position++);
      value |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return (value >>> 1) ^ -(value & 1);
  }

  @Override
  public void close() {
    decompressor.recycle();
    batches = NOTHING;
    records = NOTHING;
    nextBatch = 0;
    batchesEnd = 0;
    left = 0;
  }
}
