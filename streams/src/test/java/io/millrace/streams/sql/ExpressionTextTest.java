package io.millrace.streams.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Field;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** An expression that is written as SQL and read again is the same expression. */
final class ExpressionTextTest {

  private static final RowType ROW =
      new RowType(
          List.of(
              new Field("i", DataType.of(DataType.Kind.INT)),
              new Field("l", DataType.of(DataType.Kind.BIGINT)),
              new Field("d", DataType.of(DataType.Kind.DOUBLE)),
              new Field("m", new DataType(DataType.Kind.DECIMAL, true, 10, 2)),
              new Field("s", DataType.of(DataType.Kind.STRING)),
              new Field("b", DataType.of(DataType.Kind.BOOLEAN)),
              new Field("t", DataType.of(DataType.Kind.TIMESTAMP))));

  private static Expression read(String text) {
    List<Relation.Column> columns = new ArrayList<>();
    for (int i = 0; i < ROW.size(); i++) {
      columns.add(
          new Relation.Column("", ROW.field(i).name(), ROW.type(i), i, Relation.Role.VALUE));
    }
    Relation relation =
        new Relation(new PlanNode.Values(List.of(), ROW), columns, Relation.NONE, null);
    TokenReader tokens = new TokenReader(text, Scanner.scan(text));
    Parsed parsed = QueryParser.expression(tokens.fragmentUntil((token, following) -> false));
    return new ExpressionResolver(parsed.origin(), new Scope.Rows(relation, "a test"))
        .resolve(parsed.node());
  }

  @Property(tries = 1_000)
  void writtenAndReadAgainIsTheSame(
      @ForAll("numbers") String number, @ForAll("flags") String flag) {
    for (String text : List.of(number, flag)) {
      Expression expression = read(text);

      assertThat(read(ExpressionText.of(expression, ROW))).isEqualTo(expression);
    }
  }

  @Provide
  Arbitrary<String> numbers() {
    return numbers(3);
  }

  @Provide
  Arbitrary<String> flags() {
    return flags(3);
  }

  private static Arbitrary<String> numbers(int depth) {
    Arbitrary<String> plain =
        Arbitraries.oneOf(
            Arbitraries.of("i", "l", "d", "m"),
            Arbitraries.integers().between(0, 1_000).map(String::valueOf),
            Arbitraries.bigDecimals()
                .between(new java.math.BigDecimal(0), new java.math.BigDecimal(99))
                .ofScale(2)
                .map(java.math.BigDecimal::toPlainString));
    if (depth == 0) {
      return plain;
    }
    Arbitrary<String> inner = numbers(depth - 1);
    return Arbitraries.oneOf(
        plain,
        Combinators.combine(inner, Arbitraries.of("+", "-", "*", "/", "%"), inner)
            .as((a, operator, b) -> "(" + a + " " + operator + " " + b + ")"),
        inner.map(a -> "ABS(" + a + ")"),
        inner.map(a -> "-(" + a + ")"),
        inner.map(a -> "CAST(" + a + " AS DOUBLE)"),
        Combinators.combine(flags(depth - 1), inner, inner)
            .as((c, a, b) -> "CASE WHEN " + c + " THEN " + a + " ELSE " + b + " END"),
        inner.map(a -> "COALESCE(" + a + ", 1)"));
  }

  private static Arbitrary<String> flags(int depth) {
    Arbitrary<String> plain =
        Arbitraries.of(
            "b",
            "TRUE",
            "FALSE",
            "s LIKE 'a%'",
            "s IN ('x', 'y')",
            "t > TIMESTAMP '2001-01-01 10:00:00'",
            "t + INTERVAL '90' MINUTE < t - INTERVAL '1 02:03:04.5' DAY TO SECOND",
            "EXTRACT(HOUR FROM t) = 3",
            "POSITION('a' IN s) > 0",
            "TRIM(s) = 'x'");
    if (depth == 0) {
      return plain;
    }
    Arbitrary<String> inner = flags(depth - 1);
    Arbitrary<String> number = numbers(depth - 1);
    return Arbitraries.oneOf(
        plain,
        Combinators.combine(inner, Arbitraries.of("AND", "OR"), inner)
            .as((a, operator, b) -> "(" + a + " " + operator + " " + b + ")"),
        inner.map(a -> "NOT (" + a + ")"),
        inner.map(a -> "(" + a + ") IS NOT TRUE"),
        Combinators.combine(number, Arbitraries.of("=", "<>", "<", ">="), number)
            .as((a, operator, b) -> "(" + a + " " + operator + " " + b + ")"),
        Combinators.combine(number, number, number)
            .as((a, b, c) -> "(" + a + " BETWEEN " + b + " AND " + c + ")"),
        number.map(a -> "(" + a + ") IS NULL"));
  }
}
