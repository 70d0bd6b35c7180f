package io.millrace.streams.expression;

import static io.millrace.streams.plan.DataType.Kind.BIGINT;
import static io.millrace.streams.plan.DataType.Kind.BOOLEAN;
import static io.millrace.streams.plan.DataType.Kind.DATE;
import static io.millrace.streams.plan.DataType.Kind.DECIMAL;
import static io.millrace.streams.plan.DataType.Kind.DOUBLE;
import static io.millrace.streams.plan.DataType.Kind.INT;
import static io.millrace.streams.plan.DataType.Kind.INTERVAL_MILLIS;
import static io.millrace.streams.plan.DataType.Kind.INTERVAL_MONTHS;
import static io.millrace.streams.plan.DataType.Kind.STRING;
import static io.millrace.streams.plan.DataType.Kind.TIMESTAMP;
import static io.millrace.streams.plan.DataType.Kind.TIMESTAMP_LTZ;
import static io.millrace.streams.plan.DataType.Kind.TINYINT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Clock;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.ScalarFunction;
import io.millrace.streams.row.Row;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScalarFunctionTest {

  private static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");

  /** One line of the table: a call, and what it gives. */
  record Line(
      ScalarFunction function, DataType type, List<Expression> operands, @Nullable Object is) {
    @Override
    public String toString() {
      return function
          + operands.stream()
              .map(operand -> String.valueOf(((Expression.Literal) operand).value()))
              .toList()
              .toString()
          + " = "
          + is;
    }
  }

  static Expression of(Kind kind, @Nullable Object value) {
    return new Expression.Literal(value, DataType.of(kind));
  }

  static Line line(
      ScalarFunction function, Kind kind, @Nullable Object result, Expression... operands) {
    return new Line(function, DataType.of(kind), List.of(operands), result);
  }

  static Expression bool(@Nullable Boolean value) {
    return of(BOOLEAN, value);
  }

  static Expression text(@Nullable String value) {
    return of(STRING, value);
  }

  static Expression integer(@Nullable Long value) {
    return of(INT, value);
  }

  static Expression number(@Nullable Double value) {
    return of(DOUBLE, value);
  }

  static Expression decimal(String value, int scale) {
    return new Expression.Literal(new BigDecimal(value), new DataType(DECIMAL, true, 10, scale));
  }

  static long at(String time) {
    return LocalDateTime.parse(time).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  static Stream<Line> table() {
    return Stream.of(
        // Logic in three values.
        line(ScalarFunction.AND, BOOLEAN, false, bool(null), bool(false)),
        line(ScalarFunction.AND, BOOLEAN, null, bool(null), bool(true)),
        line(ScalarFunction.AND, BOOLEAN, true, bool(true), bool(true)),
        line(ScalarFunction.OR, BOOLEAN, true, bool(null), bool(true)),
        line(ScalarFunction.OR, BOOLEAN, null, bool(false), bool(null)),
        line(ScalarFunction.OR, BOOLEAN, false, bool(false), bool(false)),
        line(ScalarFunction.NOT, BOOLEAN, null, bool(null)),
        line(ScalarFunction.IS_NULL, BOOLEAN, true, text(null)),
        line(ScalarFunction.IS_NOT_NULL, BOOLEAN, false, integer(null)),
        line(ScalarFunction.IS_TRUE, BOOLEAN, false, bool(null)),
        line(ScalarFunction.IS_NOT_TRUE, BOOLEAN, true, bool(null)),
        line(ScalarFunction.IS_FALSE, BOOLEAN, true, bool(false)),
        line(ScalarFunction.IS_NOT_FALSE, BOOLEAN, true, bool(null)),
        // Comparison.
        line(ScalarFunction.LESS, BOOLEAN, true, integer(1L), integer(2L)),
        line(ScalarFunction.LESS, BOOLEAN, null, integer(1L), integer(null)),
        line(ScalarFunction.EQUAL, BOOLEAN, false, number(Double.NaN), number(Double.NaN)),
        line(ScalarFunction.EQUAL, BOOLEAN, true, decimal("1.5", 1), decimal("1.50", 2)),
        line(ScalarFunction.LESS, BOOLEAN, true, text("\uFFFD"), text("\uD83D\uDE00")),
        line(ScalarFunction.GREATER_OR_EQUAL, BOOLEAN, true, bool(true), bool(false)),
        line(ScalarFunction.IS_NOT_DISTINCT_FROM, BOOLEAN, true, text(null), text(null)),
        line(ScalarFunction.IS_NOT_DISTINCT_FROM, BOOLEAN, false, text("a"), text(null)),
        line(ScalarFunction.IN, BOOLEAN, true, text("b"), text("a"), text("b")),
        line(ScalarFunction.IN, BOOLEAN, null, integer(null), integer(1L)),
        line(ScalarFunction.GREATEST, INT, 3L, integer(1L), integer(3L), integer(2L)),
        line(ScalarFunction.LEAST, STRING, null, text("a"), text(null)),
        // Arithmetic wraps at its width.
        line(ScalarFunction.ADD, INT, (long) Integer.MIN_VALUE, integer(2147483647L), integer(1L)),
        line(
            ScalarFunction.MULTIPLY,
            TINYINT,
            (long) (byte) 400,
            of(TINYINT, 100L),
            of(TINYINT, 4L)),
        line(ScalarFunction.DIVIDE, INT, -3L, integer(-7L), integer(2L)),
        line(ScalarFunction.MODULO, INT, -1L, integer(-7L), integer(2L)),
        line(ScalarFunction.DIVIDE, DOUBLE, Double.POSITIVE_INFINITY, number(1.0), number(0.0)),
        line(ScalarFunction.ABS, BIGINT, Long.MIN_VALUE, of(BIGINT, Long.MIN_VALUE)),
        line(ScalarFunction.ROUND, DOUBLE, 0.29, number(0.285), integer(2L)),
        line(ScalarFunction.ROUND, INT, -1300L, integer(-1250L), integer(-2L)),
        line(ScalarFunction.TRUNCATE, DOUBLE, -1.9, number(-1.99), integer(1L)),
        line(ScalarFunction.CEIL, DOUBLE, 2.0, number(1.1)),
        line(ScalarFunction.SIGN, INT, -1L, integer(-5L)),
        line(ScalarFunction.POWER, DOUBLE, 8.0, number(2.0), number(3.0)),
        // Choice.
        line(ScalarFunction.CASE, STRING, "no", bool(null), text("yes"), text("no")),
        line(ScalarFunction.COALESCE, INT, 2L, integer(null), integer(2L)),
        // Conversion.
        line(ScalarFunction.CAST, INT, 12L, text(" 12.9 ")),
        line(ScalarFunction.CAST, TINYINT, (long) (byte) 300, integer(300L)),
        line(ScalarFunction.CAST, BOOLEAN, true, text("Yes")),
        line(
            ScalarFunction.CAST,
            STRING,
            "2001-01-01 12:00:00.123",
            of(TIMESTAMP, at("2001-01-01T12:00:00.123"))),
        line(
            ScalarFunction.CAST,
            STRING,
            "2001-01-01 04:00:00.000",
            of(TIMESTAMP_LTZ, at("2001-01-01T12:00:00"))),
        line(ScalarFunction.CAST, TIMESTAMP, at("2001-02-03T00:00:00"), text("2001-02-03")),
        line(
            ScalarFunction.CAST,
            TIMESTAMP_LTZ,
            at("2001-01-01T12:00:00"),
            text("2001-01-01 04:00:00")),
        line(ScalarFunction.TRY_CAST, INT, null, text("soon")),
        line(ScalarFunction.TRY_CAST, DATE, null, text("2001-02-29")),
        // Text.
        line(ScalarFunction.CONCAT, STRING, "ab", text("a"), text("b")),
        line(ScalarFunction.CONCAT_WS, STRING, "a-b", text("-"), text("a"), text(null), text("b")),
        line(ScalarFunction.SUBSTRING, STRING, "cd", text("abcd"), integer(-2L)),
        line(ScalarFunction.SUBSTRING, STRING, "bc", text("abcd"), integer(2L), integer(2L)),
        line(ScalarFunction.POSITION, INT, 2L, text("b"), text("abc")),
        line(ScalarFunction.TRIM, STRING, "a", text("xxayx"), text("xy")),
        line(ScalarFunction.LPAD, STRING, "xya", text("a"), integer(3L), text("xy")),
        line(ScalarFunction.RPAD, STRING, null, text("a"), integer(-1L), text("x")),
        line(ScalarFunction.LEFT, STRING, "", text("abc"), integer(-1L)),
        line(ScalarFunction.RIGHT, STRING, "bc", text("abc"), integer(2L)),
        line(ScalarFunction.INITCAP, STRING, "Ab Cd", text("aB cD")),
        line(ScalarFunction.LIKE, BOOLEAN, true, text("abcde"), text("a%d_")),
        line(ScalarFunction.LIKE, BOOLEAN, false, text("abc"), text("a!%c"), text("!")),
        line(ScalarFunction.SPLIT_INDEX, STRING, "b", text("a,b"), text(","), integer(1L)),
        line(ScalarFunction.SPLIT_INDEX, STRING, null, text("a,b"), text(","), integer(2L)),
        // Time.
        line(ScalarFunction.TO_TIMESTAMP_LTZ, TIMESTAMP_LTZ, 5000L, of(BIGINT, 5L), integer(0L)),
        line(
            ScalarFunction.TO_TIMESTAMP,
            TIMESTAMP,
            at("2001-02-03T04:05:00"),
            text("03/02/2001 04:05"),
            text("dd/MM/yyyy HH:mm")),
        line(ScalarFunction.TO_TIMESTAMP, TIMESTAMP, null, text("soon"), text("dd/MM/yyyy HH:mm")),
        line(
            ScalarFunction.DATE_FORMAT,
            STRING,
            "04:00",
            of(TIMESTAMP_LTZ, at("2001-01-01T12:00:00")),
            text("HH:mm")),
        line(
            ScalarFunction.EXTRACT,
            BIGINT,
            1L,
            text("DOW"),
            of(TIMESTAMP, at("2001-01-07T00:00:00"))),
        line(
            ScalarFunction.EXTRACT,
            BIGINT,
            4L,
            text("HOUR"),
            of(TIMESTAMP_LTZ, at("2001-01-01T12:00:00"))),
        line(
            ScalarFunction.FLOOR_TO,
            TIMESTAMP,
            at("2001-04-01T00:00:00"),
            text("QUARTER"),
            of(TIMESTAMP, at("2001-05-17T10:00:00"))),
        line(
            ScalarFunction.FLOOR_TO,
            TIMESTAMP_LTZ,
            at("2001-01-01T08:00:00"),
            text("DAY"),
            of(TIMESTAMP_LTZ, at("2001-01-01T12:00:00"))),
        line(
            ScalarFunction.CEIL_TO,
            TIMESTAMP,
            at("2001-02-01T00:00:00"),
            text("MONTH"),
            of(TIMESTAMP, at("2001-01-02T00:00:00"))),
        line(
            ScalarFunction.ADD_INTERVAL,
            TIMESTAMP,
            at("2001-02-28T10:00:00"),
            of(TIMESTAMP, at("2001-01-31T10:00:00")),
            of(INTERVAL_MONTHS, 1L)),
        line(
            ScalarFunction.ADD_INTERVAL,
            TIMESTAMP,
            at("2001-01-01T00:00:01"),
            of(TIMESTAMP, at("2001-01-01T00:00:00")),
            of(INTERVAL_MILLIS, 1000L)),
        line(
            ScalarFunction.TIMESTAMP_DIFF,
            INT,
            1L,
            text("MONTH"),
            of(TIMESTAMP, at("2001-01-31T00:00:00")),
            of(TIMESTAMP, at("2001-03-01T00:00:00"))),
        line(
            ScalarFunction.TIMESTAMP_DIFF,
            INT,
            -1L,
            text("DAY"),
            of(TIMESTAMP, at("2001-01-02T12:00:00")),
            of(TIMESTAMP, at("2001-01-01T00:00:00"))));
  }

  @ParameterizedTest
  @MethodSource("table")
  void givesWhatThePlanDocuments(Line line) {
    assertThat(eval(line.function(), line.type(), line.operands())).isEqualTo(line.is());
  }

  private static @Nullable Object eval(
      ScalarFunction function, DataType type, List<Expression> operands) {
    Row row = new Row(1);
    RowFunction.compile(
            List.of(new Expression.Call(function, operands, type)), ZONE, Clock.system())
        .apply(new Row(0), row);
    return row.boxed(0, type.kind().carrier());
  }

  @Test
  void decimalsAreRoundedToTheirScaleAndNullBeyondTheirPrecision() {
    DataType two = new DataType(DECIMAL, true, 5, 2);
    assertThat(eval(ScalarFunction.DIVIDE, two, List.of(decimal("10", 0), decimal("3", 0))))
        .isEqualTo(new BigDecimal("3.33"));
    assertThat(eval(ScalarFunction.MULTIPLY, two, List.of(decimal("999", 0), decimal("999", 0))))
        .isNull();
    assertThat(eval(ScalarFunction.CAST, two, List.of(text("1e-900000000"))))
        .isEqualTo(new BigDecimal("0.00"));
    assertThat(eval(ScalarFunction.CAST, two, List.of(text("1e900000000")))).isNull();
  }

  @Test
  void divisionByZeroAndUnreadableTextFailTheRow() {
    assertThatThrownBy(
            () -> eval(ScalarFunction.DIVIDE, DataType.of(INT), List.of(integer(1L), integer(0L))))
        .isInstanceOf(RowException.class)
        .hasMessage("division by zero");
    assertThatThrownBy(
            () -> eval(ScalarFunction.CAST, DataType.of(INT), List.of(text("99999999999"))))
        .isInstanceOf(RowException.class)
        .hasMessage("'99999999999' cannot be converted to INT");
  }

  @Test
  void theBranchNotTakenIsNotEvaluated() {
    Expression failing =
        new Expression.Call(
            ScalarFunction.DIVIDE, List.of(integer(1L), integer(0L)), DataType.of(INT));
    assertThat(
            eval(ScalarFunction.CASE, DataType.of(INT), List.of(bool(true), integer(1L), failing)))
        .isEqualTo(1L);
  }
}
