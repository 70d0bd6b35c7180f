package io.millrace.cdn.view;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** What is kept of one key, and what of it is not published yet. Confined to the reader. */
final class KeyState {

  /** Memory besides key and values: maps, lists, the document's own objects. */
  private static final int OWN_BYTES = 512;

  private static final int BYTES_PER_VALUE = 32;

  final String key;

  /** Where its document stands on the board; -1 while it is not there. */
  int slot = -1;

  /** Whether it waits to be published. */
  boolean dirty;

  /** Whether it has made room for another key. */
  boolean evicted;

  /** Whether viewers have to forget what they know of the key. */
  boolean replaces = true;

  /** When it was last published, by the monotonic clock; meaningless before. */
  long publishedNanos;

  boolean published;

  private final byte[] quotedKey;
  private final Deque<byte[]>[] values;
  private final int[] fresh;
  private long bytes;

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of generic types cannot be made otherwise
  KeyState(String key, int members) {
    this.key = key;
    this.quotedKey = RecordValue.quote(key);
    this.values = new Deque[members];
    for (int i = 0; i < members; i++) {
      values[i] = new ArrayDeque<>(4);
    }
    this.fresh = new int[members];
    this.bytes = OWN_BYTES + 2L * key.length() + quotedKey.length;
  }

  /** Memory, about. */
  long bytes() {
    return bytes;
  }

  void add(int member, byte[] value, int keep) {
    Deque<byte[]> kept = values[member];
    if (kept.size() == keep) {
      bytes -= kept.removeFirst().length + BYTES_PER_VALUE;
    }
    kept.addLast(value);
    bytes += value.length + BYTES_PER_VALUE;
    fresh[member] = Math.min(fresh[member] + 1, keep);
  }

  void clear(int member) {
    for (byte[] value : values[member]) {
      bytes -= value.length + BYTES_PER_VALUE;
    }
    values[member].clear();
    fresh[member] = 0;
    replaces = true;
  }

  boolean isEmpty() {
    for (Deque<byte[]> kept : values) {
      if (!kept.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  KeyDocument document(ViewShape shape, long version, long nowMillis) {
    return new KeyDocument(shape, quotedKey, version, nowMillis, copy());
  }

  /** The event that leads from the former document to this one. */
  byte[] event(ViewShape shape, KeyDocument document) {
    if (replaces) {
      return document.event();
    }
    return ViewShape.event(
        ViewShape.UPDATE,
        document.version(),
        shape.update(quotedKey, copy(), fresh, document.version()));
  }

  /** All that was added so far has been published. */
  void settled(long nowNanos) {
    Arrays.fill(fresh, 0);
    replaces = false;
    published = true;
    publishedNanos = nowNanos;
  }

  private byte[][][] copy() {
    byte[][][] copied = new byte[values.length][][];
    for (int i = 0; i < values.length; i++) {
      copied[i] = values[i].toArray(new byte[0][]);
    }
    return copied;
  }

  @Override
  public String toString() {
    return key;
  }
}
