package io.millrace.streams.state;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * Columns of a row as bytes whose unsigned order is the order of the values, column by column, NULL
 * first: so equal groups have equal bytes, and sorting bytes sorts groups. Confined to one thread.
 *
 * <p>Each column is a byte 0 for NULL, or 1 and the value: integers and times as eight big-endian
 * bytes with the sign turned; doubles as their bits, turned so that they sort; decimals as sixteen
 * bytes of their digits; text and bytes with each 0 written as 0 255, ended by 0 0. Text is UTF-8,
 * where a surrogate without its partner takes three bytes, so that every string comes back as it
 * was.
 */
public final class KeyCodec {

  private static final int DECIMAL_BYTES = 16;

  private final DataType[] types;
  private final int[] columns;
  private byte[] bytes = new byte[64];
  private int length;

  /**
   * @param types of the key's columns
   * @param columns where in a row they stand, for {@link #encode}
   */
  public KeyCodec(List<DataType> types, int[] columns) {
    this.types = types.toArray(DataType[]::new);
    this.columns = columns.clone();
  }

  /**
   * For some columns of rows of a type.
   *
   * @param columns where they stand in a row
   */
  public static KeyCodec of(RowType rows, List<Integer> columns) {
    return new KeyCodec(
        columns.stream().map(rows::type).toList(), columns.stream().mapToInt(i -> i).toArray());
  }

  /** Encodes the key of a row into {@link #bytes}. */
  public void encode(Row row) {
    length = 0;
    for (int i = 0; i < types.length; i++) {
      encodeColumn(row, columns[i], types[i]);
    }
  }

  /** What was encoded last, from index 0 on. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many of {@link #bytes} were encoded last. */
  public int length() {
    return length;
  }

  private void encodeColumn(Row row, int column, DataType type) {
    if (row.isNull(column)) {
      put(0);
      return;
    }
    put(1);
    switch (type.kind().carrier()) {
      case BOOLEAN -> put(row.getBoolean(column) ? 1 : 0);
      case LONG -> putLong(row.getLong(column) ^ Long.MIN_VALUE);
      case DOUBLE -> putLong(sortable(row.getDouble(column)));
      case DECIMAL -> putDecimal((BigDecimal) row.object(column), type.scale());
      case STRING -> putText((String) row.object(column));
      case BYTES -> {
        for (byte b : (byte[]) row.object(column)) {
          putEscaped(b);
        }
        putEnd();
      }
    }
  }

  private static long sortable(double value) {
    // Zero has two signs but is one value; all NaNs are one.
    long bits = Double.doubleToLongBits(value == 0 ? 0.0 : value);
    return bits ^ ((bits >> 63) | Long.MIN_VALUE);
  }

  private static double unsortable(long sorted) {
    return Double.longBitsToDouble(sorted ^ ((~sorted >> 63) | Long.MIN_VALUE));
  }

  private void put(int value) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, length * 2);
    }
    bytes[length++] = (byte) value;
  }

  private void putLong(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      put((int) (value >>> shift));
    }
  }

  private void putDecimal(BigDecimal value, int scale) {
    byte[] digits = value.setScale(scale).unscaledValue().toByteArray();
    int sign = digits[0] < 0 ? 0xff : 0;
    put((digits.length < DECIMAL_BYTES ? sign : digits[0]) ^ 0x80);
    for (int i = 1; i < DECIMAL_BYTES; i++) {
      int at = i - (DECIMAL_BYTES - digits.length);
      put(at < 0 ? sign : digits[at]);
    }
  }

  private void putText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        putEscaped(c);
      } else if (c < 0x800) {
        put(0xc0 | (c >> 6));
        putRest(c, 0);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        put(0xf0 | (point >> 18));
        putRest(point, 12);
        putRest(point, 6);
        putRest(point, 0);
      } else {
        put(0xe0 | (c >> 12));
        putRest(c, 6);
        putRest(c, 0);
      }
    }
    putEnd();
  }

  private void putRest(int value, int shift) {
    put(0x80 | ((value >> shift) & 0x3f));
  }

  private void putEscaped(int value) {
    put(value);
    if (value == 0) {
      put(0xff);
    }
  }

  private void putEnd() {
    put(0);
    put(0);
  }

  /** Decodes a key into neighbouring columns of a row. */
  public void decode(byte[] key, int offset, Row target, int firstColumn) {
    int at = offset;
    for (int i = 0; i < types.length; i++) {
      int column = firstColumn + i;
      if (key[at++] == 0) {
        target.setNull(column);
        continue;
      }
      switch (types[i].kind().carrier()) {
        case BOOLEAN -> target.setBoolean(column, key[at++] != 0);
        case LONG -> {
          target.setLong(column, getLong(key, at) ^ Long.MIN_VALUE);
          at += Long.BYTES;
        }
        case DOUBLE -> {
          target.setDouble(column, unsortable(getLong(key, at)));
          at += Long.BYTES;
        }
        case DECIMAL -> {
          byte[] digits = Arrays.copyOfRange(key, at, at + DECIMAL_BYTES);
          digits[0] ^= (byte) 0x80;
          target.setObject(column, new BigDecimal(new BigInteger(digits), types[i].scale()));
          at += DECIMAL_BYTES;
        }
        case STRING -> {
          int end = endOf(key, at);
          target.setObject(column, text(key, at, end));
          at = end + 2;
        }
        case BYTES -> {
          int end = endOf(key, at);
          target.setObject(column, unescape(key, at, end));
          at = end + 2;
        }
      }
    }
  }

  private static long getLong(byte[] key, int at) {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << 8) | (key[at + i] & 0xff);
    }
    return value;
  }

  private static int endOf(byte[] key, int from) {
    int at = from;
    while (key[at] != 0 || key[at + 1] != 0) {
      at += key[at] == 0 ? 2 : 1;
    }
    return at;
  }

  private static byte[] unescape(byte[] key, int from, int end) {
    byte[] result = new byte[end - from];
    int size = 0;
    for (int at = from; at < end; at++) {
      result[size++] = key[at];
      if (key[at] == 0) {
        at++;
      }
    }
    return Arrays.copyOf(result, size);
  }

  private static String text(byte[] key, int from, int end) {
    StringBuilder text = new StringBuilder(end - from);
    int at = from;
    while (at < end) {
      int lead = key[at++] & 0xff;
      if (lead < 0x80) {
        text.append((char) lead);
        at += lead == 0 ? 1 : 0;
      } else if (lead < 0xe0) {
        text.append((char) rest(lead & 0x1f, key, at, 1));
        at += 1;
      } else if (lead < 0xf0) {
        text.append((char) rest(lead & 0xf, key, at, 2));
        at += 2;
      } else {
        text.appendCodePoint(rest(lead & 7, key, at, 3));
        at += 3;
      }
    }
    return text.toString();
  }

  /** The code point of some first bits and the six bits of each byte that follows. */
  private static int rest(int first, byte[] key, int at, int count) {
    int point = first;
    for (int i = 0; i < count; i++) {
      point = (point << 6) | (key[at + i] & 0x3f);
    }
    return point;
  }
}
