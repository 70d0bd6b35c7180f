package io.millrace.streams.sql;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.AggregateFunction;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelectKeyword;

/** Collects the aggregates that a SELECT calls, each once, and what they read. */
final class AggregateCalls {

  private final SelectPlanner planner;
  private final Relation input;

  /** Gives the column in which an expression over the input's row will stand. */
  private final ToIntFunction<Expression> reading;

  /** Whether results are asked for again and again while rows come. */
  private final boolean running;

  private final List<AggregateCall> calls = new ArrayList<>();

  AggregateCalls(
      SelectPlanner planner, Relation input, boolean running, ToIntFunction<Expression> reading) {
    this.planner = planner;
    this.input = input;
    this.running = running;
    this.reading = reading;
  }

  List<AggregateCall> all() {
    return Collections.unmodifiableList(calls);
  }

  /** The index of the call, maybe with a FILTER, among all calls. */
  int add(SqlCall call, Position at) {
    OptionalInt filter = OptionalInt.empty();
    SqlCall function = call;
    ExpressionResolver inner =
        planner.resolver(new Scope.Rows(input, "the argument of an aggregate"));
    if (call.getKind() == SqlKind.FILTER) {
      Expression condition =
          Operators.condition(
              inner.resolve(call.operand(1)), "FILTER", planner.at(call.operand(1)));
      filter = OptionalInt.of(reading.applyAsInt(condition));
      function = call.operand(0);
    }
    AggregateCall aggregate = aggregate(function, inner, filter, at);
    int index = calls.indexOf(aggregate);
    if (index < 0) {
      index = calls.size();
      calls.add(aggregate);
    }
    return index;
  }

  private AggregateCall aggregate(
      SqlCall call, ExpressionResolver inner, OptionalInt filter, Position at) {
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    if (!AggregateFunctions.isAggregate(name)) {
      throw AggregateFunctions.unknown(name, at);
    }
    AggregateFunction function = AggregateFunction.valueOf(name);
    boolean distinct =
        call.getFunctionQuantifier() != null
            && call.getFunctionQuantifier().getValue() == SqlSelectKeyword.DISTINCT;
    int expected = function == AggregateFunction.PERCENTILE ? 2 : 1;
    if (call.operandCount() != expected) {
      throw new SqlException(
          at,
          name
              + " has "
              + Messages.count(call.operandCount(), "argument")
              + " here; it is called "
              + (expected == 2 ? "PERCENTILE(x, fraction)" : name + "(x)"));
    }
    if (call.operand(0) instanceof SqlIdentifier star && star.isStar()) {
      return rows(function, distinct, filter, at);
    }
    Expression argument = inner.resolve(call.operand(0));
    DataType type = AggregateFunctions.type(function, argument.type(), at);
    if (function != AggregateFunction.COUNT) {
      type = type.withNullable(argument.type().nullable() || filter.isPresent());
    }
    OptionalDouble fraction = OptionalDouble.empty();
    if (function == AggregateFunction.PERCENTILE) {
      if (distinct) {
        throw new SqlException(at, "PERCENTILE takes no DISTINCT");
      }
      if (running) {
        throw new SqlException(
            at, "PERCENTILE is of windows, with GROUP BY window_start, window_end");
      }
      fraction = OptionalDouble.of(fraction(call.operand(1)));
      argument = Operators.as(argument, DataType.of(Kind.DOUBLE));
    }
    return new AggregateCall(
        function, OptionalInt.of(reading.applyAsInt(argument)), distinct, filter, fraction, type);
  }

  private AggregateCall rows(
      AggregateFunction function, boolean distinct, OptionalInt filter, Position at) {
    if (function != AggregateFunction.COUNT || distinct) {
      throw new SqlException(at, "only COUNT(*) takes *; give " + function + " an expression");
    }
    return new AggregateCall(
        function,
        OptionalInt.empty(),
        false,
        filter,
        OptionalDouble.empty(),
        DataType.of(Kind.BIGINT).withNullable(false));
  }

  private double fraction(SqlNode node) {
    Expression value =
        planner.resolver(new Scope.Constants("the fraction of PERCENTILE")).resolve(node);
    if (value.type().isNumeric()
        && Operators.as(value, DataType.of(Kind.DOUBLE)) instanceof Literal literal
        && literal.value() instanceof Double fraction
        && fraction >= 0
        && fraction <= 1) {
      return fraction;
    }
    throw new SqlException(
        planner.at(node), "the fraction of PERCENTILE is a number from 0 to 1, such as 0.95");
  }
}
