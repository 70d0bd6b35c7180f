package io.millrace.streams.state;

import io.millrace.core.Clock;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A map from encoded keys to values, in the unsigned order of the keys' bytes, of which a partial
 * save holds the keys that changed. Keys made of several parts, each of which says where it ends,
 * can be walked by their first parts. Keys belong to the map once they are put. Confined to one
 * thread.
 *
 * <p>With a time to live, a value that was not put again for so long is gone: it is no longer
 * found, and its memory is freed within half that time at a save.
 */
public final class SortedState<V> {

  /** The order of keys. */
  public static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

  /** What an entry takes in memory beside its key and value. */
  private static final long ENTRY_BYTES = 112;

  /** How values are saved. */
  public interface Codec<V> {

    /** Writes all of the value. */
    void write(V value, StateOutput out);

    /** Reads what was written. */
    V read(StateInput in);

    /** About how many bytes the value takes in memory. */
    long bytes(V value);
  }

  /** Values that are bytes. */
  public static final Codec<byte[]> BYTES =
      new Codec<>() {
        @Override
        public void write(byte[] value, StateOutput out) {
          out.writeBytes(value, 0, value.length);
        }

        @Override
        public byte[] read(StateInput in) {
          return in.readBytes();
        }

        @Override
        public long bytes(byte[] value) {
          return 16L + value.length;
        }
      };

  private static final class Entry<V> {
    private final V value;
    private final long bytes;
    private final long putMillis;

    private Entry(V value, long bytes, long putMillis) {
      this.value = value;
      this.bytes = bytes;
      this.putMillis = putMillis;
    }
  }

  private final Codec<V> codec;
  private final long ttlMillis;
  private final Clock clock;
  private final TreeMap<byte[], Entry<V>> entries = new TreeMap<>(ORDER);
  private final TreeSet<byte[]> changed = new TreeSet<>(ORDER);
  private long bytes;
  private long nextSweepMillis;

  /**
   * @param ttlMillis how long a value lives after it was put; 0 for ever
   */
  public SortedState(Codec<V> codec, long ttlMillis, Clock clock) {
    this.codec = codec;
    this.ttlMillis = ttlMillis;
    this.clock = clock;
  }

  /** How many values there are, those counted that outlived their time and were not freed yet. */
  public int size() {
    return entries.size();
  }

  /** About how many bytes of memory all takes. */
  public long bytes() {
    return bytes + 48L * changed.size();
  }

  private boolean isLive(Entry<V> entry) {
    return ttlMillis == 0 || clock.millis() - entry.putMillis < ttlMillis;
  }

  /** The value of a key, or null. */
  public @Nullable V get(byte[] key) {
    Entry<V> entry = entries.get(key);
    return entry != null && isLive(entry) ? entry.value : null;
  }

  /** Sets the value of a key; to be called as well when the value itself was changed. */
  public void put(byte[] key, V value) {
    Entry<V> entry = new Entry<>(value, codec.bytes(value), ttlMillis == 0 ? 0 : clock.millis());
    set(key, entry);
    changed.add(key);
  }

  private void set(byte[] key, Entry<V> entry) {
    Entry<V> before = entries.put(key, entry);
    bytes += entry.bytes;
    bytes += before == null ? ENTRY_BYTES + key.length : -before.bytes;
  }

  /** Removes a key. */
  public void remove(byte[] key) {
    if (drop(key)) {
      changed.add(key);
    }
  }

  private boolean drop(byte[] key) {
    Entry<V> before = entries.remove(key);
    if (before != null) {
      bytes -= before.bytes + ENTRY_BYTES + key.length;
    }
    return before != null;
  }

  /** Walks over keys and values in order. */
  public final class Cursor {
    private final Iterator<Map.Entry<byte[], Entry<V>>> iterator;
    private Map.@Nullable Entry<byte[], Entry<V>> at;

    private Cursor(NavigableMap<byte[], Entry<V>> range) {
      iterator = range.entrySet().iterator();
    }

    /** Moves on; false at the end. */
    public boolean next() {
      while (iterator.hasNext()) {
        Map.Entry<byte[], Entry<V>> candidate = iterator.next();
        if (isLive(candidate.getValue())) {
          at = candidate;
          return true;
        }
      }
      at = null;
      return false;
    }

