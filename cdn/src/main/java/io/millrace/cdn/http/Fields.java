package io.millrace.cdn.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of one message, in order, as the bytes that came (ISO 8859-1). Immutable, so
 * any thread may read them; strings are made only for what is asked for.
 *
 * <p>Names are compared without regard to case; parameters called {@code name} are given in lower
 * case.
 */
public final class Fields {

  /** No fields. */
  public static final Fields NONE = new Fields(new byte[0], new int[0], 0);

  /** Four marks per field: where its name starts and ends, where its value starts and ends. */
  private static final int MARKS = 4;

  private final byte[] bytes;
  private final int[] marks;
  private final int count;

  /** Takes ownership of both arrays. */
  Fields(byte[] bytes, int[] marks, int count) {
    this.bytes = bytes;
    this.marks = marks;
    this.count = count;
  }

  /** How many field lines there are. */
  public int count() {
    return count;
  }

  /** The name of a line, as it was written. */
  public String name(int line) {
    return text(marks[line * MARKS], marks[line * MARKS + 1]);
  }

  /** The value of a line, without the white space around it. */
  public String value(int line) {
    return text(marks[line * MARKS + 2], marks[line * MARKS + 3]);
  }

  private String text(int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** Whether a line has this name. */
  public boolean named(int line, String name) {
    int start = marks[line * MARKS];
    int length = name.length();
    if (marks[line * MARKS + 1] - start != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (Ascii.lower(bytes[start + i]) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The first line from {@code from} on with this name, or -1. */
  public int find(String name, int from) {
    for (int line = from; line < count; line++) {
      if (named(line, name)) {
        return line;
      }
    }
    return -1;
  }

  /** Whether there is a line with this name. */
  public boolean has(String name) {
    return find(name, 0) >= 0;
  }

  /** The value of the first line with this name, or null. */
  public @Nullable String first(String name) {
    int line = find(name, 0);
    return line < 0 ? null : value(line);
  }

  /** All lines of this name as one value, joined by commas (RFC 9110, section 5.3), or null. */
  public @Nullable String joined(String name) {
    int line = find(name, 0);
    if (line < 0) {
      return null;
    }
    int next = find(name, line + 1);
    if (next < 0) {
      return value(line);
    }
    StringBuilder all = new StringBuilder(value(line));
    for (; next >= 0; next = find(name, next + 1)) {
      all.append(", ").append(value(next));
    }
    return all.toString();
  }

  /** The values of all lines of this name. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>(2);
    for (int line = find(name, 0); line >= 0; line = find(name, line + 1)) {
      values.add(value(line));
    }
    return values;
  }

  /** Whether a comma-separated field of this name has the given lower-case token as a member. */
  public boolean hasToken(String name, String token) {
    for (int line = find(name, 0); line >= 0; line = find(name, line + 1)) {
      String value = value(line);
      int start = 0;
      while (start <= value.length()) {
        int comma = value.indexOf(',', start);
        int end = comma < 0 ? value.length() : comma;
        if (value.substring(start, end).strip().equalsIgnoreCase(token)) {
          return true;
        }
        start = end + 1;
      }
    }
    return false;
  }

  /** Writes one line with its CRLF. */
  public void writeLine(int line, ByteBuf out) {
    int name = marks[line * MARKS];
    out.writeBytes(bytes, name, marks[line * MARKS + 1] - name);
    out.writeByte(':').writeByte(' ');
    int value = marks[line * MARKS + 2];
    out.writeBytes(bytes, value, marks[line * MARKS + 3] - value);
    out.writeByte('\r').writeByte('\n');
  }

  /** Writes all lines. */
  public void writeTo(ByteBuf out) {
    for (int line = 0; line < count; line++) {
      writeLine(line, out);
    }
  }

  /** Whether these bytes may be a field's name, or a method. */
  public static boolean isToken(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (!Ascii.isToken(bytes[i])) {
        return false;
      }
    }
    return length > 0;
  }

  /** Bytes that this value keeps in memory, about. */
  public int sizeBytes() {
    return bytes.length + marks.length * 4 + 64;
  }

  /** Starts a list that holds all of these. */
  public Builder edit() {
    Builder builder = new Builder();
    for (int line = 0; line < count; line++) {
      builder.add(this, line);
    }
    return builder;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (int line = 0; line < count; line++) {
      out.append(name(line)).append(": ").append(value(line)).append('\n');
    }
    return out.toString();
  }

  /** A list of the given names and values, in turn. */
  public static Fields of(String... namesAndValues) {
    Builder builder = new Builder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      builder.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return builder.build();
  }

  /** Puts a list of fields together. Confined to one thread. */
  public static final class Builder {

    private byte[] bytes = new byte[256];
    private int length;
    private int[] marks = new int[8 * MARKS];
    private int count;

    /** An empty list. */
    public Builder() {}

    /**
     * Adds a line.
     *
     * @throws IllegalArgumentException when the name is no token or the value has a control
     *     character, which would let whoever chose it write lines of their own
     */
    public Builder add(String name, String value) {
      byte[] nameBytes = name.getBytes(StandardCharsets.ISO_8859_1);
      byte[] valueBytes = value.getBytes(StandardCharsets.ISO_8859_1);
      for (byte b : nameBytes) {
        if (!Ascii.isToken(b)) {
          throw new IllegalArgumentException("not a field name: " + name);
        }
      }
      for (byte b : valueBytes) {
        if (!Ascii.isFieldContent(b)) {
          throw new IllegalArgumentException("not a field value: " + value);
        }
      }
      append(nameBytes, 0, nameBytes.length, valueBytes, 0, valueBytes.length);
      return this;
    }

    /**
     * Adds a line that came from a stranger as bytes.
     *
     * @return false, with nothing added, when the name is no token or the value has a control
     *     character
     */
    public boolean addIfValid(
        byte[] name, int nameAt, int nameLength, byte[] value, int valueAt, int valueLength) {
      if (!isToken(name, nameAt, nameLength)) {
        return false;
      }
      for (int i = valueAt; i < valueAt + valueLength; i++) {
        if (!Ascii.isFieldContent(value[i])) {
          return false;
        }
      }
      append(name, nameAt, nameLength, value, valueAt, valueLength);
      return true;
    }

    /** Adds a line of another list. */
    public Builder add(Fields from, int line) {
      int name = from.marks[line * MARKS];
      int value = from.marks[line * MARKS + 2];
      append(
          from.bytes,
          name,
          from.marks[line * MARKS + 1] - name,
          from.bytes,
          value,
          from.marks[line * MARKS + 3] - value);
      return this;
    }

    private void append(
        byte[] name, int nameAt, int nameLength, byte[] value, int valueAt, int valueLength) {
      int end = Math.addExact(length, Math.addExact(nameLength, valueLength));
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
      }
      if ((count + 1) * MARKS > marks.length) {
        marks = Arrays.copyOf(marks, marks.length * 2);
      }
      System.arraycopy(name, nameAt, bytes, length, nameLength);
      System.arraycopy(value, valueAt, bytes, length + nameLength, valueLength);
      marks[count * MARKS] = length;
      marks[count * MARKS + 1] = length + nameLength;
      marks[count * MARKS + 2] = length + nameLength;
      marks[count * MARKS + 3] = end;
      length = end;
      count++;
    }

    /** The list. This builder must not be used again. */
    public Fields build() {
      return new Fields(Arrays.copyOf(bytes, length), Arrays.copyOf(marks, count * MARKS), count);
    }
  }
}
