package io.millrace.streams.sql;

import io.millrace.streams.sql.TokenReader.Fragment;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.config.Lex;
import org.apache.calcite.runtime.CalciteException;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlAbstractParserImpl;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.validate.SqlConformanceEnum;

/**
 * Hands queries and expressions to Calcite's parser, set up as Flink does: names keep their case,
 * backquotes quote them.
 */
final class QueryParser {

  /** How deep parentheses, CASE and NOT may be nested. */
  static final int MAX_DEPTH = 100;

  /** The most tokens of one query. */
  static final int MAX_TOKENS = 50_000;

  /** Stands for the name of the argument OFFSET, which Calcite holds for a reserved word. */
  static final String OFFSET_ARGUMENT = "OFFS__";

  private static final String LTZ_WITH_DIGITS = "TIMESTAMP_LTZ_";

  private static final SqlParser.Config CONFIG =
      SqlParser.config()
          .withLex(Lex.JAVA)
          .withUnquotedCasing(Casing.UNCHANGED)
          .withIdentifierMaxLength(256)
          .withConformance(SqlConformanceEnum.BABEL);

  private static final SqlAbstractParserImpl.Metadata WORDS =
      SqlParser.create("", CONFIG).getMetadata();

  private QueryParser() {}

  /** Whether a word must be quoted to be a name. */
  static boolean isReserved(String word) {
    return WORDS.isReservedWord(word.toUpperCase(Locale.ROOT));
  }

  static Parsed query(Fragment fragment) {
    return parse(fragment, "a query", SqlParser::parseQuery);
  }

  static Parsed expression(Fragment fragment) {
    return parse(fragment, "an expression", SqlParser::parseExpression);
  }

  private interface Rule {
    SqlNode parse(SqlParser parser) throws SqlParseException;
  }

  private static Parsed parse(Fragment fragment, String what, Rule rule) {
    if (fragment.tokens().isEmpty()) {
      throw new SqlException(
          fragment.position(), "found " + fragment.after().shown() + "; expected " + what);
    }
    checkSize(fragment.tokens());
    Position origin = fragment.position();
    try {
      SqlNode node = rule.parse(SqlParser.create(readableByCalcite(fragment), CONFIG));
      return new Parsed(node, origin, fragment.text());
    } catch (SqlParseException e) {
      throw ParseErrors.explain(e, fragment);
    } catch (CalciteException e) {
      throw new SqlException(origin, String.valueOf(e.getMessage()));
    }
  }

  private static void checkSize(List<Token> tokens) {
    if (tokens.size() > MAX_TOKENS) {
      throw new SqlException(
          tokens.getFirst().position(),
          "this query has more than " + MAX_TOKENS + " words and symbols");
    }
    int depth = 0;
    for (Token token : tokens) {
      if (token.is("(") || token.is("[") || token.is("{") || token.is("CASE")) {
        depth++;
      } else if (token.is(")") || token.is("]") || token.is("}") || token.is("END")) {
        depth--;
      }
      if (depth > MAX_DEPTH) {
        throw new SqlException(token.position(), "this is nested more than " + MAX_DEPTH + " deep");
      }
    }
  }

  /**
   * The fragment's text with what only Flink's own grammar knows written in a way of the same
   * length that Calcite's reads: {@code TIMESTAMP_LTZ(3)}, and OFFSET as the name of an argument.
   */
  private static String readableByCalcite(Fragment fragment) {
    List<Token> tokens = fragment.tokens();
    int start = tokens.getFirst().start();
    StringBuilder text = new StringBuilder(fragment.text());
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.is("OFFSET") && i + 1 < tokens.size() && tokens.get(i + 1).is("=>")) {
        text.replace(token.start() - start, token.end() - start, OFFSET_ARGUMENT);
      }
      if (token.is("TIMESTAMP_LTZ")
          && i + 3 < tokens.size()
          && tokens.get(i + 1).is("(")
          && tokens.get(i + 2).kind() == Token.Kind.NUMBER
          && tokens.get(i + 2).text().length() == 1
          && tokens.get(i + 3).is(")")) {
        blank(text, token.start() - start, tokens.get(i + 3).end() - start);
        String name = LTZ_WITH_DIGITS + tokens.get(i + 2).text();
        text.replace(token.start() - start, token.start() - start + name.length(), name);
      }
    }
    return text.toString();
  }

  /** Overwrites by spaces, but keeps line ends so that positions stay. */
  private static void blank(StringBuilder text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '\n' && text.charAt(i) != '\r') {
        text.setCharAt(i, ' ');
      }
    }
  }

  /** The digits in a type name that {@link #readableByCalcite} has made, or -1 for another name. */
  static int digitsOfTimestampLtz(String name) {
    return name.length() == LTZ_WITH_DIGITS.length() + 1 && name.startsWith(LTZ_WITH_DIGITS)
        ? Character.digit(name.charAt(name.length() - 1), 10)
        : -1;
  }
}
