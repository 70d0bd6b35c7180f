package io.millrace.streams.expression;

import io.millrace.streams.expression.Evaluator.Operand;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Carrier;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.row.Decimals;
import io.millrace.streams.row.LocalTimes;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.TimeText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** CAST and TRY_CAST between all kinds that have a meaning in each other. */
final class Conversions {

  private static final long DAY = 86_400_000L;

  private final LocalTimes zone;

  Conversions(LocalTimes zone) {
    this.zone = zone;
  }

  /** CAST: a value that cannot be converted fails the row. */
  Evaluator cast(Operand from, DataType to) {
    Kind source = from.kind();
    if (source == Kind.NULL) {
      return new Evaluator.Constant(null);
    }
    if (from.carrier() == Carrier.LONG && to.kind().carrier() == Carrier.LONG) {
      return Strict.longs(from, longToLong(from.type(), to));
    }
    if (from.carrier() == Carrier.LONG && to.kind().carrier() == Carrier.DOUBLE) {
      return new LongToDouble(from.evaluator(), to.kind() == Kind.FLOAT);
    }
    if (from.carrier() == Carrier.DOUBLE && to.kind().carrier() == Carrier.DOUBLE) {
      boolean narrow = to.kind() == Kind.FLOAT;
      return Strict.doubles(from, value -> narrow ? (float) value : value);
    }
    if (source == to.kind() && (source == Kind.STRING || source == Kind.BYTES)) {
      return to.precision() == DataType.UNBOUNDED
          ? from.evaluator()
          : Strict.boxed(List.of(from), args -> shorten(args[0], to.precision()));
    }
    return Strict.boxed(List.of(from), args -> convert(args[0], from.type(), to));
  }

  /** TRY_CAST: a value that cannot be converted gives NULL. */
  Evaluator tryCast(Operand from, DataType to) {
    return new TryCast(new Operand(cast(from, to), to));
  }

  private static Object shorten(Object value, int length) {
    return switch (value) {
      case String text -> text.length() > length ? text.substring(0, length) : text;
      case byte[] bytes -> bytes.length > length ? Arrays.copyOf(bytes, length) : bytes;
      default -> value;
    };
  }

  // ---- between numbers and times ----

  private LongUnaryOperator longToLong(DataType from, DataType to) {
    return switch (to.kind()) {
      case TINYINT -> value -> (byte) value;
      case SMALLINT -> value -> (short) value;
      case INT -> value -> (int) value;
      case DATE ->
          switch (from.kind()) {
            case TIMESTAMP -> value -> Math.floorDiv(value, DAY);
            case TIMESTAMP_LTZ -> value -> Math.floorDiv(zone.toLocal(value), DAY);
            default -> LongUnaryOperator.identity();
          };
      case TIME ->
          switch (from.kind()) {
            case TIMESTAMP -> value -> Math.floorMod(value, DAY);
            case TIMESTAMP_LTZ -> value -> Math.floorMod(zone.toLocal(value), DAY);
            default -> LongUnaryOperator.identity();
          };
      case TIMESTAMP -> {
        long unit = unit(to.precision());
        yield switch (from.kind()) {
          case DATE -> value -> value * DAY;
          case TIMESTAMP_LTZ -> value -> cut(zone.toLocal(value), unit);
          default -> value -> cut(value, unit);
        };
      }
      case TIMESTAMP_LTZ -> {
        long unit = unit(to.precision());
        yield switch (from.kind()) {
          case DATE -> value -> zone.toInstant(value * DAY);
          case TIME, TIMESTAMP -> value -> zone.toInstant(cut(value, unit));
          default -> value -> cut(value, unit);
        };
      }
      default -> LongUnaryOperator.identity();
    };
  }

  private static long unit(int precision) {
    return switch (precision) {
      case 0 -> 1000;
      case 1 -> 100;
      case 2 -> 10;
      default -> 1;
    };
  }

  private static long cut(long millis, long unit) {
    return millis - Math.floorMod(millis, unit);
  }

  private static final class LongToDouble extends Evaluator {
    private final Evaluator input;
    private final boolean single;

    LongToDouble(Evaluator input, boolean single) {
      this.input = input;
      this.single = single;
    }

    @Override
    public double evalDouble(Row row) {
      long value = input.evalLong(row);
      isNull = input.isNull;
      return single ? (float) value : (double) value;
    }
  }

  // ---- everything else, through objects ----

  private @Nullable Object convert(Object value, DataType from, DataType to) {
    return switch (to.kind()) {
      case BOOLEAN -> toBoolean(value);
      case TINYINT, SMALLINT, INT, BIGINT, INTERVAL_MILLIS, INTERVAL_MONTHS -> toLong(value, to);
      case FLOAT -> (double) (float) toDouble(value);
      case DOUBLE -> toDouble(value);
      case DECIMAL -> toDecimal(value, to);
      case STRING -> shorten(toText(value, from), to.precision());
      case BYTES ->
          value instanceof String text
              ? shorten(text.getBytes(StandardCharsets.UTF_8), to.precision())
              : value;
      case DATE -> parsed(TimeText.parseDate(datePart((String) value)), value, to);
      case TIME -> parsed(TimeText.parseTime((String) value), value, to);
      case TIMESTAMP -> toTimestamp((String) value, to);
      case TIMESTAMP_LTZ -> toInstant((String) value, to);
      case NULL -> null;
    };
  }

