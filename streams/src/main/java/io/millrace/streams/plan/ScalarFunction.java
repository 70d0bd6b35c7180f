package io.millrace.streams.plan;

/**
 * The functions of one row that a plan may contain, with what the evaluator can rely on.
 *
 * <p>Unless said otherwise a function answers NULL when any operand is NULL. "Same kind" means that
 * the front end has cast the operands to one {@link DataType.Kind}; decimals may still differ in
 * precision and scale. {@code unit} is a string literal, one of {@code MILLISECOND, SECOND, MINUTE,
 * HOUR, DAY, WEEK, MONTH, QUARTER, YEAR} (for {@link #EXTRACT} also {@code DOW, ISODOW, DOY,
 * EPOCH}). Positions and lengths in text count Unicode characters as Java's UTF-16 units, from 1.
 */
public enum ScalarFunction {
  // Logic, in three values.
  /** Two or more booleans; FALSE wins over NULL. Operands are evaluated from the left. */
  AND,
  /** Two or more booleans; TRUE wins over NULL. Operands are evaluated from the left. */
  OR,
  NOT,
  /** Never NULL. */
  IS_NULL,
  /** Never NULL. */
  IS_NOT_NULL,
  /** Never NULL. */
  IS_TRUE,
  /** Never NULL. */
  IS_NOT_TRUE,
  /** Never NULL. */
  IS_FALSE,
  /** Never NULL. */
  IS_NOT_FALSE,

  // Comparison: two operands of the same kind, boolean result. Text compares by code point.
  EQUAL,
  NOT_EQUAL,
  LESS,
  LESS_OR_EQUAL,
  GREATER,
  GREATER_OR_EQUAL,
  /** Like {@link #EQUAL} where two NULLs are equal; never NULL. */
  IS_NOT_DISTINCT_FROM,
  /** {@code value, literal, literal…} of the same kind, at least one literal, none of them NULL. */
  IN,

  // Arithmetic: operands of the result's kind. Integers wrap at the width of their kind; division
  // of an integer or decimal by zero fails the row; DOUBLE follows IEEE 754. A decimal result is
  // rounded half up to its type's scale, and is NULL when it needs more digits than its precision.
  ADD,
  SUBTRACT,
  MULTIPLY,
  /** Integer division truncates towards zero. */
  DIVIDE,
  /** The remainder, with the sign of the dividend. */
  MODULO,
  NEGATE,
  ABS,
  /** {@code x} of any numeric kind; result of the same kind. */
  CEIL,
  /** {@code x} of any numeric kind; result of the same kind. */
  FLOOR,
  /** {@code x} of any numeric kind, {@code digits} INT (may be negative); half up, away from 0. */
  ROUND,
  /** {@code x} of any numeric kind, {@code digits} INT (may be negative); towards zero. */
  TRUNCATE,
  /** -1, 0 or 1 of the operand's kind. */
  SIGN,
  /** Two DOUBLEs, result DOUBLE. */
  POWER,
  /** DOUBLE to DOUBLE. */
  SQRT,
  /** DOUBLE to DOUBLE. */
  EXP,
  /** DOUBLE to DOUBLE. */
  LN,
  /** DOUBLE to DOUBLE. */
  LOG10,
  /** DOUBLE to DOUBLE. */
  LOG2,
  /** Two or more of the same kind; NULL when any is NULL. */
  GREATEST,
  /** Two or more of the same kind; NULL when any is NULL. */
  LEAST,

  // Choice: results of the call's kind. Only the branch taken is evaluated.
  /** {@code condition, value, condition, value, …, otherwise}; a NULL condition is not met. */
  CASE,
  /** The first operand that is not NULL. */
  COALESCE,

  // Conversion.
  /** To the call's type. What cannot be converted (text that is no number) fails the row. */
  CAST,
  /** To the call's type; NULL when the value cannot be converted. */
  TRY_CAST,

  // Text.
  /** Two or more texts. */
  CONCAT,
  /** {@code separator, text…}: NULL texts are left out; NULL only for a NULL separator. */
  CONCAT_WS,
  UPPER,
  LOWER,
  /** INT. */
  CHAR_LENGTH,
  /** {@code text, from INT [, length INT]}; a negative {@code from} counts from the end. */
  SUBSTRING,
  /** {@code needle, text}: INT, from 1; 0 when absent. */
  POSITION,
  /** {@code text, characters}: removes any of the characters at both ends. */
  TRIM,
  /** {@code text, characters}: removes any of the characters at the start. */
  LTRIM,
  /** {@code text, characters}: removes any of the characters at the end. */
  RTRIM,
  /** {@code text, what, with}: every occurrence. */
  REPLACE,
  /** {@code text, length INT, pad}; cuts when longer; NULL for a negative length or empty pad. */
  LPAD,
  /** {@code text, length INT, pad}; cuts when longer; NULL for a negative length or empty pad. */
  RPAD,
  /** {@code text, length INT}; empty for a length below 1. */
  LEFT,
  /** {@code text, length INT}; empty for a length below 1. */
  RIGHT,
  REVERSE,
  /** {@code text, times INT}; empty for less than 1; fails the row above 1 MiB. */
  REPEAT,
  /** First letter of each word in upper case, the rest in lower case. */
  INITCAP,
  /** {@code text, pattern [, escape]}: {@code %} any run, {@code _} any one character. */
  LIKE,
  /** {@code text, separator, index INT}: the part at an index from 0; NULL beyond the last. */
  SPLIT_INDEX,

  // Time. The session's zone is JobPlan.zone().
  /** {@code number BIGINT, precision INT}: seconds for 0, milliseconds for 3. TIMESTAMP_LTZ(3). */
  TO_TIMESTAMP_LTZ,
  /** {@code text, pattern}: TIMESTAMP(3) by a java.time pattern; NULL when it does not fit. */
  TO_TIMESTAMP,
  /** {@code text, pattern}: DATE by a java.time pattern; NULL when it does not fit. */
  TO_DATE,
  /** {@code TIMESTAMP or TIMESTAMP_LTZ, pattern}: text by a java.time pattern, in the zone. */
  DATE_FORMAT,
  /** {@code unit, DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ or interval}: BIGINT, in the zone. */
  EXTRACT,
  /** {@code unit, DATE, TIMESTAMP or TIMESTAMP_LTZ}: the start of the unit, in the zone. */
  FLOOR_TO,
  /** {@code unit, DATE, TIMESTAMP or TIMESTAMP_LTZ}: itself or the next start of the unit. */
  CEIL_TO,
  /** {@code DATE, TIME, TIMESTAMP or TIMESTAMP_LTZ, interval}: the call's type. Months clip. */
  ADD_INTERVAL,
  /** {@code unit, from, to} both TIMESTAMP or both TIMESTAMP_LTZ: whole units, INT. */
  TIMESTAMP_DIFF,
  /** No operand. TIMESTAMP_LTZ(3): wall-clock time when the row is evaluated. */
  CURRENT_TIMESTAMP
}
