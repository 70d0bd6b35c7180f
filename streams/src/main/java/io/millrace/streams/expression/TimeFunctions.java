package io.millrace.streams.expression;

import io.millrace.streams.expression.Evaluator.Operand;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.row.LocalTimes;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAdjusters;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Functions of dates and times. A TIMESTAMP_LTZ is looked at in the session's zone. */
final class TimeFunctions {

  private static final long SECOND = 1000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private final LocalTimes zone;

  TimeFunctions(ZoneId zone) {
    this.zone = new LocalTimes(zone);
  }

  Evaluator compile(Expression.Call call, List<Operand> operands) {
    return switch (call.function()) {
      case TO_TIMESTAMP_LTZ -> toTimestampLtz(operands);
      case TO_TIMESTAMP ->
          Strict.boxed(operands, args -> parse((String) args[0], (String) args[1], false));
      case TO_DATE ->
          Strict.boxed(operands, args -> parse((String) args[0], (String) args[1], true));
      case DATE_FORMAT -> dateFormat(call, operands);
      case EXTRACT -> extract(unit(call, 0), operands.get(1));
      case FLOOR_TO -> floor(unit(call, 0), operands.get(1), call.type(), false);
      case CEIL_TO -> floor(unit(call, 0), operands.get(1), call.type(), true);
      case ADD_INTERVAL -> addInterval(operands.get(0), operands.get(1), call.type());
      case TIMESTAMP_DIFF -> timestampDiff(unit(call, 0), operands.get(1), operands.get(2));
      default -> throw new IllegalArgumentException(call.function() + " is not of time");
    };
  }

  private static String unit(Expression.Call call, int index) {
    if (call.operand(index) instanceof Expression.Literal literal
        && literal.value() instanceof String unit) {
      return unit.toUpperCase(Locale.ROOT);
    }
    throw new IllegalArgumentException(call.function() + " needs a literal unit");
  }

  private static Evaluator toTimestampLtz(List<Operand> operands) {
    return operands.size() == 1
        ? Strict.longs(operands.getFirst(), number -> number)
        : Strict.longs(
            operands.get(0),
            operands.get(1),
            (number, precision) -> {
              if (precision != 0 && precision != 3) {
                throw new RowException(
                    "TO_TIMESTAMP_LTZ with precision " + precision + "; allowed: 0 and 3");
              }
              return precision == 0 ? number * SECOND : number;
            });
  }

  // ---- text ----

  private static @Nullable Long parse(String text, String pattern, boolean date) {
    try {
      TemporalAccessor parsed = formatter(pattern).parse(text);
      LocalDate day = parsed.query(TemporalQueries.localDate());
      if (day == null) {
        return null;
      }
      if (date) {
        return day.toEpochDay();
      }
      LocalTime time = parsed.query(TemporalQueries.localTime());
      return day.toEpochDay() * DAY + (time == null ? 0 : time.getLong(ChronoField.MILLI_OF_DAY));
    } catch (DateTimeException | IllegalArgumentException e) {
      return null;
    }
  }

  private static DateTimeFormatter formatter(String pattern) {
    return FORMATTERS.get(pattern);
  }

  private static final FormatterCache FORMATTERS = new FormatterCache();

  private Evaluator dateFormat(Expression.Call call, List<Operand> operands) {
    DataType type = call.operand(0).type();
    return Strict.boxed(
        operands,
        args -> {
          try {
            return formatter((String) args[1]).format(dateTime(local(type, (Long) args[0])));
          } catch (DateTimeException | IllegalArgumentException e) {
            throw new RowException("DATE_FORMAT by '" + args[1] + "': " + e.getMessage());
          }
        });
  }

  // ---- units ----

  private Evaluator extract(String unit, Operand operand) {
    DataType type = operand.type();
    return switch (type.kind()) {
      case INTERVAL_MONTHS ->
          Strict.longs(
              operand,
              months ->
                  switch (unit) {
                    case "YEAR" -> months / 12;
                    case "QUARTER" -> months % 12 / 3 + 1;
                    default -> months % 12;
                  });
      case INTERVAL_MILLIS -> Strict.longs(operand, millis -> extractInterval(unit, millis));
      case TIME -> Strict.longs(operand, millis -> extractTime(unit, millis));
      default -> {
        if (unit.equals("EPOCH")) {
          yield type.kind() == DataType.Kind.DATE
              ? Strict.longs(operand, day -> day * (DAY / SECOND))
              : Strict.longs(operand, millis -> Math.floorDiv(millis, SECOND));
        }
        yield Strict.longs(operand, value -> extractDateTime(unit, local(type, value)));
      }
    };
  }

  private static long extractInterval(String unit, long millis) {
    return switch (unit) {
      case "DAY" -> millis / DAY;
      case "EPOCH" -> millis / SECOND;
      default -> extractTime(unit, millis % DAY);
    };
  }

  private static long extractTime(String unit, long millis) {
    return switch (unit) {
      case "HOUR" -> millis / HOUR;
      case "MINUTE" -> millis / MINUTE % 60;
      case "SECOND" -> millis / SECOND % 60;
      case "MILLISECOND" -> millis % MINUTE;
      case "EPOCH" -> millis / SECOND;
      default -> throw new RowException("a time of day has no " + unit);
    };
  }