    private Map.Entry<byte[], Entry<V>> current() {
      Map.Entry<byte[], Entry<V>> entry = at;
      if (entry == null) {
        throw new IllegalStateException("the cursor is at no entry");
      }
      return entry;
    }

    /** The key here, not to be changed. */
    public byte[] key() {
      return current().getKey();
    }

    /** The value here. */
    public V value() {
      return current().getValue().value;
    }

    /** Removes what is here. */
    public void remove() {
      Map.Entry<byte[], Entry<V>> entry = current();
      byte[] key = entry.getKey();
      bytes -= entry.getValue().bytes + ENTRY_BYTES + key.length;
      iterator.remove();
      changed.add(key);
      at = null;
    }
  }

  /** Over everything. */
  public Cursor all() {
    return new Cursor(entries);
  }

  /** Over the keys that begin with the prefix. */
  public Cursor prefix(byte[] prefix) {
    return new Cursor(range(prefix));
  }

  /** Over the keys that begin with the prefix, from the one on that goes on with {@code from}. */
  public Cursor prefix(byte[] prefix, byte[] from) {
    byte[] start = Arrays.copyOf(prefix, prefix.length + from.length);
    System.arraycopy(from, 0, start, prefix.length, from.length);
    return new Cursor(range(prefix).tailMap(start, true));
  }

  private NavigableMap<byte[], Entry<V>> range(byte[] prefix) {
    byte[] end = after(prefix);
    return end == null ? entries.tailMap(prefix, true) : entries.subMap(prefix, true, end, false);
  }

  /** Over the keys that begin with the prefix, the last first. */
  public Cursor prefixDescending(byte[] prefix) {
    return new Cursor(range(prefix).descendingMap());
  }

  /** The least key above all that begin with the prefix; null when there is none. */
  private static byte @Nullable [] after(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xff) {
      length--;
    }
    if (length == 0) {
      return null;
    }
    byte[] end = Arrays.copyOf(prefix, length);
    end[length - 1]++;
    return end;
  }

  /** Hands over every key and value, such as to build an index. */
  public void forEach(BiConsumer<byte[], V> action) {
    entries.forEach((key, entry) -> action.accept(key, entry.value));
  }

  private void sweep() {
    long now = clock.millis();
    if (ttlMillis == 0 || now < nextSweepMillis) {
      return;
    }
    nextSweepMillis = now + Math.max(1, ttlMillis / 2);
    Cursor cursor = new Cursor(entries);
    Iterator<Map.Entry<byte[], Entry<V>>> iterator = cursor.iterator;
    while (iterator.hasNext()) {
      Map.Entry<byte[], Entry<V>> entry = iterator.next();
      if (!isLive(entry.getValue())) {
        bytes -= entry.getValue().bytes + ENTRY_BYTES + entry.getKey().length;
        changed.add(entry.getKey());
        iterator.remove();
      }
    }
  }

  /**
   * Writes the map, and counts it as saved.
   *
   * @param whole all of it; else the keys that changed since the last save
   */
  public void save(StateOutput out, boolean whole) {
    sweep();
    out.writeInt(whole ? entries.size() : changed.size());
    for (byte[] key : whole ? entries.keySet() : changed) {
      Entry<V> entry = entries.get(key);
      out.writeBytes(key, 0, key.length);
      out.writeByte(entry == null ? 0 : 1);
      if (entry != null) {
        out.writeLong(entry.putMillis);
        codec.write(entry.value, out);
      }
    }
    changed.clear();
  }

  /** Reads what one save wrote: a whole one replaces the map, another one is laid over it. */
  public void load(StateInput in, boolean whole) {
    if (whole) {
      entries.clear();
      bytes = 0;
    }
    int count = in.readCount();
    for (int i = 0; i < count; i++) {
      byte[] key = in.readBytes();
      if (in.readByte() == 0) {
        drop(key);
      } else {
        long putMillis = in.readLong();
        V value = codec.read(in);
        set(key, new Entry<>(value, codec.bytes(value), putMillis));
      }
    }
  }
}
