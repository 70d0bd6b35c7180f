package io.millrace.streams.plan;

/**
 * The type of a column or expression.
 *
 * @param kind what it is
 * @param nullable whether NULL may occur
 * @param precision digits of a {@link Kind#DECIMAL} (1 to 38), digits of the fraction of a second
 *     of a {@link Kind#TIMESTAMP} or {@link Kind#TIMESTAMP_LTZ} (0 to 3), maximum length of a
 *     {@link Kind#STRING} ({@link #UNBOUNDED} for STRING); 0 otherwise
 * @param scale digits after the point of a {@link Kind#DECIMAL}; 0 otherwise
 */
public record DataType(Kind kind, boolean nullable, int precision, int scale) {

  /** The precision of a string without a maximum length. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  /** How a value is carried in memory when it is not NULL. */
  public enum Carrier {
    /** {@code boolean}. */
    BOOLEAN,
    /** {@code long}; narrower integer kinds wrap at their own width, as Java's do. */
    LONG,
    /** {@code double}; {@link Kind#FLOAT} is rounded to {@code float} after each operation. */
    DOUBLE,
    /** {@link java.math.BigDecimal}. */
    DECIMAL,
    /** Text; {@link String} in a {@link Expression.Literal}, the engine may hold UTF-8 bytes. */
    STRING,
    /** Bytes, such as the raw key of a record. */
    BYTES
  }

  /** The kinds of type. */
  public enum Kind {
    BOOLEAN(Carrier.BOOLEAN),
    TINYINT(Carrier.LONG),
    SMALLINT(Carrier.LONG),
    INT(Carrier.LONG),
    BIGINT(Carrier.LONG),
    FLOAT(Carrier.DOUBLE),
    DOUBLE(Carrier.DOUBLE),
    DECIMAL(Carrier.DECIMAL),
    /** CHAR, VARCHAR and STRING. */
    STRING(Carrier.STRING),
    /** BINARY, VARBINARY and BYTES. */
    BYTES(Carrier.BYTES),
    /** Days since 1970-01-01. */
    DATE(Carrier.LONG),
    /** Milliseconds since midnight. */
    TIME(Carrier.LONG),
    /** A local date and time without a zone, as milliseconds since 1970-01-01 00:00:00. */
    TIMESTAMP(Carrier.LONG),
    /** An instant, as milliseconds since the Unix epoch; shown in the session's time zone. */
    TIMESTAMP_LTZ(Carrier.LONG),
    /** A duration in milliseconds (INTERVAL DAY TO SECOND). */
    INTERVAL_MILLIS(Carrier.LONG),
    /** A duration in months (INTERVAL YEAR TO MONTH). */
    INTERVAL_MONTHS(Carrier.LONG),
    /** The type of a bare NULL. */
    NULL(Carrier.LONG);

    private final Carrier carrier;

    Kind(Carrier carrier) {
      this.carrier = carrier;
    }

    /** How a value of this kind is carried in memory. */
    public Carrier carrier() {
      return carrier;
    }
  }

  /** A nullable type of a kind that needs no precision, or with that kind's widest. */
  public static DataType of(Kind kind) {
    return switch (kind) {
      case STRING, BYTES -> new DataType(kind, true, UNBOUNDED, 0);
      case DECIMAL -> new DataType(kind, true, 38, 18);
      case TIMESTAMP, TIMESTAMP_LTZ -> new DataType(kind, true, 3, 0);
      default -> new DataType(kind, true, 0, 0);
    };
  }

  /** The same type with the given nullability. */
  public DataType withNullable(boolean nullable) {
    return nullable == this.nullable ? this : new DataType(kind, nullable, precision, scale);
  }

  /** Whether values are numbers. */
  public boolean isNumeric() {
    return switch (kind) {
      case TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, DECIMAL -> true;
      default -> false;
    };
  }

  /** Whether values are points in time that can carry a watermark. */
  public boolean isTimestamp() {
    return kind == Kind.TIMESTAMP || kind == Kind.TIMESTAMP_LTZ;
  }

  /** The type as it is written in SQL, without its nullability. */
  public String sql() {
    return switch (kind) {
      case STRING -> precision == UNBOUNDED ? "STRING" : "VARCHAR(" + precision + ")";
      case BYTES -> precision == UNBOUNDED ? "BYTES" : "VARBINARY(" + precision + ")";
      case DECIMAL -> "DECIMAL(" + precision + ", " + scale + ")";
      case TIMESTAMP, TIMESTAMP_LTZ -> kind.name() + "(" + precision + ")";
      case INTERVAL_MILLIS -> "INTERVAL DAY TO SECOND";
      case INTERVAL_MONTHS -> "INTERVAL YEAR TO MONTH";
      default -> kind.name();
    };
  }

  @Override
  public String toString() {
    return nullable ? sql() : sql() + " NOT NULL";
  }
}