  private static long extractDateTime(String unit, long local) {
    return switch (unit) {
      case "HOUR", "MINUTE", "SECOND" -> extractTime(unit, Math.floorMod(local, DAY));
      case "MILLISECOND" -> Math.floorMod(local, SECOND);
      default -> {
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(local, DAY));
        yield switch (unit) {
          case "DAY" -> date.getDayOfMonth();
          case "WEEK" -> date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
          case "MONTH" -> date.getMonthValue();
          case "QUARTER" -> (date.getMonthValue() + 2) / 3;
          case "YEAR" -> date.getYear();
          // Sunday is 1, as SQL counts.
          case "DOW" -> date.getDayOfWeek().getValue() % 7 + 1;
          case "ISODOW" -> date.getDayOfWeek().getValue();
          case "DOY" -> date.getDayOfYear();
          default -> throw new RowException("a date has no " + unit);
        };
      }
    };
  }

  private Evaluator floor(String unit, Operand operand, DataType type, boolean ceil) {
    DataType from = operand.type();
    LongUnaryOperator function =
        value -> {
          long local = local(from, value);
          long floor = floorLocal(unit, local);
          long result = ceil && floor < local ? nextLocal(unit, floor) : floor;
          return unlocal(type, result);
        };
    return Strict.longs(operand, function);
  }

  private static long floorLocal(String unit, long local) {
    return switch (unit) {
      case "MILLISECOND" -> local;
      case "SECOND" -> Math.floorDiv(local, SECOND) * SECOND;
      case "MINUTE" -> Math.floorDiv(local, MINUTE) * MINUTE;
      case "HOUR" -> Math.floorDiv(local, HOUR) * HOUR;
      case "DAY" -> Math.floorDiv(local, DAY) * DAY;
      default -> {
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(local, DAY));
        LocalDate start =
            switch (unit) {
              case "WEEK" -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.SUNDAY));
              case "MONTH" -> date.withDayOfMonth(1);
              case "QUARTER" -> date.withDayOfMonth(1).with(date.getMonth().firstMonthOfQuarter());
              case "YEAR" -> date.withDayOfYear(1);
              default -> throw new RowException("there is no unit " + unit);
            };
        yield start.toEpochDay() * DAY;
      }
    };
  }

  private static long nextLocal(String unit, long floor) {
    return switch (unit) {
      case "MILLISECOND" -> floor + 1;
      case "SECOND" -> floor + SECOND;
      case "MINUTE" -> floor + MINUTE;
      case "HOUR" -> floor + HOUR;
      case "DAY" -> floor + DAY;
      case "WEEK" -> floor + 7 * DAY;
      case "MONTH" -> addMonths(floor, 1);
      case "QUARTER" -> addMonths(floor, 3);
      default -> addMonths(floor, 12);
    };
  }

  private Evaluator addInterval(Operand time, Operand interval, DataType type) {
    DataType from = time.type();
    boolean months = interval.kind() == DataType.Kind.INTERVAL_MONTHS;
    if (months) {
      return Strict.longs(
          time, interval, (value, count) -> unlocal(type, addMonths(local(from, value), count)));
    }
    return switch (from.kind()) {
      case DATE ->
          type.kind() == DataType.Kind.DATE
              ? Strict.longs(time, interval, (day, millis) -> day + Math.floorDiv(millis, DAY))
              : Strict.longs(time, interval, (day, millis) -> day * DAY + millis);
      case TIME ->
          Strict.longs(time, interval, (value, millis) -> Math.floorMod(value + millis, DAY));
      // An instant moves by real time, not by what the clock on the wall shows.
      default -> Strict.longs(time, interval, Long::sum);
    };
  }

  private static long addMonths(long local, long months) {
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(local, DAY)).plusMonths(months);
    return date.toEpochDay() * DAY + Math.floorMod(local, DAY);
  }

  private Evaluator timestampDiff(String unit, Operand from, Operand to) {
    DataType type = from.type();
    long divisor =
        switch (unit) {
          case "MILLISECOND" -> 1;
          case "SECOND" -> SECOND;
          case "MINUTE" -> MINUTE;
          case "HOUR" -> HOUR;
          case "DAY" -> DAY;
          case "WEEK" -> 7 * DAY;
          default -> 0;
        };
    if (divisor != 0) {
      long millis = type.kind() == DataType.Kind.DATE ? DAY : 1;
      return Strict.longs(from, to, (start, end) -> (int) ((end - start) * millis / divisor));
    }
    int months =
        switch (unit) {
          case "MONTH" -> 1;
          case "QUARTER" -> 3;
          case "YEAR" -> 12;
          default -> throw new IllegalArgumentException("there is no unit " + unit);
        };
    return Strict.longs(
        from,
        to,
        (start, end) -> (int) (wholeMonths(local(type, start), local(type, end)) / months));
  }

  private static long wholeMonths(long from, long to) {
    return java.time.temporal.ChronoUnit.MONTHS.between(dateTime(from), dateTime(to));
  }

  // ---- carriers ----

  /** Any date or time as local milliseconds since 1970. */
  private long local(DataType type, long value) {
    return switch (type.kind()) {
      case DATE -> value * DAY;
      case TIMESTAMP_LTZ -> zone.toLocal(value);
      default -> value;
    };
  }

  private long unlocal(DataType type, long local) {
    return switch (type.kind()) {
      case DATE -> Math.floorDiv(local, DAY);
      case TIMESTAMP_LTZ -> zone.toInstant(local);
      default -> local;
    };
  }

  private static LocalDateTime dateTime(long local) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(local, SECOND),
        (int) Math.floorMod(local, SECOND) * 1_000_000,
        ZoneOffset.UTC);
  }
}
