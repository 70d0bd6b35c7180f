package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import java.util.Optional;

/** Which type results from which, as Flink has it. */
final class TypeRules {

  private static final int MAX_DIGITS = 38;
  private static final int LEAST_SCALE = 6;

  private TypeRules() {}

  /** The type that holds the values of both, if there is one. */
  static Optional<DataType> common(DataType a, DataType b) {
    boolean nullable = a.nullable() || b.nullable();
    return commonKind(a, b).map(type -> type.withNullable(nullable));
  }

  private static Optional<DataType> commonKind(DataType a, DataType b) {
    if (a.kind() == Kind.NULL) {
      return Optional.of(b);
    }
    if (b.kind() == Kind.NULL) {
      return Optional.of(a);
    }
    if (a.isNumeric() && b.isNumeric()) {
      return Optional.of(commonNumber(a, b));
    }
    if (a.kind() == b.kind()) {
      return Optional.of(a.precision() >= b.precision() ? a : b);
    }
    if (a.kind() == Kind.DATE && b.kind() == Kind.TIMESTAMP) {
      return Optional.of(b);
    }
    if (a.kind() == Kind.TIMESTAMP && b.kind() == Kind.DATE) {
      return Optional.of(a);
    }
    return Optional.empty();
  }

  private static DataType commonNumber(DataType a, DataType b) {
    if (isApproximate(a) || isApproximate(b)) {
      boolean bothFit = fitsFloat(a) && fitsFloat(b);
      return DataType.of(bothFit ? Kind.FLOAT : Kind.DOUBLE);
    }
    if (a.kind() == Kind.DECIMAL || b.kind() == Kind.DECIMAL) {
      DataType x = asDecimal(a);
      DataType y = asDecimal(b);
      int scale = Math.max(x.scale(), y.scale());
      int whole = Math.max(x.precision() - x.scale(), y.precision() - y.scale());
      return decimal(Math.min(MAX_DIGITS, whole + scale), scale);
    }
    return a.kind().compareTo(b.kind()) >= 0 ? a : b;
  }

  private static boolean fitsFloat(DataType type) {
    return type.kind() != Kind.DOUBLE && type.kind() != Kind.DECIMAL;
  }

  static boolean isApproximate(DataType type) {
    return type.kind() == Kind.FLOAT || type.kind() == Kind.DOUBLE;
  }

  /** Whether it is a whole number of 8 to 64 bits. */
  static boolean isInteger(DataType type) {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, INT, BIGINT -> true;
      default -> false;
    };
  }

  static boolean isInterval(DataType type) {
    return type.kind() == Kind.INTERVAL_MILLIS || type.kind() == Kind.INTERVAL_MONTHS;
  }

  /** The decimal that holds every value of an integer type; a decimal itself. */
  static DataType asDecimal(DataType type) {
    int digits =
        switch (type.kind()) {
          case TINYINT -> 3;
          case SMALLINT -> 5;
          case INT -> 10;
          case BIGINT -> 19;
          default -> type.precision();
        };
    return new DataType(
        Kind.DECIMAL, type.nullable(), digits, type.kind() == Kind.DECIMAL ? type.scale() : 0);
  }

  /** The type of {@code a + b} and {@code a - b} of decimals. */
  static DataType decimalSum(DataType a, DataType b) {
    int scale = Math.max(a.scale(), b.scale());
    int whole = Math.max(a.precision() - a.scale(), b.precision() - b.scale());
    return fitted(whole + scale + 1, scale);
  }

  /** The type of {@code a * b} of decimals. */
  static DataType decimalProduct(DataType a, DataType b) {
    return fitted(a.precision() + b.precision() + 1, a.scale() + b.scale());
  }

  /** The type of {@code a / b} of decimals. */
  static DataType decimalQuotient(DataType a, DataType b) {
    int scale = Math.max(LEAST_SCALE, a.scale() + b.precision() + 1);
    return fitted(a.precision() - a.scale() + b.scale() + scale, scale);
  }

  /** The type of {@code a % b} of decimals. */
  static DataType decimalRemainder(DataType a, DataType b) {
    int scale = Math.max(a.scale(), b.scale());
    int whole = Math.min(a.precision() - a.scale(), b.precision() - b.scale());
    return fitted(Math.max(1, whole + scale), scale);
  }

  /** The type of the sum over many rows of a decimal. */
  static DataType decimalTotal(DataType type) {
    return decimal(MAX_DIGITS, type.scale());
  }

  /** The type of the mean over many rows of a decimal. */
  static DataType decimalMean(DataType type) {
    return decimal(MAX_DIGITS, Math.max(LEAST_SCALE, type.scale()));
  }

  /** The type of a decimal rounded to a number of digits after the point. */
  static DataType decimalRounded(DataType type, int digits) {
    if (digits >= type.scale()) {
      return type;
    }
    int scale = Math.max(0, digits);
    return decimal(Math.min(MAX_DIGITS, type.precision() - type.scale() + scale + 1), scale);
  }

  /** Whole digits are kept; the scale gives way, down to 6 digits. */
  private static DataType fitted(int precision, int scale) {
    if (precision <= MAX_DIGITS) {
      return decimal(precision, scale);
    }
    int whole = precision - scale;
    return decimal(MAX_DIGITS, Math.max(MAX_DIGITS - whole, Math.min(scale, LEAST_SCALE)));
  }

  private static DataType decimal(int precision, int scale) {
    return new DataType(Kind.DECIMAL, true, precision, scale);
  }

  /** Whether CAST can turn one into the other. */
  static boolean canCast(DataType from, DataType to) {
    if (from.kind() == to.kind() || from.kind() == Kind.NULL) {
      return true;
    }
    if (to.kind() == Kind.NULL || isInterval(from) || isInterval(to)) {
      return false;
    }
    if (from.kind() == Kind.STRING || to.kind() == Kind.STRING) {
      return true;
    }
    return switch (from.kind()) {
      case BOOLEAN -> to.isNumeric();
      case TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, DECIMAL ->
          to.isNumeric() || to.kind() == Kind.BOOLEAN;
      case DATE -> to.isTimestamp();
      case TIMESTAMP, TIMESTAMP_LTZ ->
          to.isTimestamp() || to.kind() == Kind.DATE || to.kind() == Kind.TIME;
      default -> false;
    };
  }

  /** Whether a query's column may be written to a table's column without a CAST. */
  static boolean canAssign(DataType from, DataType to) {
    if (from.kind() == to.kind() || from.kind() == Kind.NULL) {
      return true;
    }
    return switch (to.kind()) {
      case SMALLINT, INT, BIGINT -> isInteger(from) && from.kind().compareTo(to.kind()) < 0;
      case FLOAT -> from.isNumeric() && from.kind() != Kind.DOUBLE;
      case DOUBLE, DECIMAL -> from.isNumeric();
      case TIMESTAMP -> from.kind() == Kind.DATE || from.kind() == Kind.TIMESTAMP_LTZ;
      case TIMESTAMP_LTZ -> from.kind() == Kind.TIMESTAMP;
      default -> false;
    };
  }
}
