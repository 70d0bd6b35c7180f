package io.millrace.cdn.store;

import java.util.Arrays;

/**
 * Which objects are on disk and where: a hash table of 28 bytes for each, in arrays, with open
 * addressing. Any thread may use it; it is cut into shards, each with a lock that is held for a few
 * steps, or for one pass over the shard.
 *
 * <p>A shard is between 68 and 85 percent full once it has grown, which makes 33 to 41 bytes per
 * object. Slots are found by linear probing from a place that the key's high half gives, so that
 * all variants of a resource stand close together; what is removed leaves no marks, since those
 * behind it move up.
 */
final class DiskIndex {

  /** Most variants of one resource. */
  static final int MOST_VARIANTS = 32;

  private static final int SHARD_BITS = 6;
  private static final int SLOT_BYTES = 28;

  private final Shard[] shards = new Shard[1 << SHARD_BITS];

  DiskIndex() {
    Arrays.setAll(shards, i -> new Shard());
  }

  /** Hears of entries, under the lock of their shard. */
  interface Visitor {
    /**
     * @param units the object's size in {@link Location#UNIT_BYTES}
     */
    void entry(long high, long low, long location, int units);
  }

  private Shard shard(long high) {
    return shards[(int) (high >>> (64 - SHARD_BITS))];
  }

  /** Puts an object, in place of the one of the same key and variant. */
  void put(long high, long low, long location, int units) {
    Shard shard = shard(high);
    synchronized (shard) {
      shard.put(high, low, location, units);
    }
  }

  /** Whether there is any variant of a resource. */
  boolean contains(ObjectKey key) {
    Shard shard = shard(key.high());
    synchronized (shard) {
      return shard.next(key, shard.home(key.high())) >= 0;
    }
  }

  /** Visits all variants of a resource, each of which counts as asked for once more. */
  void use(ObjectKey key, Visitor visitor) {
    Shard shard = shard(key.high());
    synchronized (shard) {
      int slot = shard.next(key, shard.home(key.high()));
      while (slot >= 0) {
        long location = shard.locations[slot];
        shard.locations[slot] = Location.withFrequency(location, Location.frequency(location) + 1);
        visitor.entry(shard.highs[slot], shard.lows[slot], location, shard.units[slot]);
        slot = shard.next(key, shard.after(slot));
      }
    }
  }

  /** Notes that an object was found whole, if it still lies there. */
  void verified(long high, long low, long location) {
    Shard shard = shard(high);
    synchronized (shard) {
      int slot = shard.find(high, low);
      if (slot >= 0 && Location.samePlace(shard.locations[slot], location)) {
        shard.locations[slot] = Location.verified(shard.locations[slot]);
      }
    }
  }

  /** Moves an object, if it still lies where it did. Returns whether it did. */
  boolean move(long high, long low, long from, long to) {
    Shard shard = shard(high);
    synchronized (shard) {
      int slot = shard.find(high, low);
      if (slot < 0 || !Location.samePlace(shard.locations[slot], from)) {
        return false;
      }
      shard.locations[slot] = to;
      return true;
    }
  }

  /** Removes an object, if it still lies there. Returns whether it did. */
  boolean remove(long high, long low, long location) {
    Shard shard = shard(high);
    synchronized (shard) {
      int slot = shard.find(high, low);
      if (slot < 0 || !Location.samePlace(shard.locations[slot], location)) {
        return false;
      }
      shard.free(slot);
      return true;
    }
  }

  /** Removes all variants of a resource. Returns how many there were. */
  int removeAll(ObjectKey key) {
    Shard shard = shard(key.high());
    synchronized (shard) {
      int removed = 0;
      int slot = shard.next(key, shard.home(key.high()));
      while (slot >= 0) {
        shard.free(slot);
        removed++;
        slot = shard.next(key, shard.home(key.high()));
      }
      return removed;
    }
  }

  /** Removes everything. */
  void clear() {
    for (Shard shard : shards) {
      synchronized (shard) {
        shard.clear();
      }
    }
  }

