package io.millrace.broker.queue;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * A cursor with holes: all offsets before the floor are acknowledged, and some after it. Those are
 * kept as bits, in chunks of 4096 offsets, of which there are only as many as there are disorder.
 * Confined to the queue's mailbox.
 */
final class AckedOffsets {

  static final int CHUNK_OFFSETS = 4096;
  static final int CHUNK_BYTES = CHUNK_OFFSETS / 8;
  private static final int WORDS = CHUNK_OFFSETS / 64;

  // Most queues are acknowledged in order: these two are made with the first hole.
  private Map<Long, long[]> chunks = Map.of();
  private Set<Long> changed = Set.of();
  private boolean hadHoles;

  private long floor;
  private long above;

  AckedOffsets(long floor) {
    this.floor = floor;
  }

  /** The first offset that is not acknowledged. */
  long floor() {
    return floor;
  }

  /** How many are acknowledged after the floor. */
  long countAbove() {
    return above;
  }

  boolean contains(long offset) {
    if (offset < floor) {
      return true;
    }
    long[] bits = chunks.get(offset / CHUNK_OFFSETS);
    int bit = (int) (offset % CHUNK_OFFSETS);
    return bits != null && (bits[bit >>> 6] & (1L << bit)) != 0;
  }

  /** Adds an offset; false when it was there. */
  boolean add(long offset) {
    if (contains(offset)) {
      return false;
    }
    if (offset == floor) {
      floor++;
      absorb();
      return true;
    }
    if (!hadHoles) {
      hadHoles = true;
      chunks = new HashMap<>();
      changed = new HashSet<>();
    }
    long chunk = offset / CHUNK_OFFSETS;
    int bit = (int) (offset % CHUNK_OFFSETS);
    chunks.computeIfAbsent(chunk, each -> new long[WORDS])[bit >>> 6] |= 1L << bit;
    changed.add(chunk);
    above++;
    return true;
  }

  /** Acknowledges all before an offset. */
  void raise(long offset) {
    if (offset <= floor) {
      return;
    }
    long before = floor;
    floor = offset;
    for (long chunk = before / CHUNK_OFFSETS; !chunks.isEmpty(); chunk++) {
      if (chunk > offset / CHUNK_OFFSETS) {
        break;
      }
      long[] bits = chunks.get(chunk);
      if (bits != null) {
        above -= countBefore(bits, chunk, before, offset);
        if ((chunk + 1) * CHUNK_OFFSETS <= offset) {
          chunks.remove(chunk);
          changed.add(chunk);
        }
      }
    }
    absorb();
  }

  private static long countBefore(long[] bits, long chunk, long from, long to) {
    long count = 0;
    long first = chunk * CHUNK_OFFSETS;
    for (int word = 0; word < WORDS; word++) {
      long base = first + word * 64L;
      long present = bits[word];
      if (base + 64 <= from || base >= to || present == 0) {
        continue;
      }
      for (int bit = 0; bit < 64; bit++) {
        long offset = base + bit;
        if (offset >= from && offset < to && (present & (1L << bit)) != 0) {
          count++;
        }
      }
    }
    return count;
  }

  /** Moves the floor over what is acknowledged right after it. */
  private void absorb() {
    while (above > 0) {
      long chunk = floor / CHUNK_OFFSETS;
      long[] bits = chunks.get(chunk);
      int bit = (int) (floor % CHUNK_OFFSETS);
      if (bits == null || (bits[bit >>> 6] & (1L << bit)) == 0) {
        break;
      }
      floor++;
      above--;
      if (floor % CHUNK_OFFSETS == 0) {
        chunks.remove(chunk);
        changed.add(chunk);
      }
    }
    if (above == 0 && !chunks.isEmpty()) {
      changed.addAll(chunks.keySet());
      chunks.clear();
    }
  }

  /** Forgets all from an offset on: there is no such record. */
  void cutAt(long end) {
    long before = floor;
    floor = Math.min(floor, end);
    for (Map.Entry<Long, long[]> each : chunks.entrySet()) {
      long chunk = each.getKey();
      long[] bits = each.getValue();
      for (int bit = 0; bit < CHUNK_OFFSETS; bit++) {
        long offset = chunk * CHUNK_OFFSETS + bit;
        if (offset >= end && (bits[bit >>> 6] & (1L << bit)) != 0) {
          bits[bit >>> 6] &= ~(1L << bit);
          changed.add(chunk);
          // Bits that the floor has passed are not counted any more.
          above -= offset >= before ? 1 : 0;
        }
      }
    }
    if (above == 0 && !chunks.isEmpty()) {
      changed.addAll(chunks.keySet());
      chunks.clear();
    }
  }

  // ---- as it is written down ----

  /** Tells which chunks have changed since the last call. */
  void takeChanged(LongConsumer to) {
    if (hasChanged()) {
      changed.forEach(to::accept);
      changed.clear();
    }
  }

  boolean hasChanged() {
    return !changed.isEmpty();
  }

  /** A chunk's bits, or null when it has none. */
  @org.jspecify.annotations.Nullable
  ByteBuffer bits(long chunk) {
    long[] bits = chunks.get(chunk);
    if (bits == null) {
      return null;
    }
    ByteBuffer out = ByteBuffer.allocate(CHUNK_BYTES);
    out.asLongBuffer().put(bits);
    return out;
  }

  /** Takes a chunk's bits as they were written; the floor must be set already. */
  void restore(long chunk, ByteBuffer in) {
    for (int word = 0; word < WORDS; word++) {
      long present = in.getLong();
      while (present != 0) {
        int bit = Long.numberOfTrailingZeros(present);
        present &= present - 1;
        boolean unused = add(chunk * CHUNK_OFFSETS + word * 64L + bit);
      }
    }
    if (hadHoles) {
      changed.clear();
    }
  }
}
