package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlUserDefinedTypeNameSpec;
import org.apache.calcite.sql.fun.SqlBetweenOperator;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.fun.SqlTrimFunction;

/** Turns the expressions of a query into the plan's: looks up names, checks and derives types. */
final class ExpressionResolver {

  private final Position origin;
  private final Scope scope;

  /**
   * @param origin where the parsed part begins in the script
   * @param scope what names mean
   */
  ExpressionResolver(Position origin, Scope scope) {
    this.origin = origin;
    this.scope = scope;
  }

  Position at(SqlNode node) {
    return origin.plus(node);
  }

  Expression resolve(SqlNode node) {
    Expression known = scope.known(node);
    if (known != null) {
      return known;
    }
    return switch (node) {
      case SqlLiteral literal -> Literals.resolve(literal, at(node));
      case SqlIdentifier name -> identifier(name);
      case SqlCase choice -> choice(choice);
      case SqlCall call -> call(call);
      case SqlNodeList list -> {
        if (list.size() != 1) {
          throw unsupported(node, "a list of values here");
        }
        yield resolve(list.get(0));
      }
      case SqlDynamicParam parameter -> throw unsupported(node, "a parameter, ?,");
      default -> throw unsupported(node, "this form of expression");
    };
  }

  /** Whether the name calls a function that has no parentheses. */
  static boolean isFunction(SqlIdentifier name) {
    if (!name.isSimple() || name.isComponentQuoted(0)) {
      return false;
    }
    FunctionTable.Definition function = FunctionTable.find(name.getSimple());
    return function != null && function.isWithoutParentheses();
  }

  /** A column, or a function that is called without parentheses, such as CURRENT_DATE. */
  private Expression identifier(SqlIdentifier name) {
    FunctionTable.Definition function =
        isFunction(name) ? FunctionTable.find(name.getSimple()) : null;
    if (function != null) {
      return function.call(new Arguments(function.name(), at(name), List.of(), List.of()));
    }
    return scope.column(name, at(name));
  }

  private List<Expression> resolveAll(List<SqlNode> nodes) {
    List<Expression> expressions = new ArrayList<>(nodes.size());
    for (SqlNode node : nodes) {
      expressions.add(resolve(node));
    }
    return expressions;
  }

  private Expression operand(SqlCall call, int index) {
    return resolve(call.operand(index));
  }

