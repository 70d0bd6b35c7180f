package io.millrace.streams.state;

import java.util.Arrays;

/** A list of doubles that only grows. Confined to one thread. */
final class DoubleList {

  private static final int OVERHEAD_BYTES = 40;

  private double[] values = new double[4];
  private int size;
  private int saved;

  int size() {
    return size;
  }

  /** Adds a value; returns by how many bytes the list grew in memory. */
  long add(double value) {
    long before = values.length;
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1) + 4);
    }
    values[size++] = value;
    return 8 * (values.length - before);
  }

  /** Adds all of another list; returns by how many bytes the list grew in memory. */
  long addAll(DoubleList other) {
    long before = values.length;
    if (values.length - size < other.size) {
      values = Arrays.copyOf(values, Math.max(size + (size >> 1), size + other.size));
    }
    System.arraycopy(other.values, 0, values, size, other.size);
    size += other.size;
    return 8 * (values.length - before);
  }

  /** Copies the values to the start of an array that has room for them. */
  void copyTo(double[] target) {
    System.arraycopy(values, 0, target, 0, size);
  }

  long bytes() {
    return OVERHEAD_BYTES + 8L * values.length;
  }

  void save(StateOutput out, boolean whole) {
    int from = whole ? 0 : saved;
    out.writeByte(whole ? 1 : 0);
    out.writeInt(size - from);
    for (int i = from; i < size; i++) {
      out.writeLong(Double.doubleToRawLongBits(values[i]));
    }
    saved = size;
  }

  void load(StateInput in) {
    if (in.readByte() != 0) {
      size = 0;
    }
    int count = in.readCount();
    for (int i = 0; i < count; i++) {
      add(Double.longBitsToDouble(in.readLong()));
    }
    saved = size;
  }
}
