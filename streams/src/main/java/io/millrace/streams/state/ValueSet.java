package io.millrace.streams.state;

/** A set of encoded values that only grows, in the order of first sight. Confined to one thread. */
final class ValueSet {

  private final GroupTable values = new GroupTable(0, 0);
  private int saved;

  int size() {
    return values.size();
  }

  /** Adds the value that the codec encoded last; returns by how many bytes the set grew. */
  long add(KeyCodec codec) {
    long before = values.bytes();
    values.findOrAdd(codec.bytes(), 0, codec.length());
    return values.bytes() - before;
  }

  /** Adds all of another set; returns by how many bytes the set grew. */
  long addAll(ValueSet other) {
    long before = values.bytes();
    for (int i = 0; i < other.size(); i++) {
      int start = other.values.keyStart(i);
      values.findOrAdd(other.values.keys(), start, other.values.keyEnd(i) - start);
    }
    return values.bytes() - before;
  }

  /** The array that holds the encoded values. */
  byte[] encoded() {
    return values.keys();
  }

  /** Where in {@link #encoded} a value begins. */
  int start(int index) {
    return values.keyStart(index);
  }

  long bytes() {
    return 24 + values.bytes();
  }

  void save(StateOutput out, boolean whole) {
    int from = whole ? 0 : saved;
    out.writeInt(values.size() - from);
    for (int i = from; i < values.size(); i++) {
      int start = values.keyStart(i);
      out.writeBytes(values.keys(), start, values.keyEnd(i) - start);
    }
    saved = values.size();
  }

  void load(StateInput in) {
    int count = in.readCount();
    for (int i = 0; i < count; i++) {
      byte[] value = in.readBytes();
      values.findOrAdd(value, 0, value.length);
    }
    saved = values.size();
  }
}
