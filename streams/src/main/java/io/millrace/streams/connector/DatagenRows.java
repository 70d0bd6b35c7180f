package io.millrace.streams.connector;

import io.millrace.core.Clock;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.FieldGenerator;
import io.millrace.streams.plan.ScanColumn;
import io.millrace.streams.row.Decimals;
import io.millrace.streams.row.Row;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the datagen connector. Random values come from the row's and the column's number, so
 * that a row that is made again is the same.
 */
final class DatagenRows implements RowGenerator {

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final long DAY_MILLIS = 86_400_000;
  private static final long ROW_STEP = 0x9E3779B97F4A7C15L;
  private static final long COLUMN_STEP = 0xD1B54A32D192ED03L;

  private final Clock clock;
  private final @Nullable FieldGenerator[] fields;
  private final DataType[] types;
  private final long[] seeds;

  DatagenRows(Connector.Datagen options, List<ScanColumn> columns, Clock clock) {
    this.clock = clock;
    fields = new FieldGenerator[columns.size()];
    types = columns.stream().map(ScanColumn::type).toArray(DataType[]::new);
    seeds = new long[columns.size()];
    for (int i = 0; i < fields.length; i++) {
      if (columns.get(i) instanceof ScanColumn.Payload payload) {
        fields[i] = Objects.requireNonNull(options.fields().get(payload.name()), payload.name());
        seeds[i] = payload.name().hashCode() * COLUMN_STEP;
      }
    }
  }

  @Override
  public void fill(long number, Row row) {
    for (int i = 0; i < fields.length; i++) {
      FieldGenerator field = fields[i];
      if (field != null) {
        fill(number, i, field, row);
      }
    }
  }

  private void fill(long number, int column, FieldGenerator field, Row row) {
    if (field instanceof FieldGenerator.Sequence sequence) {
      setWhole(row, column, sequence.start() + number);
      return;
    }
    SplittableRandom random = new SplittableRandom(seeds[column] ^ (number * ROW_STEP));
    if (field.nullRate() > 0 && random.nextDouble() < field.nullRate()) {
      row.setNull(column);
      return;
    }
    switch (field) {
      case FieldGenerator.Sequence unused -> throw new IllegalStateException();
      case FieldGenerator.Flag unused -> row.setBoolean(column, random.nextBoolean());
      case FieldGenerator.Whole whole ->
          setWhole(
              row,
              column,
              whole.max() == Long.MAX_VALUE
                  ? whole.min() == Long.MIN_VALUE
                      ? random.nextLong()
                      : random.nextLong(whole.min() - 1, whole.max()) + 1
                  : random.nextLong(whole.min(), whole.max() + 1));
      case FieldGenerator.Fraction fraction -> {
        double value = fraction.min() + random.nextDouble() * (fraction.max() - fraction.min());
        row.setDouble(column, types[column].kind() == DataType.Kind.FLOAT ? (float) value : value);
      }
      case FieldGenerator.Digits digits ->
          row.setObject(column, decimal(digits, random, types[column]));
      case FieldGenerator.Text text -> row.setObject(column, text(text, random, column));
      case FieldGenerator.Past past -> row.setLong(column, time(past, random, types[column]));
    }
  }

  /** A whole number in the carrier of the column's type. */
  private void setWhole(Row row, int column, long value) {
    switch (types[column].kind().carrier()) {
      case DOUBLE -> row.setDouble(column, (double) value);
      case DECIMAL -> row.setObject(column, Decimals.fit(BigDecimal.valueOf(value), types[column]));
      case STRING -> row.setObject(column, Long.toString(value));
      default -> row.setLong(column, value);
    }
  }

  private static @Nullable BigDecimal decimal(
      FieldGenerator.Digits digits, SplittableRandom random, DataType type) {
    BigDecimal span = digits.max().subtract(digits.min());
    BigDecimal value = digits.min().add(span.multiply(BigDecimal.valueOf(random.nextDouble())));
    return Decimals.fit(value, type);
  }

  private Object text(FieldGenerator.Text text, SplittableRandom random, int column) {
    int length = text.varying() ? random.nextInt(text.length() + 1) : text.length();
    byte[] bytes = new byte[length];
    if (types[column].kind() == DataType.Kind.BYTES) {
      random.nextBytes(bytes);
      return bytes;
    }
    for (int i = 0; i < length; i++) {
      bytes[i] = DIGITS[random.nextInt(DIGITS.length)];
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private long time(FieldGenerator.Past past, SplittableRandom random, DataType type) {
    long most = past.most().toMillis();
    long millis = clock.millis() - (most == 0 ? 0 : random.nextLong(most + 1));
    return switch (type.kind()) {
      case DATE -> Math.floorDiv(millis, DAY_MILLIS);
      case TIME -> Math.floorMod(millis, DAY_MILLIS);
      default -> millis;
    };
  }
}
