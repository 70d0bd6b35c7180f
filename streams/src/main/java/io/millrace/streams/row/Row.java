package io.millrace.streams.row;

import io.millrace.streams.plan.DataType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row: a fixed number of columns, filled anew for each record. Columns whose carrier is a
 * primitive live in an array of longs, so that passing a row on allocates nothing. Confined to the
 * job's thread.
 *
 * <p>A getter may be called only for the carrier with which the column was set; of a NULL column it
 * gives 0, false or null.
 */
public final class Row {

  private final long[] words;
  private final @Nullable Object[] objects;
  private final boolean[] nulls;
  private RowKind kind = RowKind.INSERT;

  /** A row of that many columns, all NULL. */
  public Row(int columns) {
    words = new long[columns];
    objects = new Object[columns];
    nulls = new boolean[columns];
    java.util.Arrays.fill(nulls, true);
  }

  /** How many columns there are. */
  public int size() {
    return nulls.length;
  }

  /** What the row says about the result it is part of; {@link RowKind#INSERT} unless set. */
  public RowKind kind() {
    return kind;
  }

  /** Sets what the row says. */
  public void setKind(RowKind kind) {
    this.kind = kind;
  }

  /** Whether the column is NULL. */
  public boolean isNull(int column) {
    return nulls[column];
  }

  /** The value of a LONG column. */
  public long getLong(int column) {
    return words[column];
  }

  /** The value of a DOUBLE column. */
  public double getDouble(int column) {
    return Double.longBitsToDouble(words[column]);
  }

  /** The value of a BOOLEAN column. */
  public boolean getBoolean(int column) {
    return words[column] != 0;
  }

  /** The {@link String}, {@link java.math.BigDecimal} or {@code byte[]} of a column, or null. */
  public @Nullable Object getObject(int column) {
    return objects[column];
  }

  /** The object of a column that is known not to be NULL. */
  public Object object(int column) {
    return Objects.requireNonNull(objects[column]);
  }

  /** Sets the column to NULL. */
  public void setNull(int column) {
    nulls[column] = true;
    words[column] = 0;
    objects[column] = null;
  }

  /** Sets a LONG column. */
  public void setLong(int column, long value) {
    nulls[column] = false;
    words[column] = value;
  }

  /** Sets a DOUBLE column. */
  public void setDouble(int column, double value) {
    nulls[column] = false;
    words[column] = Double.doubleToRawLongBits(value);
  }

  /** Sets a BOOLEAN column. */
  public void setBoolean(int column, boolean value) {
    nulls[column] = false;
    words[column] = value ? 1 : 0;
  }

  /** Sets a column carried by an object; null makes it NULL. */
  public void setObject(int column, @Nullable Object value) {
    nulls[column] = value == null;
    objects[column] = value;
  }

  /** Makes every column NULL. */
  public void clear() {
    for (int i = 0; i < nulls.length; i++) {
      setNull(i);
    }
  }

  /** Sets a column to the value that the same carrier has in another row. */
  public void copy(int column, Row from, int fromColumn) {
    nulls[column] = from.nulls[fromColumn];
    words[column] = from.words[fromColumn];
    objects[column] = from.objects[fromColumn];
  }

  /** Whether a column has the same value, or is NULL as well, in another row. */
  public boolean isSame(int column, Row other, DataType.Carrier carrier) {
    if (nulls[column] || other.nulls[column]) {
      return nulls[column] == other.nulls[column];
    }
    return switch (carrier) {
      case BOOLEAN, LONG, DOUBLE -> words[column] == other.words[column];
      case DECIMAL, STRING -> Objects.equals(objects[column], other.objects[column]);
      case BYTES ->
          java.util.Arrays.equals((byte[]) objects[column], (byte[]) other.objects[column]);
    };
  }

  /** Sets every column to that of another row of the same columns. */
  public void copyFrom(Row from) {
    kind = from.kind;
    System.arraycopy(from.words, 0, words, 0, words.length);
    System.arraycopy(from.objects, 0, objects, 0, objects.length);
    System.arraycopy(from.nulls, 0, nulls, 0, nulls.length);
  }

  /**
   * The column's value as {@link Boolean}, {@link Long}, {@link Double}, {@link
   * java.math.BigDecimal}, {@link String} or {@code byte[]}; null for NULL.
   */
  public @Nullable Object boxed(int column, DataType.Carrier carrier) {
    if (nulls[column]) {
      return null;
    }
    return switch (carrier) {
      case BOOLEAN -> getBoolean(column);
      case LONG -> getLong(column);
      case DOUBLE -> getDouble(column);
      case DECIMAL, STRING, BYTES -> objects[column];
    };
  }

  /** Sets a column from a value as {@link #boxed} gives it. */
  public void setBoxed(int column, @Nullable Object value) {
    switch (value) {
      case null -> setNull(column);
      case Boolean b -> setBoolean(column, b);
      case Long l -> setLong(column, l);
      case Double d -> setDouble(column, d);
      default -> setObject(column, value);
    }
  }
}
