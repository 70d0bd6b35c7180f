package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.ScalarFunction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The functions that are called by name, with Flink's names and types. */
final class FunctionTable {

  private static final DataType STRING = DataType.of(Kind.STRING);
  private static final DataType INT = DataType.of(Kind.INT);
  private static final DataType DOUBLE = DataType.of(Kind.DOUBLE);
  private static final DataType BIGINT = DataType.of(Kind.BIGINT);
  private static final DataType TIMESTAMP = DataType.of(Kind.TIMESTAMP);
  private static final DataType TIMESTAMP_LTZ = DataType.of(Kind.TIMESTAMP_LTZ);
  private static final int ANY = Integer.MAX_VALUE;

  private static final Map<String, Definition> FUNCTIONS = new LinkedHashMap<>();

  private FunctionTable() {}

  /**
   * A function.
   *
   * @param name its name, in upper case
   * @param signature how it is called
   * @param description what it answers
   * @param least the least number of arguments
   * @param most the greatest number of arguments
   * @param body makes the plan's expression of the arguments
   */
  record Definition(
      String name,
      String signature,
      String description,
      int least,
      int most,
      Function<Arguments, Expression> body) {

    /** Whether it is called by its name alone. */
    boolean isWithoutParentheses() {
      return signature.equals(name);
    }

    Expression call(Arguments arguments) {
      if (arguments.count() < least || arguments.count() > most) {
        throw new SqlException(
            arguments.at(),
            name
                + " has "
                + Messages.count(arguments.count(), "argument")
                + " here; it is called "
                + signature);
      }
      return body.apply(arguments);
    }
  }

  static @Nullable Definition find(String name) {
    return FUNCTIONS.get(name.toUpperCase(Locale.ROOT));
  }

  static Collection<Definition> all() {
    return FUNCTIONS.values();
  }

  /** Takes name and numbers of arguments from the signature, which people read too. */
  private static void define(
      String signature, String description, Function<Arguments, Expression> body) {
    int open = signature.indexOf('(');
    String name = open < 0 ? signature : signature.substring(0, open);
    String inside = open < 0 ? "" : signature.substring(open + 1, signature.length() - 1).strip();
    boolean variadic = inside.endsWith("…");
    int most = inside.isEmpty() ? 0 : inside.split(",").length;
    int optional =
        inside.contains("[") ? inside.substring(inside.indexOf('[')).split(",").length - 1 : 0;
    int least = variadic ? most - 1 : most - optional;
    FUNCTIONS.put(
        name, new Definition(name, signature, description, least, variadic ? ANY : most, body));
  }

  static {
    numbers();
    choices();
    texts();
    times();
  }

  private static void numbers() {
    define("ABS(x)", "the amount of a number", a -> same(ScalarFunction.ABS, a.number(0)));
    define("CEIL(x)", "the least whole number not below x", a -> rounded(ScalarFunction.CEIL, a));
    define("CEILING(x)", "as CEIL", a -> rounded(ScalarFunction.CEIL, a));
    define(
        "FLOOR(x)", "the greatest whole number not above x", a -> rounded(ScalarFunction.FLOOR, a));
    define(
        "ROUND(x [, digits])",
        "x rounded half up to digits after the point",
        a -> digits(ScalarFunction.ROUND, a));
    define(
        "TRUNCATE(x [, digits])",
        "x cut to digits after the point",
        a -> digits(ScalarFunction.TRUNCATE, a));
    define("SIGN(x)", "-1, 0 or 1", a -> same(ScalarFunction.SIGN, a.number(0)));
    define(
        "MOD(x, y)",
        "the remainder of x / y, with the sign of x; as x % y",
        a -> Operators.arithmetic(ScalarFunction.MODULO, "MOD", a.number(0), a.number(1), a.at()));
    define(
        "POWER(x, y)",
        "x to the power of y: DOUBLE",
        a -> Operators.call(ScalarFunction.POWER, DOUBLE, a.asDouble(0), a.asDouble(1)));
    for (ScalarFunction function :
        List.of(
            ScalarFunction.SQRT,
            ScalarFunction.EXP,
            ScalarFunction.LN,
            ScalarFunction.LOG10,
            ScalarFunction.LOG2)) {
      define(
          function.name() + "(x)",
          function == ScalarFunction.SQRT
              ? "the square root: DOUBLE"
              : function == ScalarFunction.EXP
                  ? "e to the power of x: DOUBLE"
                  : "a logarithm: DOUBLE",
          a -> Operators.call(function, DOUBLE, a.asDouble(0)));
    }
    define(
        "LOG(x [, y])",
        "the natural logarithm of x; with y, the logarithm of y to the base x",
        FunctionTable::log);
    define("E()", "2.718281828459045", a -> new Literal(Math.E, DOUBLE.withNullable(false)));
    define("PI()", "3.141592653589793", a -> new Literal(Math.PI, DOUBLE.withNullable(false)));
    define(
        "GREATEST(x, y, …)",
        "the greatest; NULL when one is",
        a -> extreme(ScalarFunction.GREATEST, a));
    define("LEAST(x, y, …)", "the least; NULL when one is", a -> extreme(ScalarFunction.LEAST, a));
  }