  private Expression call(SqlCall call) {
    return switch (call.getKind()) {
      case AND -> logical(ScalarFunction.AND, call);
      case OR -> logical(ScalarFunction.OR, call);
      case NOT -> Operators.not(operand(call, 0), at(call));
      case IS_NULL -> test(ScalarFunction.IS_NULL, call);
      case IS_NOT_NULL -> test(ScalarFunction.IS_NOT_NULL, call);
      case IS_TRUE -> truth(ScalarFunction.IS_TRUE, call);
      case IS_NOT_TRUE -> truth(ScalarFunction.IS_NOT_TRUE, call);
      case IS_FALSE -> truth(ScalarFunction.IS_FALSE, call);
      case IS_NOT_FALSE -> truth(ScalarFunction.IS_NOT_FALSE, call);
      case IS_UNKNOWN -> test(ScalarFunction.IS_NULL, call);
      case EQUALS -> compare(ScalarFunction.EQUAL, call);
      case NOT_EQUALS -> compare(ScalarFunction.NOT_EQUAL, call);
      case LESS_THAN -> compare(ScalarFunction.LESS, call);
      case LESS_THAN_OR_EQUAL -> compare(ScalarFunction.LESS_OR_EQUAL, call);
      case GREATER_THAN -> compare(ScalarFunction.GREATER, call);
      case GREATER_THAN_OR_EQUAL -> compare(ScalarFunction.GREATER_OR_EQUAL, call);
      case IS_NOT_DISTINCT_FROM -> compare(ScalarFunction.IS_NOT_DISTINCT_FROM, call);
      case IS_DISTINCT_FROM ->
          Operators.not(compare(ScalarFunction.IS_NOT_DISTINCT_FROM, call), at(call));
      case PLUS -> arithmetic(ScalarFunction.ADD, "+", call);
      case MINUS -> arithmetic(ScalarFunction.SUBTRACT, "-", call);
      case TIMES -> arithmetic(ScalarFunction.MULTIPLY, "*", call);
      case DIVIDE -> arithmetic(ScalarFunction.DIVIDE, "/", call);
      case MOD -> arithmetic(ScalarFunction.MODULO, "%", call);
      case PLUS_PREFIX -> arguments(call).number(0);
      case MINUS_PREFIX -> Operators.negate(operand(call, 0), at(call));
      case BETWEEN -> between(call);
      case IN -> in(call);
      case NOT_IN -> Operators.not(in(call), at(call));
      case LIKE -> like(call);
      case CAST -> cast(ScalarFunction.CAST, call);
      case SAFE_CAST -> cast(ScalarFunction.TRY_CAST, call);
      case EXTRACT ->
          TimeFunctions.extract(
              TimeFunctions.unit(call.operand(0), at(call)), operand(call, 1), at(call));
      case FLOOR, CEIL -> round(call);
      case TIMESTAMP_ADD ->
          TimeFunctions.add(
              TimeFunctions.unit(call.operand(0), at(call)),
              operand(call, 1),
              operand(call, 2),
              at(call));
      case TIMESTAMP_DIFF -> difference(call);
      case POSITION -> position(call);
      case TRIM -> trim(call);
      case INTERVAL -> interval(call);
      case FILTER -> scope.aggregate(call, at(call));
      case SELECT,
          SCALAR_QUERY,
          EXISTS,
          SOME,
          ALL,
          UNION,
          WITH,
          VALUES,
          ORDER_BY,
          UNIQUE,
          ARRAY_QUERY_CONSTRUCTOR,
          MULTISET_QUERY_CONSTRUCTOR,
          MAP_QUERY_CONSTRUCTOR,
          CURSOR ->
          throw unsupported(call, "a sub-query inside an expression");
      case OVER ->
          throw new SqlException(
              at(call), "OVER stands in SELECT only; use its column in a query around this one");
      case ROW,
          ITEM,
          DOT,
          ARRAY_VALUE_CONSTRUCTOR,
          MAP_VALUE_CONSTRUCTOR,
          MULTISET_VALUE_CONSTRUCTOR ->
          throw unsupported(call, "a ROW, ARRAY or MAP");
      default -> named(call);
    };
  }

  private Expression logical(ScalarFunction function, SqlCall call) {
    return Operators.logical(function, resolveAll(call.getOperandList()), at(call));
  }

  private Expression test(ScalarFunction function, SqlCall call) {
    return Operators.exact(
        function, Operators.BOOLEAN.withNullable(false), List.of(operand(call, 0)));
  }

  private Expression truth(ScalarFunction function, SqlCall call) {
    Expression value =
        Operators.condition(operand(call, 0), function.name().replace('_', ' '), at(call));
    return Operators.exact(function, Operators.BOOLEAN.withNullable(false), List.of(value));
  }

  private Expression compare(ScalarFunction function, SqlCall call) {
    return Operators.comparison(function, operand(call, 0), operand(call, 1), at(call));
  }

  private Expression arithmetic(ScalarFunction function, String symbol, SqlCall call) {
    return Operators.arithmetic(function, symbol, operand(call, 0), operand(call, 1), at(call));
  }

  private Expression between(SqlCall call) {
    Position at = at(call);
    Expression value = Operators.repeatable(operand(call, 0), at);
    Expression low = operand(call, 1);
    Expression high = operand(call, 2);
    SqlBetweenOperator operator = (SqlBetweenOperator) call.getOperator();
    Expression within = within(value, low, high, at);
    if (operator.flag == SqlBetweenOperator.Flag.SYMMETRIC) {
      within =
          Operators.logical(
              ScalarFunction.OR,
              List.of(
                  within,
                  within(value, Operators.repeatable(high, at), Operators.repeatable(low, at), at)),
              at);
    }
    return operator.isNegated() ? Operators.not(within, at) : within;
  }

