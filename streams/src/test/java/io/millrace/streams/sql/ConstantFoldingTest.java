package io.millrace.streams.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Clock;
import io.millrace.streams.expression.Evaluator;
import io.millrace.streams.expression.ExpressionCompiler;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression.Call;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.ScalarFunction;
import io.millrace.streams.row.Row;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** A constant has the value that the engine would have computed for each row. */
final class ConstantFoldingTest {

  private static final List<ScalarFunction> ARITHMETIC =
      List.of(
          ScalarFunction.ADD,
          ScalarFunction.SUBTRACT,
          ScalarFunction.MULTIPLY,
          ScalarFunction.DIVIDE,
          ScalarFunction.MODULO);
  private static final List<ScalarFunction> COMPARISON =
      List.of(
          ScalarFunction.EQUAL,
          ScalarFunction.NOT_EQUAL,
          ScalarFunction.LESS,
          ScalarFunction.LESS_OR_EQUAL,
          ScalarFunction.GREATER,
          ScalarFunction.GREATER_OR_EQUAL);
  private static final DataType BOOLEAN = DataType.of(Kind.BOOLEAN);

  @Property(tries = 500)
  void wholeNumbers(@ForAll("kinds") Kind kind, @ForAll long a, @ForAll("small") long b) {
    DataType type = DataType.of(kind);
    check(type, new Literal(wrapped(a, kind), type), new Literal(wrapped(b, kind), type));
  }

  @Property(tries = 500)
  void approximateNumbers(@ForAll double a, @ForAll double b) {
    DataType type = DataType.of(Kind.DOUBLE);
    check(type, new Literal(a, type), new Literal(b, type));
  }

  @Property(tries = 500)
  void decimals(@ForAll("cents") BigDecimal a, @ForAll("cents") BigDecimal b) {
    DataType type = new DataType(Kind.DECIMAL, true, 10, 2);
    check(new DataType(Kind.DECIMAL, true, 20, 6), new Literal(a, type), new Literal(b, type));
  }

  @Property(tries = 300)
  void texts(@ForAll String a, @ForAll String b) {
    DataType type = DataType.of(Kind.STRING);
    for (ScalarFunction function : COMPARISON) {
      same(new Call(function, List.of(new Literal(a, type), new Literal(b, type)), BOOLEAN));
    }
    same(
        new Call(ScalarFunction.CONCAT, List.of(new Literal(a, type), new Literal(b, type)), type));
  }

  @Property(tries = 300)
  void casts(@ForAll("kinds") Kind from, @ForAll("kinds") Kind to, @ForAll("small") long a) {
    Literal value = new Literal(wrapped(a, from), DataType.of(from));
    same(new Call(ScalarFunction.CAST, List.of(value), DataType.of(to)));
    same(new Call(ScalarFunction.CAST, List.of(value), DataType.of(Kind.DOUBLE)));
    same(new Call(ScalarFunction.CAST, List.of(value), DataType.of(Kind.STRING)));
    same(new Call(ScalarFunction.CAST, List.of(value), new DataType(Kind.DECIMAL, true, 20, 2)));
  }

  @Provide
  Arbitrary<Long> small() {
    return Arbitraries.oneOf(Arbitraries.longs().between(-5, 200), Arbitraries.longs());
  }

  @Provide
  Arbitrary<Kind> kinds() {
    return Arbitraries.of(Kind.TINYINT, Kind.SMALLINT, Kind.INT, Kind.BIGINT);
  }

  @Provide
  Arbitrary<BigDecimal> cents() {
    return Arbitraries.bigDecimals()
        .between(new BigDecimal("-99999999.99"), new BigDecimal("99999999.99"))
        .ofScale(2)
        .map(number -> number.setScale(2));
  }

  private static long wrapped(long value, Kind kind) {
    return switch (kind) {
      case TINYINT -> (byte) value;
      case SMALLINT -> (short) value;
      case INT -> (int) value;
      default -> value;
    };
  }

  private static void check(DataType result, Literal a, Literal b) {
    for (ScalarFunction function : ARITHMETIC) {
      same(new Call(function, List.of(a, b), result));
    }
    for (ScalarFunction function : COMPARISON) {
      same(new Call(function, List.of(a, b), BOOLEAN));
    }
  }

  /** What is folded equals what is evaluated; what is not folded is left to the engine. */
  private static void same(Call call) {
    if (ConstantFolding.fold(call) instanceof Literal folded) {
      assertThat(folded.value()).as(call.toString()).isEqualTo(evaluated(call));
    }
  }

  private static @Nullable Object evaluated(Call call) {
    Evaluator evaluator = new ExpressionCompiler(ZoneOffset.UTC, Clock.system()).compile(call);
    Row row = new Row(0);
    return switch (call.type().kind().carrier()) {
      case BOOLEAN -> {
        boolean value = evaluator.evalBoolean(row);
        yield evaluator.isNull() ? null : value;
      }
      case LONG -> {
        long value = evaluator.evalLong(row);
        yield evaluator.isNull() ? null : value;
      }
      case DOUBLE -> {
        double value = evaluator.evalDouble(row);
        yield evaluator.isNull() ? null : value;
      }
      default -> evaluator.evalObject(row);
    };
  }
}