  private static void choices() {
    define("COALESCE(x, y, …)", "the first that is not NULL", a -> coalesce(a));
    define("IFNULL(x, y)", "x, or y when x is NULL", a -> coalesce(a));
    define(
        "IF(condition, x, y)",
        "x when the condition is TRUE, else y",
        a -> Operators.choice(List.of(a.condition(0)), List.of(a.value(1), a.value(2)), a.at()));
    define("NULLIF(x, y)", "NULL when x = y, else x", FunctionTable::nullIf);
  }

  private static void texts() {
    define(
        "UPPER(text)",
        "in upper case",
        a -> Operators.call(ScalarFunction.UPPER, STRING, a.text(0)));
    define(
        "LOWER(text)",
        "in lower case",
        a -> Operators.call(ScalarFunction.LOWER, STRING, a.text(0)));
    define(
        "CHAR_LENGTH(text)",
        "the number of characters: INT",
        a -> Operators.call(ScalarFunction.CHAR_LENGTH, INT, a.text(0)));
    define(
        "CHARACTER_LENGTH(text)",
        "as CHAR_LENGTH",
        a -> Operators.call(ScalarFunction.CHAR_LENGTH, INT, a.text(0)));
    define(
        "CONCAT(text, text, …)",
        "one after the other; NULL when one is, as text || text",
        FunctionTable::concat);
    define(
        "CONCAT_WS(separator, text, …)",
        "the texts that are not NULL, with the separator between",
        FunctionTable::concatWithSeparator);
    define(
        "SUBSTRING(text, from [, length])",
        "part of the text, counted from 1; also SUBSTRING(text FROM from FOR length)",
        FunctionTable::substring);
    define("SUBSTR(text, from [, length])", "as SUBSTRING", FunctionTable::substring);
    define(
        "LOCATE(needle, text)",
        "where the needle begins, from 1; 0 when absent; also POSITION(needle IN text)",
        a -> position(a.text(0), a.text(1)));
    define(
        "INSTR(text, needle)",
        "where the needle begins, from 1; 0 when absent",
        a -> position(a.text(1), a.text(0)));
    define(
        "TRIM(text)",
        "without spaces at both ends; also TRIM(LEADING | TRAILING | BOTH characters FROM text)",
        a -> trim(ScalarFunction.TRIM, a));
    define(
        "BTRIM(text [, characters])",
        "without the characters at both ends",
        a -> trim(ScalarFunction.TRIM, a));
    define(
        "LTRIM(text [, characters])",
        "without the characters at the start",
        a -> trim(ScalarFunction.LTRIM, a));
    define(
        "RTRIM(text [, characters])",
        "without the characters at the end",
        a -> trim(ScalarFunction.RTRIM, a));
    define(
        "REPLACE(text, what, with)",
        "every occurrence replaced",
        a -> Operators.call(ScalarFunction.REPLACE, STRING, a.text(0), a.text(1), a.text(2)));
    define(
        "LPAD(text, length [, pad])",
        "filled at the start, or cut, to a length",
        a -> pad(ScalarFunction.LPAD, a));
    define(
        "RPAD(text, length [, pad])",
        "filled at the end, or cut, to a length",
        a -> pad(ScalarFunction.RPAD, a));
    define(
        "LEFT(text, length)",
        "the first characters",
        a -> Operators.call(ScalarFunction.LEFT, STRING, a.text(0), a.asInt(1)));
    define(
        "RIGHT(text, length)",
        "the last characters",
        a -> Operators.call(ScalarFunction.RIGHT, STRING, a.text(0), a.asInt(1)));
    define(
        "REVERSE(text)",
        "backwards",
        a -> Operators.call(ScalarFunction.REVERSE, STRING, a.text(0)));
    define(
        "REPEAT(text, times)",
        "several times; fails above 1 MiB",
        a -> Operators.call(ScalarFunction.REPEAT, STRING, a.text(0), a.asInt(1)));
    define(
        "INITCAP(text)",
        "the first letter of each word in upper case",
        a -> Operators.call(ScalarFunction.INITCAP, STRING, a.text(0)));
    define(
        "SPLIT_INDEX(text, separator, index)",
        "a part of the text, counted from 0; NULL beyond the last",
        a ->
            Operators.exact(
                ScalarFunction.SPLIT_INDEX, STRING, List.of(a.text(0), a.text(1), a.asInt(2))));
  }

