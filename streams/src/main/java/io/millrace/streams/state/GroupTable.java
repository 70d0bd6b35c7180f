package io.millrace.streams.state;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A hash table from encoded keys to groups. A group is a number from 0, in the order of first
 * sight; its aggregates live in {@code stride} longs and {@code objectStride} objects at that
 * number. Groups are never removed one by one: a table is dropped whole with its window, or its
 * groups of use are copied to a new one. Confined to one thread.
 *
 * <p>Open addressing with linear probing, at most half full. The hash has a seed of its own in each
 * process, so that nobody outside can choose keys that collide.
 */
public final class GroupTable {

  private static final long SEED = ThreadLocalRandom.current().nextLong();
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  final int stride;
  final int objectStride;
  long[] words;
  @Nullable Object[] objects;

  /** Bytes that the objects take, kept up by those who change them. */
  long objectBytes;

  private int[] slots;
  private int[] hashes;
  private int[] keyEnds;
  private byte[] keys;
  private int count;

  // Groups changed since the last save.
  private boolean[] changed;
  private int[] changedGroups;
  private int changedCount;

  /** A table whose groups have that many longs and objects. */
  public GroupTable(int stride, int objectStride) {
    this(stride, objectStride, 8);
  }

  /**
   * @param capacity how many groups have room before the table grows: 1 or more, a power of two
   */
  GroupTable(int stride, int objectStride, int capacity) {
    this.stride = stride;
    this.objectStride = objectStride;
    slots = new int[2 * capacity];
    hashes = new int[capacity];
    keyEnds = new int[capacity];
    keys = new byte[8 * capacity];
    changed = new boolean[capacity];
    changedGroups = new int[capacity];
    words = new long[capacity * stride];
    objects = new Object[capacity * objectStride];
  }

  /** How many groups there are. */
  public int size() {
    return count;
  }

  /** About how many bytes the table takes in memory. */
  public long bytes() {
    return keys.length
        + 4L * (slots.length + hashes.length + keyEnds.length + changedGroups.length)
        + changed.length
        + 8L * (words.length + objects.length)
        + objectBytes;
  }

  /** The array that holds the key of every group. */
  public byte[] keys() {
    return keys;
  }

  /** Where in {@link #keys} the group's key begins. */
  public int keyStart(int group) {
    return group == 0 ? 0 : keyEnds[group - 1];
  }

  /** Where in {@link #keys} the group's key ends. */
  public int keyEnd(int group) {
    return keyEnds[group];
  }

  /** The group of a key, or -1. */
  public int find(byte[] key, int offset, int length) {
    int hash = hash(key, offset, length);
    for (int slot = hash & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      int group = slots[slot] - 1;
      if (group < 0 || isKey(group, hash, key, offset, length)) {
        return group;
      }
    }
  }

