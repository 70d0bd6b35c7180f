package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import java.util.List;
import java.util.Locale;

/** Reads types: in column definitions from tokens, in casts by name. */
final class TypeParser {

  /** The types that a column can have, as messages list them. */
  static final List<String> NAMES =
      List.of(
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INT",
          "BIGINT",
          "FLOAT",
          "DOUBLE",
          "DECIMAL(p, s)",
          "STRING",
          "VARCHAR(n)",
          "CHAR(n)",
          "BYTES",
          "DATE",
          "TIME",
          "TIMESTAMP(3)",
          "TIMESTAMP_LTZ(3)");

  private static final int ABSENT = -1;

  private TypeParser() {}

  /** Reads a type and its NOT NULL. */
  static DataType parse(TokenReader tokens) {
    Token token = tokens.peek();
    if (token.kind() != Token.Kind.WORD) {
      throw tokens.unexpected("a type, such as STRING or TIMESTAMP(3)");
    }
    tokens.next();
    String name = token.text().toUpperCase(Locale.ROOT);
    if (name.equals("DOUBLE")) {
      tokens.accept("PRECISION");
    }
    int precision = ABSENT;
    int scale = ABSENT;
    if (tokens.accept("(")) {
      precision = tokens.expectNumber("a number of digits or characters", Integer.MAX_VALUE);
      if (tokens.accept(",")) {
        scale = tokens.expectNumber("a number of digits after the point", 38);
      }
      tokens.expect(")");
    }
    if (name.equals("TIMESTAMP") || name.equals("TIME")) {
      if (tokens.at("WITHOUT", "TIME")) {
        tokens.next();
        tokens.next();
        tokens.expect("ZONE");
      } else if (tokens.accept("WITH")) {
        tokens.expect("LOCAL");
        tokens.expect("TIME");
        tokens.expect("ZONE");
        name = name + "_LTZ";
      }
    }
    DataType type = named(name, precision, scale, token.position());
    if (tokens.accept("NOT", "NULL")) {
      return type.withNullable(false);
    }
    tokens.accept("NULL");
    return type;
  }

  /**
   * The nullable type of a name, in upper case.
   *
   * @param precision -1 when none is given
   * @param scale -1 when none is given
   */
  static DataType named(String name, int precision, int scale, Position at) {
    return switch (name) {
      case "BOOLEAN" -> plain(Kind.BOOLEAN, name, precision, at);
      case "TINYINT" -> plain(Kind.TINYINT, name, precision, at);
      case "SMALLINT" -> plain(Kind.SMALLINT, name, precision, at);
      case "INT", "INTEGER" -> plain(Kind.INT, name, precision, at);
      case "BIGINT" -> plain(Kind.BIGINT, name, precision, at);
      case "FLOAT" -> plain(Kind.FLOAT, name, precision, at);
      case "DOUBLE" -> plain(Kind.DOUBLE, name, precision, at);
      case "DATE" -> plain(Kind.DATE, name, precision, at);
      case "STRING" -> plain(Kind.STRING, name, precision, at);
      case "BYTES" -> plain(Kind.BYTES, name, precision, at);
      case "DECIMAL", "DEC", "NUMERIC" -> decimal(precision, scale, at);
      case "CHAR" -> sized(Kind.STRING, precision == ABSENT ? 1 : precision, at);
      case "VARCHAR" -> sized(Kind.STRING, precision == ABSENT ? 1 : precision, at);
      case "BINARY", "VARBINARY" -> sized(Kind.BYTES, precision == ABSENT ? 1 : precision, at);
      case "TIME" -> {
        digits(name, precision, at);
        yield DataType.of(Kind.TIME);
      }
      case "TIMESTAMP" -> new DataType(Kind.TIMESTAMP, true, digits(name, precision, at), 0);
      case "TIMESTAMP_LTZ", "TIMESTAMP_WITH_LOCAL_TIME_ZONE" ->
          new DataType(Kind.TIMESTAMP_LTZ, true, digits("TIMESTAMP_LTZ", precision, at), 0);
      case "ARRAY", "MAP", "ROW", "MULTISET", "VARIANT", "RAW" ->
          throw new SqlException(
              at, "the type " + name + " is not supported; columns are flat: " + types());
      default ->
          throw new SqlException(
              at, "there is no type " + Messages.shorten(name) + "; the types are " + types());
    };
  }

  private static String types() {
    return Messages.oneOf(NAMES);
  }

  private static DataType plain(Kind kind, String name, int precision, Position at) {
    if (precision != ABSENT) {
      throw new SqlException(at, name + " takes no precision; write " + name);
    }
    return DataType.of(kind);
  }

  private static DataType sized(Kind kind, int length, Position at) {
    if (length < 1) {
      throw new SqlException(at, "the length is " + length + "; at least 1 is possible");
    }
    return new DataType(kind, true, length, 0);
  }

  private static DataType decimal(int precision, int scale, Position at) {
    int p = precision == ABSENT ? 10 : precision;
    int s = scale == ABSENT ? 0 : scale;
    if (p < 1 || p > 38 || s > p) {
      throw new SqlException(
          at,
          "DECIMAL("
              + p
              + ", "
              + s
              + ") is not possible; there are 1 to 38 digits, and no more of them after the point");
    }
    return new DataType(Kind.DECIMAL, true, p, s);
  }

  private static int digits(String name, int precision, Position at) {
    if (precision > 3) {
      throw new SqlException(
          at,
          name
              + "("
              + precision
              + ") is not supported; time is kept in milliseconds: "
              + name
              + "(3)");
    }
    return precision == ABSENT ? 3 : precision;
  }
}