  private static Expression within(Expression value, Expression low, Expression high, Position at) {
    return Operators.and(
        List.of(
            Operators.comparison(ScalarFunction.GREATER_OR_EQUAL, value, low, at),
            Operators.comparison(ScalarFunction.LESS_OR_EQUAL, value, high, at)),
        at);
  }

  /** Constants of the list become one IN, the rest comparisons. */
  private Expression in(SqlCall call) {
    Position at = at(call);
    if (!(call.operand(1) instanceof SqlNodeList list)) {
      throw unsupported(call, "a sub-query inside an expression");
    }
    Expression value = operand(call, 0);
    List<Expression> all = new ArrayList<>();
    all.add(value);
    all.addAll(resolveAll(list));
    List<Expression> same = Operators.sameKind(all, "compare", at);
    List<Expression> constants = new ArrayList<>();
    constants.add(same.getFirst());
    List<Expression> others = new ArrayList<>();
    for (Expression candidate : same.subList(1, same.size())) {
      if (candidate instanceof Literal literal && literal.value() != null) {
        constants.add(candidate);
      } else {
        others.add(candidate);
      }
    }
    List<Expression> conditions = new ArrayList<>();
    if (constants.size() == 2) {
      others.addFirst(constants.get(1));
    } else if (constants.size() > 2) {
      conditions.add(Operators.call(ScalarFunction.IN, Operators.BOOLEAN, constants));
    }
    for (Expression other : others) {
      Expression repeated =
          others.size() + conditions.size() > 1
              ? Operators.repeatable(same.getFirst(), at)
              : same.getFirst();
      conditions.add(Operators.comparison(ScalarFunction.EQUAL, repeated, other, at));
    }
    return conditions.size() == 1
        ? conditions.getFirst()
        : Operators.logical(ScalarFunction.OR, conditions, at);
  }

  private Expression like(SqlCall call) {
    SqlLikeOperator operator = (SqlLikeOperator) call.getOperator();
    if (!operator.isCaseSensitive()) {
      throw unsupported(call, "ILIKE");
    }
    Arguments arguments = arguments(call);
    List<Expression> texts = new ArrayList<>();
    for (int i = 0; i < arguments.count(); i++) {
      texts.add(arguments.text(i));
    }
    if (texts.size() == 3
        && texts.get(2) instanceof Literal escape
        && escape.value() instanceof String text
        && text.codePointCount(0, text.length()) != 1) {
      throw new SqlException(at(call.operand(2)), "ESCAPE takes a single character");
    }
    Expression like = Operators.call(ScalarFunction.LIKE, Operators.BOOLEAN, texts);
    return operator.isNegated() ? Operators.not(like, at(call)) : like;
  }

  private Expression choice(SqlCase choice) {
    List<Expression> conditions = resolveAll(choice.getWhenOperands());
    List<Expression> values = resolveAll(choice.getThenOperands());
    SqlNode otherwise = choice.getElseOperand();
    values.add(otherwise == null ? new Literal(null, DataType.of(Kind.NULL)) : resolve(otherwise));
    return Operators.choice(conditions, values, at(choice));
  }

  private Expression cast(ScalarFunction function, SqlCall call) {
    if (call.operandCount() != 2 || !(call.operand(1) instanceof SqlDataTypeSpec spec)) {
      throw unsupported(call, "CAST with a FORMAT");
    }
    Expression value = operand(call, 0);
    DataType type = type(spec);
    if (!TypeRules.canCast(value.type(), type)) {
      String hint =
          value.type().isNumeric() && type.isTimestamp()
              ? "; use TO_TIMESTAMP_LTZ(number, 3)"
              : type.isNumeric() && value.type().isTimestamp()
                  ? "; use UNIX_TIMESTAMP or EXTRACT(EPOCH FROM time)"
                  : "";
      throw new SqlException(
          at(call), Operators.shown(value.type()) + " cannot be cast to " + type.sql() + hint);
    }
    if (function == ScalarFunction.CAST) {
      return Operators.as(value, type);
    }
    return Operators.exact(function, type.withNullable(true), List.of(value));
  }