  private static boolean toBoolean(Object value) {
    return switch (value) {
      case Long number -> number != 0;
      case Double number -> number != 0;
      case BigDecimal number -> number.signum() != 0;
      case String text ->
          switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "t", "yes", "y", "1" -> true;
            case "false", "f", "no", "n", "0" -> false;
            default -> throw unreadable(text, "BOOLEAN");
          };
      default -> throw unreadable(value, "BOOLEAN");
    };
  }

  private static long toLong(Object value, DataType to) {
    return switch (value) {
      case Boolean bool -> bool ? 1 : 0;
      case Double number -> narrow(number, to.kind());
      case BigDecimal number -> narrowDecimal(number, to);
      case String text -> parseLong(text.strip(), to);
      default -> throw unreadable(value, to.sql());
    };
  }

  /** As Java narrows: towards zero, and to the nearest end of the range. */
  private static long narrow(double value, Kind kind) {
    return switch (kind) {
      case TINYINT -> (byte) value;
      case SMALLINT -> (short) value;
      case INT -> (int) value;
      default -> (long) value;
    };
  }

  private static long narrowDecimal(BigDecimal value, DataType to) {
    long whole = value.setScale(0, RoundingMode.DOWN).longValue();
    return switch (to.kind()) {
      case TINYINT -> (byte) whole;
      case SMALLINT -> (short) whole;
      case INT -> (int) whole;
      default -> whole;
    };
  }

  private static long parseLong(String text, DataType to) {
    long value;
    try {
      // Digits after a point are cut, as in a cast from a number.
      int point = text.indexOf('.');
      if (point >= 0 && !text.substring(point + 1).chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw unreadable(text, to.sql());
      }
      value = Long.parseLong(point < 0 ? text : text.substring(0, point));
    } catch (NumberFormatException e) {
      throw unreadable(text, to.sql());
    }
    boolean fits =
        switch (to.kind()) {
          case TINYINT -> value == (byte) value;
          case SMALLINT -> value == (short) value;
          case INT -> value == (int) value;
          default -> true;
        };
    if (!fits) {
      throw unreadable(text, to.sql());
    }
    return value;
  }

  private static double toDouble(Object value) {
    return switch (value) {
      case Boolean bool -> bool ? 1 : 0;
      case BigDecimal number -> number.doubleValue();
      case String text -> {
        try {
          yield Double.parseDouble(text);
        } catch (NumberFormatException e) {
          throw unreadable(text, "DOUBLE");
        }
      }
      default -> throw unreadable(value, "DOUBLE");
    };
  }

  private static @Nullable BigDecimal toDecimal(Object value, DataType to) {
    return switch (value) {
      case Boolean bool -> Decimals.fit(bool ? BigDecimal.ONE : BigDecimal.ZERO, to);
      case Long number -> Decimals.fit(BigDecimal.valueOf(number), to);
      case Double number -> {
        if (!Double.isFinite(number)) {
          throw unreadable(number, to.sql());
        }
        yield Decimals.fit(BigDecimal.valueOf(number), to);
      }
      case BigDecimal number -> Decimals.fit(number, to);
      case String text -> {
        try {
          yield Decimals.fit(new BigDecimal(text.strip()), to);
        } catch (NumberFormatException e) {
          throw unreadable(text, to.sql());
        }
      }
      default -> throw unreadable(value, to.sql());
    };
  }

  private String toText(Object value, DataType from) {
    return switch (from.kind()) {
      case BOOLEAN -> (Boolean) value ? "TRUE" : "FALSE";
      case FLOAT -> Float.toString(((Double) value).floatValue());
      case DECIMAL -> ((BigDecimal) value).toPlainString();
      case BYTES -> new String((byte[]) value, StandardCharsets.UTF_8);
      case DATE -> TimeText.date((Long) value);
      case TIME -> TimeText.time((Long) value, 0);
      case TIMESTAMP -> TimeText.timestamp((Long) value, ' ', from.precision());
      case TIMESTAMP_LTZ -> TimeText.timestamp(zone.toLocal((Long) value), ' ', from.precision());
      default -> value.toString();
    };
  }

  private static long toTimestamp(String text, DataType to) {
    long millis = parsed(TimeText.parseTimestamp(text.strip(), (char) 0), text, to);
    return cut(millis, unit(to.precision()));
  }

  /** A text with an offset is that instant; without one it is local time of the session. */
  private long toInstant(String text, DataType to) {
    String stripped = text.strip();
    long millis = parsed(TimeText.parseTimestamp(stripped, (char) 0), text, to);
    boolean withOffset = stripped.endsWith("Z") || hasOffset(stripped);
    return cut(withOffset ? millis : zone.toInstant(millis), unit(to.precision()));
  }

  private static boolean hasOffset(String text) {
    return text.length() > 16 && (text.indexOf('+', 11) > 0 || text.indexOf('-', 11) > 0);
  }

  private static String datePart(String text) {
    String stripped = text.strip();
    return stripped.length() > 10 && (stripped.charAt(10) == ' ' || stripped.charAt(10) == 'T')
        ? stripped.substring(0, 10)
        : stripped;
  }

  private static long parsed(long value, Object text, DataType to) {
    if (value == TimeText.INVALID) {
      throw unreadable(text, to.sql());
    }
    return value;
  }

  private static RowException unreadable(Object value, String type) {
    return new RowException(
        "'" + TimeText.shortened(value.toString()) + "' cannot be converted to " + type);
  }

  private static final class TryCast extends BoxedEvaluator {
    private final Operand cast;

    TryCast(Operand cast) {
      this.cast = cast;
    }

    @Override
    @Nullable Object evalBoxed(Row row) {
      try {
        return cast.boxed(row);
      } catch (RowException e) {
        return null;
      }
    }
  }
}
