package io.millrace.broker.queue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How often the messages of a queue came back that are not done with, and which of them are out, so
 * that both are known after the end of the node: whoever had a message then has not acknowledged
 * it, and it counts as one that came back. Confined to the queue's mailbox.
 *
 * <p>Memory: about 100 bytes for each message that came back and is not done with, and a bit for
 * each that is out, in chunks of 4096 offsets.
 */
final class DeliveryCounts {

  private static final int CHUNK_OFFSETS = AckedOffsets.CHUNK_OFFSETS;
  private static final int WORDS = CHUNK_OFFSETS / 64;

  /** Where the counts go that have changed. */
  interface Writer {

    /**
     * A message's count.
     *
     * @param count 0 when nothing is to be known of it any more
     */
    void count(long offset, int count);

    /**
     * Which messages of a chunk are out.
     *
     * @param bits 512 bytes, or null when none is
     */
    void out(long chunk, @Nullable ByteBuffer bits);
  }

  // Most queues never have anything to count: these are made when one has.
  private Map<Long, Integer> counts = Map.of();
  private Set<Long> changedCounts = Set.of();
  private Map<Long, Chunk> chunks = Map.of();
  private List<Chunk> changedChunks = List.of();
  private boolean begun;

  /** The one that was looked up last. */
  private @Nullable Chunk last;

  private static final class Chunk {
    final long number;
    final long[] bits = new long[WORDS];
    int size;

    /** Whether it is among the changed ones. */
    boolean changed;

    /** Whether the journal has bits of it. */
    boolean written;

    Chunk(long number) {
      this.number = number;
    }
  }

  private void begin() {
    if (!begun) {
      begun = true;
      counts = new HashMap<>();
      changedCounts = new HashSet<>();
      chunks = new HashMap<>();
      changedChunks = new ArrayList<>();
    }
  }

  private @Nullable Chunk find(long number) {
    Chunk recent = last;
    if (recent == null || recent.number != number) {
      recent = chunks.get(number);
      last = recent == null ? last : recent;
    }
    return recent;
  }

  private Chunk findOrMake(long number) {
    Chunk found = find(number);
    if (found == null) {
      found = new Chunk(number);
      chunks.put(number, found);
      last = found;
    }
    return found;
  }

  private void changed(Chunk chunk) {
    if (!chunk.changed) {
      chunk.changed = true;
      changedChunks.add(chunk);
    }
  }

  /** A message goes out. */
  void out(long offset) {
    begin();
    Chunk chunk = findOrMake(offset / CHUNK_OFFSETS);
    int bit = (int) (offset % CHUNK_OFFSETS);
    if ((chunk.bits[bit >>> 6] & (1L << bit)) == 0) {
      chunk.bits[bit >>> 6] |= 1L << bit;
      chunk.size++;
      changed(chunk);
    }
  }

  /** A message has come back for the {@code count}-th time. */
  void back(long offset, int count) {
    begin();
    in(offset);
    counts.put(offset, count);
    changedCounts.add(offset);
  }

  /** A message is done with. */
  void done(long offset) {
    in(offset);
    if (!counts.isEmpty() && counts.remove(offset) != null) {
      changedCounts.add(offset);
    }
  }

  /** All messages are done with. */
  void clear() {
    if (!begun) {
      return;
    }
    changedCounts.addAll(counts.keySet());
    counts.clear();
    for (Chunk each : chunks.values()) {
      Arrays.fill(each.bits, 0);
      each.size = 0;
      changed(each);
    }
  }

  private void in(long offset) {
    Chunk chunk = chunks.isEmpty() ? null : find(offset / CHUNK_OFFSETS);
    int bit = (int) (offset % CHUNK_OFFSETS);
    if (chunk != null && (chunk.bits[bit >>> 6] & (1L << bit)) != 0) {
      chunk.bits[bit >>> 6] &= ~(1L << bit);
      chunk.size--;
      changed(chunk);
    }
  }

  /** How often a message came back. */
  int of(long offset) {
    return counts.isEmpty() ? 0 : counts.getOrDefault(offset, 0);
  }

  // ---- as it is written down ----

  /** Whether something has changed since it was written last. */
  boolean hasChanged() {
    return !changedCounts.isEmpty() || !changedChunks.isEmpty();
  }

  /** Tells what has changed since the last call. */
  void takeChanged(Writer to) {
    if (!begun) {
      return;
    }
    for (Long offset : changedCounts) {
      to.count(offset, counts.getOrDefault(offset, 0));
    }
    changedCounts.clear();
    for (Chunk each : changedChunks) {
      each.changed = false;
      if (each.size > 0) {
        to.out(each.number, bytes(each));
        each.written = true;
      } else {
        if (each.written) {
          to.out(each.number, null);
        }
        chunks.remove(each.number);
      }
    }
    changedChunks.clear();
    last = null;
  }

  private static ByteBuffer bytes(Chunk chunk) {
    ByteBuffer bytes = ByteBuffer.allocate(AckedOffsets.CHUNK_BYTES);
    bytes.asLongBuffer().put(chunk.bits);
    return bytes;
  }

  /**
   * Takes up what was written down, of messages that are there and not acknowledged.
   *
   * @param acked what is acknowledged
   * @param end no record has this offset or one after it
   */
  void restore(CursorJournal.Stored stored, AckedOffsets acked, long end) {
    if (stored.counts.isEmpty() && stored.out.isEmpty()) {
      return;
    }
    begin();
    stored.counts.forEach(
        (offset, count) -> {
          if (offset < end && !acked.contains(offset)) {
            counts.put(offset, count);
          } else {
            changedCounts.add(offset);
          }
        });
    stored.out.forEach(
        (number, bits) -> {
          Chunk chunk = findOrMake(number);
          chunk.written = true;
          changed(chunk);
          for (int word = 0; word < WORDS; word++) {
            long present = bits.getLong();
            while (present != 0) {
              int bit = Long.numberOfTrailingZeros(present);
              present &= present - 1;
              long offset = number * CHUNK_OFFSETS + word * 64L + bit;
              if (offset < end && !acked.contains(offset)) {
                back(offset, of(offset) + 1);
              }
            }
          }
        });
  }
}