  private DataType type(SqlDataTypeSpec spec) {
    SqlTypeNameSpec name = spec.getTypeNameSpec();
    Position at = at(spec);
    if (name instanceof SqlBasicTypeNameSpec basic) {
      return TypeParser.named(
          basic.getTypeName().getSimple().toUpperCase(Locale.ROOT),
          basic.getPrecision(),
          basic.getScale(),
          at);
    }
    String simple = name.getTypeName().toString().toUpperCase(Locale.ROOT);
    int digits = QueryParser.digitsOfTimestampLtz(simple);
    if (name instanceof SqlUserDefinedTypeNameSpec && digits >= 0) {
      return TypeParser.named("TIMESTAMP_LTZ", digits, -1, at);
    }
    return TypeParser.named(simple, -1, -1, at);
  }

  private Expression round(SqlCall call) {
    if (call.operandCount() == 1) {
      return named(call);
    }
    ScalarFunction function =
        call.getKind() == SqlKind.FLOOR ? ScalarFunction.FLOOR_TO : ScalarFunction.CEIL_TO;
    Position at = at(call);
    String unit = TimeFunctions.unit(call.operand(1), at);
    return TimeFunctions.roundTo(function, operand(call, 0), unit, at);
  }

  private Expression difference(SqlCall call) {
    String unit = TimeFunctions.unit(call.operand(0), at(call));
    List<SqlNode> times = call.getOperandList().subList(1, 3);
    return TimeFunctions.difference(unit, arguments("TIMESTAMPDIFF", call, times));
  }

  private Expression position(SqlCall call) {
    if (call.operandCount() != 2) {
      throw unsupported(call, "POSITION … FROM");
    }
    Arguments arguments = arguments(call);
    return FunctionTable.position(arguments.text(0), arguments.text(1));
  }

  private Expression trim(SqlCall call) {
    if (call.operandCount() != 3 || !(call.operand(0) instanceof SqlLiteral side)) {
      return named(call);
    }
    Arguments arguments = arguments("TRIM", call, call.getOperandList().subList(1, 3));
    ScalarFunction function =
        switch (side.getValueAs(SqlTrimFunction.Flag.class)) {
          case LEADING -> ScalarFunction.LTRIM;
          case TRAILING -> ScalarFunction.RTRIM;
          case BOTH -> ScalarFunction.TRIM;
        };
    return Operators.call(function, DataType.of(Kind.STRING), arguments.text(1), arguments.text(0));
  }

  /** INTERVAL 3 DAY, whose number is an expression. */
  private Expression interval(SqlCall call) {
    String unit = TimeFunctions.unit(call.operand(1), at(call));
    Expression number = operand(call, 0);
    if (!TypeRules.isInteger(number.type())) {
      throw new SqlException(at(call), "an INTERVAL takes a whole number of units");
    }
    return Operators.scaled(
        ScalarFunction.MULTIPLY, TimeFunctions.interval(unit, at(call)), number);
  }

  private Expression named(SqlCall call) {
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    Position at = at(call);
    if (AggregateFunctions.isAggregate(name)) {
      return scope.aggregate(call, at);
    }
    if (call.getFunctionQuantifier() != null) {
      throw new SqlException(at, name + " takes no DISTINCT or ALL; only aggregates do");
    }
    if (name.equals("||")) {
      name = "CONCAT";
    }
    if (name.equals("CURRENT_WATERMARK")) {
      if (call.operandCount() != 1) {
        throw new SqlException(at, "CURRENT_WATERMARK takes the time column of a table");
      }
      return scope.currentWatermark(call.operand(0), at);
    }
    FunctionTable.Definition function = FunctionTable.find(name);
    if (function == null) {
      throw AggregateFunctions.unknown(name, at);
    }
    return function.call(arguments(call));
  }

  private Arguments arguments(SqlCall call) {
    return arguments(
        call.getOperator().getName().toUpperCase(Locale.ROOT), call, call.getOperandList());
  }

  private Arguments arguments(String name, SqlCall call, List<SqlNode> operands) {
    return new Arguments(
        name, at(call), resolveAll(operands), operands.stream().map(this::at).toList());
  }

  private SqlException unsupported(SqlNode node, String what) {
    return new SqlException(at(node), what + " is not supported");
  }
}