  /** The group of a key, made with zeros and nulls when it is new. */
  public int findOrAdd(byte[] key, int offset, int length) {
    int hash = hash(key, offset, length);
    int slot = hash & (slots.length - 1);
    while (slots[slot] != 0) {
      int group = slots[slot] - 1;
      if (isKey(group, hash, key, offset, length)) {
        return group;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    int group = add(key, offset, length, hash);
    slots[slot] = group + 1;
    if (count * 2 > slots.length) {
      rehash();
    }
    return group;
  }

  private boolean isKey(int group, int hash, byte[] key, int offset, int length) {
    return hashes[group] == hash
        && Arrays.equals(keys, keyStart(group), keyEnds[group], key, offset, offset + length);
  }

  private int add(byte[] key, int offset, int length, int hash) {
    if (count == hashes.length) {
      int capacity = count * 2;
      hashes = Arrays.copyOf(hashes, capacity);
      keyEnds = Arrays.copyOf(keyEnds, capacity);
      changed = Arrays.copyOf(changed, capacity);
      words = Arrays.copyOf(words, capacity * stride);
      objects = Arrays.copyOf(objects, capacity * objectStride);
    }
    int start = count == 0 ? 0 : keyEnds[count - 1];
    if (keys.length - start < length) {
      keys = Arrays.copyOf(keys, Math.max(keys.length * 2, start + length));
    }
    System.arraycopy(key, offset, keys, start, length);
    hashes[count] = hash;
    keyEnds[count] = start + length;
    return count++;
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    for (int group = 0; group < count; group++) {
      int slot = hashes[group] & (slots.length - 1);
      while (slots[slot] != 0) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = group + 1;
    }
  }

  private static int hash(byte[] key, int offset, int length) {
    long hash = SEED ^ length;
    int end = offset + length;
    for (int at = offset; at < end; at += Long.BYTES) {
      long word = 0;
      int last = Math.min(at + Long.BYTES, end);
      for (int i = at; i < last; i++) {
        word = (word << 8) | (key[i] & 0xff);
      }
      long mixed = hash ^ word;
      hash = Math.multiplyHigh(mixed, MULTIPLIER) ^ (mixed * MULTIPLIER);
    }
    return (int) (hash ^ (hash >>> 32));
  }

  /** Notes that the group is to be in the next save. */
  public void markChanged(int group) {
    if (!changed[group]) {
      changed[group] = true;
      if (changedCount == changedGroups.length) {
        changedGroups = Arrays.copyOf(changedGroups, changedCount * 2);
      }
      changedGroups[changedCount++] = group;
    }
  }

  /** Whether anything changed since the last save. */
  public boolean hasChanges() {
    return changedCount > 0;
  }

  /** A long of a group. */
  public long word(int group, int index) {
    return words[group * stride + index];
  }

  /** Sets a long of a group. */
  public void setWord(int group, int index, long value) {
    words[group * stride + index] = value;
  }

  /** Makes a group as it was when it was new. */
  public void reset(int group) {
    Arrays.fill(words, group * stride, (group + 1) * stride, 0);
    for (int at = group * objectStride; at < (group + 1) * objectStride; at++) {
      objectBytes -= StateObjects.bytes(objects[at]);
      objects[at] = null;
    }
  }

  /** Takes over a group of another table of the same strides, which must not use it any more. */
  public void take(GroupTable from, int fromGroup) {
    int start = from.keyStart(fromGroup);
    int group = findOrAdd(from.keys, start, from.keyEnds[fromGroup] - start);
    System.arraycopy(from.words, fromGroup * stride, words, group * stride, stride);
    for (int i = 0; i < objectStride; i++) {
      Object object = from.objects[fromGroup * objectStride + i];
      objects[group * objectStride + i] = object;
      objectBytes += StateObjects.bytes(object);
    }
  }

  /** Forgets all groups, and keeps the arrays. */
  public void clear() {
    Arrays.fill(slots, 0);
    Arrays.fill(words, 0, count * stride, 0);
    Arrays.fill(objects, 0, count * objectStride, null);
    Arrays.fill(changed, 0, count, false);
    count = 0;
    changedCount = 0;
    objectBytes = 0;
  }

  /**
   * The groups in the order of their keys.
   *
   * @return group numbers; the array is the caller's
   */
  public int[] sorted() {
    int[] from = new int[count];
    for (int i = 0; i < count; i++) {
      from[i] = i;
    }
    int[] to = new int[count];
    for (int run = 1; run < count; run *= 2) {
      for (int start = 0; start < count; start += 2 * run) {
        mergeRuns(from, to, start, Math.min(start + run, count), Math.min(start + 2 * run, count));
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    return from;
  }

  private void mergeRuns(int[] from, int[] to, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      boolean takeLeft =
          left < middle && (right >= end || compareKeys(from[left], from[right]) <= 0);
      to[at] = takeLeft ? from[left++] : from[right++];
    }
  }

  private int compareKeys(int a, int b) {
    return Arrays.compareUnsigned(keys, keyStart(a), keyEnds[a], keys, keyStart(b), keyEnds[b]);
  }

  /**
   * Writes the groups, and counts them all as saved.
   *
   * @param whole all groups with everything; else those that changed, with what changed
   */
  public void save(StateOutput out, boolean whole) {
    int saved = whole ? count : changedCount;
    out.writeInt(saved);
    for (int i = 0; i < saved; i++) {
      int group = whole ? i : changedGroups[i];
      out.writeBytes(keys, keyStart(group), keyEnds[group] - keyStart(group));
      for (int word = group * stride; word < (group + 1) * stride; word++) {
        out.writeLong(words[word]);
      }
      for (int at = group * objectStride; at < (group + 1) * objectStride; at++) {
        StateObjects.write(objects[at], out, whole);
      }
      changed[group] = false;
    }
    for (int i = 0; i < changedCount; i++) {
      changed[changedGroups[i]] = false;
    }
    changedCount = 0;
  }

  /** Reads groups as saved, over those that are there. */
  public void load(StateInput in) {
    int loaded = in.readCount();
    for (int i = 0; i < loaded; i++) {
      byte[] key = in.readBytes();
      int group = findOrAdd(key, 0, key.length);
      for (int word = group * stride; word < (group + 1) * stride; word++) {
        words[word] = in.readLong();
      }
      for (int at = group * objectStride; at < (group + 1) * objectStride; at++) {
        Object before = objects[at];
        objectBytes -= StateObjects.bytes(before);
        objects[at] = StateObjects.read(before, in);
        objectBytes += StateObjects.bytes(objects[at]);
      }
    }
  }
}
