package io.millrace.log.batch;

import io.millrace.log.LogException;
import io.millrace.log.LogException.Reason;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The header of one record batch, read and written in place: plain functions over a buffer and the
 * index at which the batch starts, so that no batch costs an object. Layout: Kafka's message format
 * version 2 (KIP-98), all numbers big-endian.
 *
 * <pre>
 *   0 base offset i64      21 attributes i16            43 producer id i64
 *   8 length i32           23 last offset delta i32     51 producer epoch i16
 *  12 leader epoch i32     27 base timestamp i64        53 base sequence i32
 *  16 magic i8             35 max timestamp i64         57 record count i32
 *  17 CRC-32C u32          61 records
 * </pre>
 *
 * <p>The length counts what follows it; the CRC covers everything from the attributes on, so base
 * offset and leader epoch can be changed without computing it anew. Accessors check nothing: {@link
 * #check} first. The buffer must be big-endian and must not be used by another thread meanwhile;
 * its position and limit are left as they were.
 */
public final class RecordBatchView {

  /** Bytes before the first record. */
  public static final int HEADER_BYTES = 61;

  /** Bytes before those that the length field counts. */
  public static final int LENGTH_PREFIX_BYTES = 12;

  /** The only format version that the log keeps. */
  public static final byte MAGIC = 2;

  /** Bytes of the smallest record: seven fields of one byte each. */
  static final int MIN_RECORD_BYTES = 7;

  static final int AT_LENGTH = 8;
  static final int AT_LEADER_EPOCH = 12;
  static final int AT_MAGIC = 16;
  static final int AT_CRC = 17;
  static final int AT_ATTRIBUTES = 21;
  static final int AT_LAST_OFFSET_DELTA = 23;
  static final int AT_BASE_TIMESTAMP = 27;
  static final int AT_MAX_TIMESTAMP = 35;
  static final int AT_PRODUCER_ID = 43;
  static final int AT_PRODUCER_EPOCH = 51;
  static final int AT_BASE_SEQUENCE = 53;
  static final int AT_COUNT = 57;

  private static final int COMPRESSION_MASK = 0x07;
  private static final int APPEND_TIME_BIT = 0x08;
  static final int TRANSACTIONAL_BIT = 0x10;
  static final int CONTROL_BIT = 0x20;
  private static final int DELETE_HORIZON_BIT = 0x40;

  private RecordBatchView() {}

  /** Offset of the first record. */
  public static long baseOffset(ByteBuffer buffer, int at) {
    return buffer.getLong(at);
  }

  /** Offset of the last record that the batch was made with. */
  public static long lastOffset(ByteBuffer buffer, int at) {
    return buffer.getLong(at) + buffer.getInt(at + AT_LAST_OFFSET_DELTA);
  }

  /**
   * The offset after the last of the whole batches between position and limit; markers and what
   * compaction left out are counted. Where a reader of all of them goes on.
   *
   * @return -1 when there is no batch
   */
  public static long endOffset(ByteBuffer batches) {
    long end = -1;
    for (int at = batches.position(); at < batches.limit(); at += sizeBytes(batches, at)) {
      end = lastOffset(batches, at) + 1;
    }
    return end;
  }

  /** Bytes of the whole batch. */
  public static int sizeBytes(ByteBuffer buffer, int at) {
    return LENGTH_PREFIX_BYTES + buffer.getInt(at + AT_LENGTH);
  }

  /** Epoch of the leader that appended it. */
  public static int leaderEpoch(ByteBuffer buffer, int at) {
    return buffer.getInt(at + AT_LEADER_EPOCH);
  }

  /** Version of the format. */
  public static byte magic(ByteBuffer buffer, int at) {
    return buffer.get(at + AT_MAGIC);
  }

  /** The CRC that the batch claims. */
  public static int crc(ByteBuffer buffer, int at) {
    return buffer.getInt(at + AT_CRC);
  }

  /** The attributes' bits. */
  public static short attributes(ByteBuffer buffer, int at) {
    return buffer.getShort(at + AT_ATTRIBUTES);
  }

  /** The codec of the records. */
  public static Compression compression(ByteBuffer buffer, int at) {
    return Compression.ofId(attributes(buffer, at) & COMPRESSION_MASK);
  }

  /** Whether the timestamps are the broker's: every record then has {@link #maxTimestamp}. */
  public static boolean isAppendTime(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & APPEND_TIME_BIT) != 0;
  }

  /** Whether the batch is part of a transaction. */
  public static boolean isTransactional(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & TRANSACTIONAL_BIT) != 0;
  }

  /** Whether the batch holds a transaction marker in place of records. */
  public static boolean isControl(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & CONTROL_BIT) != 0;
  }

  /**
   * Whether the base timestamp is the time after which compaction may drop tombstones (KIP-534).
   */
  public static boolean hasDeleteHorizon(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & DELETE_HORIZON_BIT) != 0;
  }

  /** Last offset minus base offset. */
  public static int lastOffsetDelta(ByteBuffer buffer, int at) {
    return buffer.getInt(at + AT_LAST_OFFSET_DELTA);
  }

  /** What the records' timestamps are relative to, in milliseconds since the Unix epoch. */
  public static long baseTimestamp(ByteBuffer buffer, int at) {
    return buffer.getLong(at + AT_BASE_TIMESTAMP);
  }

  /** The largest timestamp of its records, as its producer says. */
  public static long maxTimestamp(ByteBuffer buffer, int at) {
    return buffer.getLong(at + AT_MAX_TIMESTAMP);
  }

  /** Id of the idempotent producer, or -1. */
  public static long producerId(ByteBuffer buffer, int at) {
    return buffer.getLong(at + AT_PRODUCER_ID);
  }

  /** Epoch of the producer, or -1. */
  public static short producerEpoch(ByteBuffer buffer, int at) {
    return buffer.getShort(at + AT_PRODUCER_EPOCH);
  }

  /** The producer's sequence number of the first record, or -1. */
  public static int baseSequence(ByteBuffer buffer, int at) {
    return buffer.getInt(at + AT_BASE_SEQUENCE);
  }

  /** The producer's sequence number of the last record; after 2³¹-1 comes 0. Or -1. */
  public static int lastSequence(ByteBuffer buffer, int at) {
    int base = baseSequence(buffer, at);
    return base < 0 ? base : (base + lastOffsetDelta(buffer, at)) & Integer.MAX_VALUE;
  }

  /** How many records it says it has. */
  public static int count(ByteBuffer buffer, int at) {
    return buffer.getInt(at + AT_COUNT);
  }

  /** Gives the batch its place in the log. The CRC stays valid. */
  public static void setBaseOffset(ByteBuffer buffer, int at, long offset) {
    buffer.putLong(at, offset);
  }

  /** Marks the epoch in which it is appended. The CRC stays valid. */
  public static void setLeaderEpoch(ByteBuffer buffer, int at, int epoch) {
    buffer.putInt(at + AT_LEADER_EPOCH, epoch);
  }

  /** Gives all its records the broker's time, and the batch the CRC that it then has. */
  public static void stampAppendTime(ByteBuffer buffer, int at, long millis) {
    buffer.putShort(at + AT_ATTRIBUTES, (short) (attributes(buffer, at) | APPEND_TIME_BIT));
    buffer.putLong(at + AT_MAX_TIMESTAMP, millis);
    buffer.putInt(at + AT_CRC, computeCrc(buffer, at));
  }

  /** Says which codec the records have. The CRC is not valid any more. */
  static void setCompression(ByteBuffer buffer, int at, Compression codec) {
    int others = attributes(buffer, at) & ~COMPRESSION_MASK;
    buffer.putShort(at + AT_ATTRIBUTES, (short) (others | codec.id()));
  }

  /** Notes a delete horizon in place of the base timestamp. The CRC is not valid any more. */
  static void setDeleteHorizon(ByteBuffer buffer, int at, long millis) {
    buffer.putShort(at + AT_ATTRIBUTES, (short) (attributes(buffer, at) | DELETE_HORIZON_BIT));
    buffer.putLong(at + AT_BASE_TIMESTAMP, millis);
  }

  /** The CRC-32C of the bytes that it covers. */
  public static int computeCrc(ByteBuffer buffer, int at) {
    int position = buffer.position();
    int limit = buffer.limit();
    CRC32C crc = new CRC32C();
    buffer.limit(at + sizeBytes(buffer, at)).position(at + AT_ATTRIBUTES);
    crc.update(buffer);
    buffer.limit(limit).position(position);
    return (int) crc.getValue();
  }

  /**
   * Whether a header stands at {@code at} that can be trusted enough to step over the batch: format
   * 2, a length that covers the header and is at most {@code maxBytes}, counts that fit it. The CRC
   * is not looked at. At least {@link #HEADER_BYTES} must be readable.
   */
  public static boolean isPlausible(ByteBuffer buffer, int at, int maxBytes) {
    return headerProblem(buffer, at, maxBytes) == null;
  }

  /**
   * Checks a whole batch, CRC included.
   *
   * @param available bytes that may be read from {@code at} on
   * @return its size in bytes
   * @throws LogException with {@code CORRUPT_BATCH} or {@code UNSUPPORTED_FORMAT}
   */
  public static int check(ByteBuffer buffer, int at, int available) {
    if (available < AT_CRC) {
      throw corrupt("a batch has " + available + " bytes; the header alone takes " + HEADER_BYTES);
    }
    if (magic(buffer, at) != MAGIC) {
      throw new LogException(
          Reason.UNSUPPORTED_FORMAT,
          "a batch has format version " + magic(buffer, at) + "; allowed: " + MAGIC);
    }
    if (available < HEADER_BYTES) {
      throw corrupt("a batch has " + available + " bytes; the header alone takes " + HEADER_BYTES);
    }
    String problem = headerProblem(buffer, at, available);
    if (problem != null) {
      throw corrupt(problem);
    }
    int computed = computeCrc(buffer, at);
    if (computed != crc(buffer, at)) {
      throw corrupt(
          "a batch says its CRC is %08x, its bytes have %08x".formatted(crc(buffer, at), computed));
    }
    return sizeBytes(buffer, at);
  }

  /**
   * Checks what else holds for a batch that comes from a producer: it has records, and a record for
   * each offset; where they are not compressed, their lengths fill the batch exactly.
   *
   * <p>Compressed records are not looked into, which saves the broker the decompression; who reads
   * them with {@link RecordCursor} checks each one.
   */
  public static void checkRecords(ByteBuffer buffer, int at) {
    int count = count(buffer, at);
    if (count < 1 || count - 1 != lastOffsetDelta(buffer, at)) {
      throw corrupt(
          "a batch has "
              + count
              + " records but a last offset delta of "
              + lastOffsetDelta(buffer, at));
    }
    if ((attributes(buffer, at) & COMPRESSION_MASK) != 0) {
      return;
    }
    int end = at + sizeBytes(buffer, at);
    int position = at + HEADER_BYTES;
    for (int i = 0; i < count; i++) {
      int length = 0;
      int shift = 0;
      byte next;
      do {
        if (position >= end || shift > 28) {
          throw corrupt("record " + i + " of " + count + " has no whole length");
        }
        next = buffer.get(position++);
        length |= (next & 0x7f) << shift;
        shift += 7;
      } while (next < 0);
      length = (length >>> 1) ^ -(length & 1);
      if (length < MIN_RECORD_BYTES - 1 || length > end - position) {
        throw corrupt("record " + i + " of " + count + " has a length of " + length + " bytes");
      }
      position += length;
    }
    if (position != end) {
      throw corrupt("a batch has " + (end - position) + " bytes after its last record");
    }
  }

  private static @org.jspecify.annotations.Nullable String headerProblem(
      ByteBuffer buffer, int at, int maxBytes) {
    if (magic(buffer, at) != MAGIC) {
      return "a batch has format version " + magic(buffer, at) + "; allowed: " + MAGIC;
    }
    int length = buffer.getInt(at + AT_LENGTH);
    if (length < HEADER_BYTES - LENGTH_PREFIX_BYTES || length > maxBytes - LENGTH_PREFIX_BYTES) {
      return "a batch has a length of " + length + "; " + maxBytes + " bytes are there";
    }
    int codec = attributes(buffer, at) & COMPRESSION_MASK;
    if (codec > Compression.ZSTD.id()) {
      return "a batch has compression " + codec + "; allowed: 0 to 4";
    }
    int delta = lastOffsetDelta(buffer, at);
    int count = count(buffer, at);
    if (delta < 0 || count < 0 || count - 1 > delta) {
      return "a batch has " + count + " records but a last offset delta of " + delta;
    }
    if (codec == 0
        && (long) count * MIN_RECORD_BYTES > length + LENGTH_PREFIX_BYTES - HEADER_BYTES) {
      return "a batch says it has " + count + " records in " + length + " bytes";
    }
    return null;
  }

  static LogException corrupt(String message) {
    return new LogException(Reason.CORRUPT_BATCH, message);
  }
}
