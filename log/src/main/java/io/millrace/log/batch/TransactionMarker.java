package io.millrace.log.batch;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The control batch that ends a transaction in one partition, in Kafka's own form (KIP-98): one
 * record with the key {@code version i16 · type i16} (0 is ABORT, 1 is COMMIT) and the value {@code
 * version i16 · coordinator epoch i32}, in a batch that is marked as transactional and as control.
 */
public final class TransactionMarker {

  private static final short VERSION = 0;
  private static final short ABORT = 0;
  private static final short COMMIT = 1;
  private static final int KEY_BYTES = 4;
  private static final int VALUE_BYTES = 6;

  private TransactionMarker() {}

  /** A marker, with base offset 0, in a buffer that the caller owns. */
  public static ByteBuffer build(
      long producerId, short producerEpoch, boolean commit, int coordinatorEpoch, long nowMillis) {
    ByteBuffer key = ByteBuffer.allocate(KEY_BYTES);
    key.putShort(VERSION).putShort(commit ? COMMIT : ABORT).flip();
    ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
    value.putShort(VERSION).putInt(coordinatorEpoch).flip();
    GrowingBatchBuilder builder = new GrowingBatchBuilder(Compression.NONE);
    builder.control().transactional().producer(producerId, producerEpoch, -1);
    return builder.add(nowMillis, key, value, List.of()).build();
  }

  /** Whether the control batch at {@code at} is a marker of a transaction's end. */
  public static boolean isMarker(ByteBuffer buffer, int at) {
    short type = type(buffer, at);
    return type == ABORT || type == COMMIT;
  }

  /** Whether the marker at {@code at} says COMMIT. */
  public static boolean isCommit(ByteBuffer buffer, int at) {
    return type(buffer, at) == COMMIT;
  }

  /** The epoch of the coordinator that decided; -1 when the marker does not say. */
  public static int coordinatorEpoch(ByteBuffer buffer, int at) {
    int key = keyAt(buffer, at);
    int value = key < 0 ? -1 : key + KEY_BYTES + 1;
    return value < 0 || value + VALUE_BYTES > end(buffer, at) ? -1 : buffer.getInt(value + 2);
  }

  private static short type(ByteBuffer buffer, int at) {
    int key = keyAt(buffer, at);
    return key < 0 ? -1 : buffer.getShort(key + 2);
  }

  /** Where the record's key begins, or -1 when there is no whole one. */
  private static int keyAt(ByteBuffer buffer, int at) {
    int end = end(buffer, at);
    int position = skipVarint(buffer, at + RecordBatchView.HEADER_BYTES, end);
    position = skipVarint(buffer, position + 1, end); // attributes, then the timestamp
    position = skipVarint(buffer, position, end); // the offset
    position = skipVarint(buffer, position, end); // the key's length
    return position + KEY_BYTES <= end ? position : -1;
  }

  private static int end(ByteBuffer buffer, int at) {
    return Math.min(buffer.limit(), at + RecordBatchView.sizeBytes(buffer, at));
  }

  private static int skipVarint(ByteBuffer buffer, int from, int end) {
    int position = from;
    while (position < end && buffer.get(position) < 0) {
      position++;
    }
    return position + 1;
  }
}
