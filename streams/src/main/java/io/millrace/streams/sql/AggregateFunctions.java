package io.millrace.streams.sql;

import io.millrace.streams.plan.AggregateFunction;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The aggregate functions by name, and what they answer. */
final class AggregateFunctions {

  /** Signatures and descriptions, for people. */
  static final Map<String, String> DESCRIPTIONS = new LinkedHashMap<>();

  static {
    DESCRIPTIONS.put("COUNT(*)", "how many rows: BIGINT");
    DESCRIPTIONS.put("COUNT([DISTINCT] x)", "how many values that are not NULL: BIGINT");
    DESCRIPTIONS.put("SUM([DISTINCT] x)", "the sum, of the type of x");
    DESCRIPTIONS.put(
        "AVG([DISTINCT] x)", "the mean, of the type of x: of whole numbers cut towards zero");
    DESCRIPTIONS.put("MIN(x)", "the least value");
    DESCRIPTIONS.put("MAX(x)", "the greatest value");
    DESCRIPTIONS.put(
        "PERCENTILE(x, fraction)",
        "the value below which the fraction, 0 to 1, of the values lie, exact, between two values"
            + " by linear interpolation: DOUBLE");
  }

  private static final List<String> SUPPORTED =
      List.of("COUNT", "SUM", "AVG", "MIN", "MAX", "PERCENTILE");

  /** Aggregates and functions over rows that Flink or Calcite know and Millrace does not. */
  private static final List<String> OTHERS =
      List.of(
          "STDDEV_POP",
          "STDDEV_SAMP",
          "STDDEV",
          "VAR_POP",
          "VAR_SAMP",
          "VARIANCE",
          "COLLECT",
          "LISTAGG",
          "FIRST_VALUE",
          "LAST_VALUE",
          "APPROX_COUNT_DISTINCT",
          "PERCENTILE_CONT",
          "PERCENTILE_DISC",
          "ARRAY_AGG",
          "SINGLE_VALUE",
          "ANY_VALUE",
          "EVERY",
          "SOME",
          "BIT_AND",
          "BIT_OR",
          "GROUPING",
          "ROW_NUMBER",
          "RANK",
          "DENSE_RANK",
          "LAG",
          "LEAD",
          "NTILE",
          "CUME_DIST",
          "PERCENT_RANK",
          "NTH_VALUE",
          "JSON_OBJECTAGG",
          "JSON_ARRAYAGG");

  private AggregateFunctions() {}

  static boolean isAggregate(String name) {
    return SUPPORTED.contains(name);
  }

  /** What to say of a function that does not exist. */
  static SqlException unknown(String name, Position at) {
    if (OTHERS.contains(name)) {
      return new SqlException(
          at,
          "the aggregate function "
              + name
              + " is not supported; there is "
              + Messages.oneOf(SUPPORTED));
    }
    switch (name) {
      case "PROCTIME":
        return new SqlException(
            at, "PROCTIME is not supported; windows are of event time, by WATERMARK FOR");
      case "TUMBLE", "HOP", "SESSION", "CUMULATE":
        return new SqlException(
            at,
            name
                + " is a table function; write FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(time),"
                + " INTERVAL '1' HOUR)) GROUP BY window_start, window_end");
      default:
        List<String> names = new ArrayList<>(SUPPORTED);
        FunctionTable.all().forEach(function -> names.add(function.name()));
        names.add("CURRENT_WATERMARK");
        String instead = Messages.instead(name, names);
        return new SqlException(
            at,
            "there is no function "
                + Messages.shorten(name)
                + (instead.startsWith("; did")
                    ? instead
                    : "; SHOW FUNCTIONS lists those there are"));
    }
  }

  /** The type of the result over an argument; checks the argument. */
  static DataType type(AggregateFunction function, DataType argument, Position at) {
    switch (function) {
      case COUNT:
        return DataType.of(Kind.BIGINT).withNullable(false);
      case SUM, AVG, PERCENTILE:
        if (!argument.isNumeric()) {
          throw new SqlException(
              at, function + " takes a number; found " + Operators.shown(argument));
        }
        break;
      case MIN, MAX:
        if (argument.kind() == Kind.BYTES
            || argument.kind() == Kind.NULL
            || TypeRules.isInterval(argument)) {
          throw new SqlException(
              at,
              function + " takes a value that can be ordered; found " + Operators.shown(argument));
        }
        break;
    }
    return switch (function) {
      case PERCENTILE -> DataType.of(Kind.DOUBLE);
      case SUM -> argument.kind() == Kind.DECIMAL ? TypeRules.decimalTotal(argument) : argument;
      case AVG -> argument.kind() == Kind.DECIMAL ? TypeRules.decimalMean(argument) : argument;
      default -> argument;
    };
  }
}
