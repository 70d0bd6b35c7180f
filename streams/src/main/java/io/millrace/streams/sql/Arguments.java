package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import java.util.List;

/**
 * What a function is given, with the checks that functions make of it. An argument that is a bare
 * NULL is taken for a NULL of the sort that is asked for.
 *
 * @param function the function's name
 * @param at where the call stands
 * @param values the arguments
 * @param positions where they stand
 */
record Arguments(String function, Position at, List<Expression> values, List<Position> positions) {

  int count() {
    return values.size();
  }

  Expression value(int index) {
    return values.get(index);
  }

  DataType type(int index) {
    return values.get(index).type();
  }

  /** A number of any kind. */
  Expression number(int index) {
    if (isNull(index)) {
      return Operators.as(value(index), DataType.of(Kind.INT));
    }
    if (!type(index).isNumeric()) {
      throw wrong(index, "a number");
    }
    return value(index);
  }

  /** A number as DOUBLE. */
  Expression asDouble(int index) {
    return Operators.as(number(index), DataType.of(Kind.DOUBLE));
  }

  /** A whole number as INT. */
  Expression asInt(int index) {
    return whole(index, Kind.INT);
  }

  /** A whole number as BIGINT. */
  Expression asBigint(int index) {
    return whole(index, Kind.BIGINT);
  }

  private Expression whole(int index, Kind kind) {
    if (!isNull(index) && !TypeRules.isInteger(type(index))) {
      throw wrong(index, "a whole number");
    }
    return Operators.as(value(index), DataType.of(kind));
  }

  /** Text. */
  Expression text(int index) {
    return kind(index, Kind.STRING, "text");
  }

  /** A BOOLEAN. */
  Expression condition(int index) {
    return kind(index, Kind.BOOLEAN, "a BOOLEAN");
  }

  private Expression kind(int index, Kind kind, String what) {
    if (isNull(index)) {
      return Operators.as(value(index), DataType.of(kind));
    }
    if (type(index).kind() != kind) {
      throw wrong(index, what);
    }
    return value(index);
  }

  /** A TIMESTAMP or TIMESTAMP_LTZ; a DATE becomes a TIMESTAMP. */
  Expression timestamp(int index) {
    if (isNull(index) || type(index).kind() == Kind.DATE) {
      return Operators.as(value(index), DataType.of(Kind.TIMESTAMP));
    }
    if (!type(index).isTimestamp()) {
      throw wrong(index, "a TIMESTAMP or TIMESTAMP_LTZ");
    }
    return value(index);
  }

  SqlException wrong(int index, String expected) {
    DataType type = type(index);
    return new SqlException(
        positions.get(index),
        "argument "
            + (index + 1)
            + " of "
            + function
            + " is "
            + Operators.shown(type)
            + "; expected "
            + expected);
  }

  private boolean isNull(int index) {
    return type(index).kind() == Kind.NULL;
  }
}
