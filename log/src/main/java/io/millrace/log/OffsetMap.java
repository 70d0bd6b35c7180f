package io.millrace.log;

import io.millrace.log.batch.RecordCursor;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The last offset of each key, for compaction: open addressing with 24 bytes an entry, of which 16
 * are a hash of the key. Keys of which two have the same 128 bits of SHA-256 would be taken for
 * one; nobody can make such a pair. Memory grows by doubling up to the bound. Confined to one
 * thread.
 */
final class OffsetMap {

  private static final int FIRST_SLOTS = 1024;
  private static final int SLOT = 3;

  private final int maxSlots;
  private final MessageDigest digest;
  private final byte[] hash = new byte[32];
  private byte[] key = new byte[256];
  private long[] slots = new long[FIRST_SLOTS * SLOT];
  private int count;
  private long high;
  private long low;

  /** A map that takes at most the given bytes, from 24 KiB. */
  OffsetMap(int maxBytes) {
    this.maxSlots = Integer.highestOneBit(maxBytes / (SLOT * Long.BYTES));
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Notes the offset of the present record's key; false when the map is full. */
  boolean put(RecordCursor record, long offset) {
    hash(record);
    int at = find(slots, high, low);
    if (slots[at] == 0 && slots[at + 1] == 0) {
      if (4L * (count + 1) > 3L * (slots.length / SLOT)) {
        if (slots.length / SLOT >= maxSlots) {
          return false;
        }
        grow();
        at = find(slots, high, low);
      }
      slots[at] = high;
      slots[at + 1] = low;
      count++;
    }
    slots[at + 2] = offset;
    return true;
  }

  /** The last offset noted for the present record's key, or -1. */
  long get(RecordCursor record) {
    hash(record);
    int at = find(slots, high, low);
    return slots[at] == 0 && slots[at + 1] == 0 ? -1 : slots[at + 2];
  }

  int count() {
    return count;
  }

  private void grow() {
    long[] larger = new long[slots.length * 2];
    for (int at = 0; at < slots.length; at += SLOT) {
      if (slots[at] != 0 || slots[at + 1] != 0) {
        System.arraycopy(slots, at, larger, find(larger, slots[at], slots[at + 1]), SLOT);
      }
    }
    slots = larger;
  }

  /** Index of the slot that has the hash, or of the empty one where it belongs. */
  private static int find(long[] slots, long high, long low) {
    int mask = slots.length / SLOT - 1;
    int slot = (int) high & mask;
    int at = slot * SLOT;
    while ((slots[at] != 0 || slots[at + 1] != 0) && (slots[at] != high || slots[at + 1] != low)) {
      slot = (slot + 1) & mask;
      at = slot * SLOT;
    }
    return at;
  }

  private void hash(RecordCursor record) {
    int length = record.keyLength();
    if (key.length < length) {
      key = Arrays.copyOf(key, Math.max(length, 2 * key.length));
    }
    record.copyKey(key, 0);
    digest.update(key, 0, length);
    try {
      digest.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 has 32 bytes", e);
    }
    high = longAt(0);
    low = longAt(8) | 1; // Both zero would mean an empty slot.
  }

  private long longAt(int at) {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << 8) | (hash[at + i] & 0xff);
    }
    return value;
  }
}
