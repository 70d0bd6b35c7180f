package io.millrace.streams.state;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Encoded values and how often each is there, in their order. Confined to one thread. */
final class ValueBag {

  private static final long ENTRY_BYTES = 104;

  private final TreeMap<byte[], Long> counts = new TreeMap<>(SortedState.ORDER);
  private final TreeSet<byte[]> changed = new TreeSet<>(SortedState.ORDER);
  private long bytes = 96;

  /** Whether a save before this one is the ground for a partial one. */
  private boolean saved;

  /** Adds one of the value that the codec encoded last; returns how many there are now. */
  long add(KeyCodec codec) {
    return change(Arrays.copyOf(codec.bytes(), codec.length()), 1);
  }

  /** Takes one away; returns how many are left. May become negative until one is added. */
  long remove(KeyCodec codec) {
    return change(Arrays.copyOf(codec.bytes(), codec.length()), -1);
  }

  private long change(byte[] value, long by) {
    Long before = counts.get(value);
    long now = (before == null ? 0 : before) + by;
    set(value, now);
    changed.add(value);
    return now;
  }

  private void set(byte[] value, long count) {
    Long before = count == 0 ? counts.remove(value) : counts.put(value, count);
    if (before == null && count != 0) {
      bytes += ENTRY_BYTES + value.length;
    } else if (before != null && count == 0) {
      bytes -= ENTRY_BYTES + value.length;
    }
  }

  /** The least value that is there, or null. */
  byte @Nullable [] least() {
    return present(counts);
  }

  /** The greatest value that is there, or null. */
  byte @Nullable [] greatest() {
    return present(counts.descendingMap());
  }

  private static byte @Nullable [] present(Map<byte[], Long> ordered) {
    for (Map.Entry<byte[], Long> entry : ordered.entrySet()) {
      if (entry.getValue() > 0) {
        return entry.getKey();
      }
    }
    return null;
  }

  long bytes() {
    return bytes;
  }

  void save(StateOutput out, boolean whole) {
    boolean all = whole || !saved;
    saved = true;
    out.writeByte(all ? 1 : 0);
    out.writeInt(all ? counts.size() : changed.size());
    for (byte[] value : all ? counts.keySet() : changed) {
      Long count = counts.get(value);
      out.writeBytes(value, 0, value.length);
      out.writeLong(count == null ? 0 : count);
    }
    changed.clear();
  }

  void load(StateInput in) {
    saved = true;
    if (in.readByte() != 0) {
      counts.clear();
      bytes = 96;
    }
    int count = in.readCount();
    for (int i = 0; i < count; i++) {
      byte[] value = in.readBytes();
      set(value, in.readLong());
    }
  }
}