  private static void times() {
    define(
        "TO_TIMESTAMP_LTZ(number [, precision])",
        "the instant, in seconds (0) or milliseconds (3) since 1970: TIMESTAMP_LTZ(3)",
        FunctionTable::instant);
    define(
        "TO_TIMESTAMP(text [, pattern])",
        "TIMESTAMP(3) read by a pattern, else by yyyy-MM-dd HH:mm:ss; NULL when it does not fit",
        a -> read(ScalarFunction.TO_TIMESTAMP, TIMESTAMP, "yyyy-MM-dd HH:mm:ss", a));
    define(
        "TO_DATE(text [, pattern])",
        "DATE read by a pattern, else by yyyy-MM-dd; NULL when it does not fit",
        a -> read(ScalarFunction.TO_DATE, DataType.of(Kind.DATE), "yyyy-MM-dd", a));
    define(
        "DATE_FORMAT(time, pattern)",
        "text written by a pattern such as yyyy-MM-dd HH:mm",
        a -> Operators.call(ScalarFunction.DATE_FORMAT, STRING, a.timestamp(0), a.text(1)));
    define("CURRENT_TIMESTAMP", "now: TIMESTAMP_LTZ(3)", a -> now());
    define("NOW()", "as CURRENT_TIMESTAMP", a -> now());
    define("CURRENT_ROW_TIMESTAMP()", "as CURRENT_TIMESTAMP", a -> now());
    define(
        "LOCALTIMESTAMP",
        "now in the session's zone: TIMESTAMP(3)",
        a -> Operators.as(now(), TIMESTAMP));
    define(
        "CURRENT_DATE",
        "today in the session's zone",
        a -> Operators.as(now(), DataType.of(Kind.DATE)));
    define(
        "CURRENT_TIME",
        "the time of day in the session's zone",
        a -> Operators.as(now(), DataType.of(Kind.TIME)));
    define("LOCALTIME", "as CURRENT_TIME", a -> Operators.as(now(), DataType.of(Kind.TIME)));
    define(
        "UNIX_TIMESTAMP()",
        "now in seconds since 1970: BIGINT",
        a -> Operators.call(ScalarFunction.EXTRACT, BIGINT, Operators.text("EPOCH"), now()));
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("YEAR", "YEAR");
    parts.put("QUARTER", "QUARTER");
    parts.put("MONTH", "MONTH");
    parts.put("WEEK", "WEEK");
    parts.put("DAYOFYEAR", "DOY");
    parts.put("DAYOFMONTH", "DAY");
    parts.put("DAYOFWEEK", "DOW");
    parts.put("HOUR", "HOUR");
    parts.put("MINUTE", "MINUTE");
    parts.put("SECOND", "SECOND");
    parts.forEach(
        (name, unit) ->
            define(
                name + "(time)",
                "as EXTRACT(" + unit + " FROM time): BIGINT",
                a -> TimeFunctions.extract(unit, a.value(0), a.at())));
  }

  private static Expression same(ScalarFunction function, Expression number) {
    return Operators.call(function, number.type(), number);
  }

  private static Expression rounded(ScalarFunction function, Arguments a) {
    Expression number = a.number(0);
    DataType type = number.type();
    return Operators.call(
        function, type.kind() == Kind.DECIMAL ? TypeRules.decimalRounded(type, 0) : type, number);
  }