  /** Visits everything, shard by shard. */
  void forEach(Visitor visitor) {
    for (Shard shard : shards) {
      synchronized (shard) {
        for (int slot = 0; slot < shard.locations.length; slot++) {
          if (shard.locations[slot] != 0) {
            visitor.entry(
                shard.highs[slot], shard.lows[slot], shard.locations[slot], shard.units[slot]);
          }
        }
      }
    }
  }

  /** How many objects there are. */
  long size() {
    long size = 0;
    for (Shard shard : shards) {
      synchronized (shard) {
        size += shard.count;
      }
    }
    return size;
  }

  /** Bytes of memory that it takes. */
  long memoryBytes() {
    long bytes = 0;
    for (Shard shard : shards) {
      synchronized (shard) {
        bytes += (long) shard.locations.length * SLOT_BYTES;
      }
    }
    return bytes;
  }

  /** One table. Guarded by itself. */
  private static final class Shard {

    private static final int FIRST_SLOTS = 16;

    private long[] highs = new long[0];
    private long[] lows = new long[0];
    private long[] locations = new long[0];
    private int[] units = new int[0];
    private int count;

    private Shard() {
      clear();
    }

    private void clear() {
      allocate(FIRST_SLOTS);
      count = 0;
    }

    private void allocate(int slots) {
      highs = new long[slots];
      lows = new long[slots];
      locations = new long[slots];
      units = new int[slots];
    }

    private int home(long high) {
      return (int) Math.unsignedMultiplyHigh(high << SHARD_BITS, locations.length);
    }

    private int after(int slot) {
      return slot + 1 == locations.length ? 0 : slot + 1;
    }

    /** The slot of an object, or -1. */
    private int find(long high, long low) {
      int slot = home(high);
      while (locations[slot] != 0) {
        if (highs[slot] == high && lows[slot] == low) {
          return slot;
        }
        slot = after(slot);
      }
      return -1;
    }

    /** The next slot with a variant of a resource, or -1. */
    private int next(ObjectKey key, int from) {
      int slot = from;
      while (locations[slot] != 0) {
        if (highs[slot] == key.high() && (lows[slot] & ~ObjectKey.VARIANT_MASK) == key.low()) {
          return slot;
        }
        slot = after(slot);
      }
      return -1;
    }

    private void put(long high, long low, long location, int size) {
      int slot = home(high);
      int variants = 0;
      while (locations[slot] != 0 && !(highs[slot] == high && lows[slot] == low)) {
        variants += highs[slot] == high ? 1 : 0;
        if (variants == MOST_VARIANTS) {
          break;
        }
        slot = after(slot);
      }
      if (locations[slot] == 0) {
        if ((count + 1) * 100L > locations.length * 85L) {
          grow();
          put(high, low, location, size);
          return;
        }
        count++;
      }
      int frequency = Location.frequency(locations[slot]);
      set(slot, high, low, Location.withFrequency(location, frequency), size);
    }

    private void set(int slot, long high, long low, long location, int size) {
      highs[slot] = high;
      lows[slot] = low;
      locations[slot] = location;
      units[slot] = size;
    }

    private void grow() {
      long[] oldHighs = highs;
      long[] oldLows = lows;
      long[] oldLocations = locations;
      int[] oldUnits = units;
      allocate(oldLocations.length + Math.max(8, oldLocations.length / 4));
      for (int i = 0; i < oldLocations.length; i++) {
        if (oldLocations[i] != 0) {
          int slot = home(oldHighs[i]);
          while (locations[slot] != 0) {
            slot = after(slot);
          }
          set(slot, oldHighs[i], oldLows[i], oldLocations[i], oldUnits[i]);
        }
      }
    }

    /** Frees a slot, and moves up those behind it that would else not be found any more. */
    private void free(int slot) {
      int hole = slot;
      int at = after(slot);
      while (locations[at] != 0) {
        int home = home(highs[at]);
        boolean between = hole <= at ? hole < home && home <= at : hole < home || home <= at;
        if (!between) {
          set(hole, highs[at], lows[at], locations[at], units[at]);
          hole = at;
        }
        at = after(at);
      }
      set(hole, 0, 0, 0, 0);
      count--;
    }
  }
}
