package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.ScalarFunction;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;

/** The functions of time that take a unit, which have a syntax of their own. */
final class TimeFunctions {

  private static final DataType BIGINT = DataType.of(Kind.BIGINT);
  private static final List<String> UNITS =
      List.of("MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR");
  private static final List<String> FIELDS_ONLY = List.of("DOW", "ISODOW", "DOY", "EPOCH");
  private static final List<String> OF_DAY = List.of("MILLISECOND", "SECOND", "MINUTE", "HOUR");

  /** The milliseconds of each unit that has a fixed length. */
  private static final Map<String, Long> MILLIS =
      Map.of(
          "MILLISECOND", 1L,
          "SECOND", 1_000L,
          "MINUTE", 60_000L,
          "HOUR", 3_600_000L,
          "DAY", 86_400_000L,
          "WEEK", 604_800_000L);

  private static final Map<String, Long> MONTHS = Map.of("MONTH", 1L, "QUARTER", 3L, "YEAR", 12L);

  private TimeFunctions() {}

  /** The unit that a node names, in upper case. */
  static String unit(SqlNode node, Position at) {
    String name =
        switch (node) {
          case SqlIntervalQualifier qualifier ->
              qualifier.timeFrameName != null
                  ? qualifier.timeFrameName
                  : qualifier.getUnit().name();
          case SqlIdentifier identifier -> identifier.toString();
          case SqlLiteral literal ->
              literal.getValue() instanceof TimeUnit unit ? unit.name() : literal.toString();
          default -> node.toString();
        };
    String upper = name.toUpperCase(Locale.ROOT);
    if (UNITS.contains(upper) || FIELDS_ONLY.contains(upper)) {
      return upper;
    }
    throw new SqlException(
        at,
        "there is no unit " + Messages.shorten(name) + "; the units are " + Messages.oneOf(UNITS));
  }

  /** EXTRACT(unit FROM time). */
  static Expression extract(String unit, Expression time, Position at) {
    DataType type = time.type();
    boolean allowed =
        switch (type.kind()) {
          case TIMESTAMP, TIMESTAMP_LTZ -> true;
          case DATE -> true;
          case TIME -> OF_DAY.contains(unit);
          case INTERVAL_MILLIS -> OF_DAY.contains(unit) || unit.equals("DAY");
          case INTERVAL_MONTHS -> unit.equals("MONTH") || unit.equals("YEAR");
          default -> false;
        };
    if (!allowed) {
      throw new SqlException(
          at,
          unit
              + " cannot be taken from "
              + Operators.shown(type)
              + "; EXTRACT takes a unit that a"
              + " TIMESTAMP, DATE, TIME or interval has");
    }
    return Operators.call(ScalarFunction.EXTRACT, BIGINT, Operators.text(unit), time);
  }

  /** FLOOR(time TO unit) and CEIL(time TO unit). */
  static Expression roundTo(ScalarFunction function, Expression time, String unit, Position at) {
    DataType type = time.type();
    if ((!type.isTimestamp() && type.kind() != Kind.DATE) || !UNITS.contains(unit)) {
      throw new SqlException(
          at,
          Operators.shown(type)
              + " cannot be rounded to "
              + unit
              + "; FLOOR and CEIL round a TIMESTAMP, TIMESTAMP_LTZ or DATE to "
              + Messages.oneOf(UNITS));
    }
    if (type.kind() == Kind.DATE && OF_DAY.contains(unit)) {
      return time;
    }
    return Operators.call(function, type, Operators.text(unit), time);
  }

  /** TIMESTAMPADD(unit, number, time). */
  static Expression add(String unit, Expression number, Expression time, Position at) {
    if (!TypeRules.isInteger(number.type()) && number.type().kind() != Kind.NULL) {
      throw new SqlException(
          at,
          "TIMESTAMPADD takes a unit, a whole number and a time; found "
              + Operators.shown(number.type()));
    }
    DataType type = time.type();
    if (!type.isTimestamp() && type.kind() != Kind.DATE && type.kind() != Kind.TIME) {
      throw new SqlException(
          at,
          "TIMESTAMPADD takes a unit, a whole number and a time; found " + Operators.shown(type));
    }
    Expression interval =
        Operators.scaled(
            ScalarFunction.MULTIPLY,
            interval(unit, at),
            number.type().kind() == Kind.NULL ? Operators.as(number, BIGINT) : number);
    return Operators.addInterval(time, interval, at);
  }

  /** An interval of one unit; or the unit's amount in milliseconds or months. */
  static Expression interval(String unit, Position at) {
    Long millis = MILLIS.get(unit);
    Long months = MONTHS.get(unit);
    if (millis != null) {
      return new Literal(millis, DataType.of(Kind.INTERVAL_MILLIS).withNullable(false));
    }
    if (months != null) {
      return new Literal(months, DataType.of(Kind.INTERVAL_MONTHS).withNullable(false));
    }
    throw new SqlException(
        at, unit + " is no length of time; the units are " + Messages.oneOf(UNITS));
  }

  /** TIMESTAMPDIFF(unit, from, to). */
  static Expression difference(String unit, Arguments times) {
    if (!UNITS.contains(unit)) {
      throw new SqlException(
          times.at(), unit + " is no length of time; the units are " + Messages.oneOf(UNITS));
    }
    Expression from = times.timestamp(0);
    Expression to = times.timestamp(1);
    if (from.type().kind() != to.type().kind()) {
      throw new SqlException(
          times.at(),
          "cannot subtract "
              + Operators.shown(from.type())
              + " from "
              + Operators.shown(to.type())
              + "; CAST one of them to the type of the other");
    }
    return Operators.call(
        ScalarFunction.TIMESTAMP_DIFF, DataType.of(Kind.INT), Operators.text(unit), from, to);
  }
}
