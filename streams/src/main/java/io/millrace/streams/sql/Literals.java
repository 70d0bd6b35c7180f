package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.calcite.sql.SqlAbstractDateTimeLiteral;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlUnknownLiteral;
import org.apache.calcite.sql.parser.SqlParserUtil;
import org.apache.calcite.util.NlsString;

/** Turns the literals of a query into constants of the plan. */
final class Literals {

  private Literals() {}

  static Expression resolve(SqlLiteral literal, Position at) {
    return switch (literal) {
      case SqlNumericLiteral number -> number(number, at);
      case SqlIntervalLiteral interval -> interval(interval, at);
      case SqlCharStringLiteral text -> text(text, at);
      case SqlUnknownLiteral time -> time(time.tag, String.valueOf(time.getValue()), at);
      case SqlAbstractDateTimeLiteral time ->
          time(time.getTypeName().getName(), time.toFormattedString(), at);
      default -> plain(literal, at);
    };
  }

  private static Expression text(SqlCharStringLiteral literal, Position at) {
    if (literal.getValue() instanceof NlsString text) {
      return Operators.text(text.getValue());
    }
    throw new SqlException(at, "this text cannot be read");
  }

  private static Expression plain(SqlLiteral literal, Position at) {
    return switch (literal.getTypeName()) {
      case BOOLEAN -> {
        Boolean value = literal.getValueAs(Boolean.class);
        yield value == null
            ? new Literal(null, Operators.BOOLEAN)
            : new Literal(value, Operators.BOOLEAN.withNullable(false));
      }
      case NULL -> new Literal(null, DataType.of(Kind.NULL));
      case BINARY -> throw new SqlException(at, "binary literals, X'…', are not supported");
      case UNKNOWN -> new Literal(null, Operators.BOOLEAN);
      default ->
          throw new SqlException(
              at, "found " + Messages.shorten(literal.toString()) + "; expected an expression");
    };
  }

  private static Expression number(SqlNumericLiteral literal, Position at) {
    BigDecimal value = literal.bigDecimalValue();
    if (value == null) {
      throw new SqlException(at, "this number cannot be read");
    }
    if (literal.getScale() == null && !literal.isInteger()) {
      return approximate(value, at);
    }
    if (literal.toString().indexOf('E') >= 0 || literal.toString().indexOf('e') >= 0) {
      return approximate(value, at);
    }
    if (value.scale() <= 0 && value.precision() - value.scale() <= 19) {
      BigInteger whole = value.toBigIntegerExact();
      if (whole.bitLength() <= 31) {
        return Operators.integer(whole.longValueExact());
      }
      if (whole.bitLength() <= 63) {
        return new Literal(whole.longValueExact(), DataType.of(Kind.BIGINT).withNullable(false));
      }
    }
    int scale = Math.max(0, value.scale());
    int precision = Math.max(value.precision() - Math.min(0, value.scale()), Math.max(scale, 1));
    if (precision > 38) {
      throw new SqlException(at, "this number has " + precision + " digits; at most 38 are kept");
    }
    return new Literal(value.setScale(scale), new DataType(Kind.DECIMAL, false, precision, scale));
  }

  private static Expression approximate(BigDecimal value, Position at) {
    double number = value.doubleValue();
    if (Double.isInfinite(number)) {
      throw new SqlException(at, "this number is too large for a DOUBLE");
    }
    return new Literal(number, DataType.of(Kind.DOUBLE).withNullable(false));
  }

  private static Expression interval(SqlIntervalLiteral literal, Position at) {
    if (!(literal.getValue() instanceof SqlIntervalLiteral.IntervalValue value)) {
      throw new SqlException(at, "this interval cannot be read");
    }
    try {
      boolean months = value.getIntervalQualifier().isYearMonth();
      long amount =
          months ? SqlParserUtil.intervalToMonths(value) : SqlParserUtil.intervalToMillis(value);
      Kind kind = months ? Kind.INTERVAL_MONTHS : Kind.INTERVAL_MILLIS;
      return new Literal(amount, DataType.of(kind).withNullable(false));
    } catch (RuntimeException e) {
      // Calcite says that the text does not fit the units by exceptions of several unrelated types.
      throw new SqlException(
          at,
          "'"
              + Messages.shorten(value.getIntervalLiteral())
              + "' is no INTERVAL "
              + value.getIntervalQualifier()
              + "; one is written like INTERVAL '30' MINUTE or INTERVAL '1 12' DAY TO HOUR");
    }
  }

  private static Expression time(String sort, String text, Position at) {
    Kind kind =
        switch (sort) {
          case "DATE" -> Kind.DATE;
          case "TIME" -> Kind.TIME;
          case "TIMESTAMP" -> Kind.TIMESTAMP;
          case "TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP_WITH_LOCAL_TIME_ZONE" ->
              Kind.TIMESTAMP_LTZ;
          default -> throw new SqlException(at, sort + " literals are not supported");
        };
    return Operators.time(text, DataType.of(kind).withNullable(false), at);
  }
}