  private static Expression digits(ScalarFunction function, Arguments a) {
    Expression number = a.number(0);
    Expression digits = a.count() > 1 ? a.asInt(1) : Operators.integer(0);
    DataType type = number.type();
    if (type.kind() == Kind.DECIMAL
        && digits instanceof Literal literal
        && literal.value() instanceof Long count) {
      type = TypeRules.decimalRounded(type, Math.clamp(count, -38, 38));
    }
    return Operators.call(function, type, number, digits);
  }

  private static Expression log(Arguments a) {
    Expression first = Operators.call(ScalarFunction.LN, DOUBLE, a.asDouble(0));
    if (a.count() == 1) {
      return first;
    }
    Expression second = Operators.call(ScalarFunction.LN, DOUBLE, a.asDouble(1));
    return Operators.call(ScalarFunction.DIVIDE, DOUBLE, second, first);
  }

  private static Expression extreme(ScalarFunction function, Arguments a) {
    List<Expression> values = Operators.sameType(a.values(), "compare", a.at());
    return Operators.call(function, values.getFirst().type(), values);
  }

  private static Expression coalesce(Arguments a) {
    List<Expression> values = Operators.sameType(a.values(), "choose between", a.at());
    boolean nullable = values.stream().allMatch(value -> value.type().nullable());
    return Operators.exact(
        ScalarFunction.COALESCE, values.getFirst().type().withNullable(nullable), values);
  }

  private static Expression nullIf(Arguments a) {
    Expression value = Operators.repeatable(a.value(0), a.at());
    Expression equal = Operators.comparison(ScalarFunction.EQUAL, value, a.value(1), a.at());
    Literal none = new Literal(null, value.type().withNullable(true));
    return Operators.choice(List.of(equal), List.of(none, value), a.at());
  }

  private static Expression concat(Arguments a) {
    List<Expression> texts = new ArrayList<>();
    for (int i = 0; i < a.count(); i++) {
      texts.add(a.text(i));
    }
    return Operators.call(ScalarFunction.CONCAT, STRING, texts);
  }

  private static Expression concatWithSeparator(Arguments a) {
    List<Expression> texts = new ArrayList<>();
    for (int i = 0; i < a.count(); i++) {
      texts.add(a.text(i));
    }
    boolean nullable = texts.getFirst().type().nullable();
    return Operators.exact(ScalarFunction.CONCAT_WS, STRING.withNullable(nullable), texts);
  }

  private static Expression substring(Arguments a) {
    return a.count() == 2
        ? Operators.call(ScalarFunction.SUBSTRING, STRING, a.text(0), a.asInt(1))
        : Operators.call(ScalarFunction.SUBSTRING, STRING, a.text(0), a.asInt(1), a.asInt(2));
  }

  static Expression position(Expression needle, Expression text) {
    return Operators.call(ScalarFunction.POSITION, INT, needle, text);
  }

  private static Expression trim(ScalarFunction function, Arguments a) {
    Expression characters = a.count() > 1 ? a.text(1) : Operators.text(" ");
    return Operators.call(function, STRING, a.text(0), characters);
  }

  private static Expression pad(ScalarFunction function, Arguments a) {
    Expression pad = a.count() > 2 ? a.text(2) : Operators.text(" ");
    return Operators.exact(function, STRING, List.of(a.text(0), a.asInt(1), pad));
  }

  private static Expression instant(Arguments a) {
    Expression precision = a.count() > 1 ? a.asInt(1) : Operators.integer(3);
    if (!(precision instanceof Literal literal)
        || !(literal.value() instanceof Long digits)
        || (digits != 0 && digits != 3)) {
      throw new SqlException(
          a.positions().getLast(),
          "the precision of TO_TIMESTAMP_LTZ is 0 for seconds or 3 for milliseconds");
    }
    return Operators.exact(
        ScalarFunction.TO_TIMESTAMP_LTZ, TIMESTAMP_LTZ, List.of(a.asBigint(0), precision));
  }

  private static Expression read(
      ScalarFunction function, DataType type, String otherwise, Arguments a) {
    Expression pattern = a.count() > 1 ? a.text(1) : Operators.text(otherwise);
    return Operators.exact(function, type, List.of(a.text(0), pattern));
  }

  private static Expression now() {
    return new Expression.Call(
        ScalarFunction.CURRENT_TIMESTAMP, List.of(), TIMESTAMP_LTZ.withNullable(false));
  }
}
