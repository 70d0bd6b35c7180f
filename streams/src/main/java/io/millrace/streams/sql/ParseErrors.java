package io.millrace.streams.sql;

import io.millrace.streams.sql.TokenReader.Fragment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * Puts the errors of Calcite's parser, which list every token of its grammar that could follow,
 * into one sentence.
 */
final class ParseErrors {

  /** Words that are worth naming when they are expected, in the order to name them. */
  private static final List<String> WORTH_NAMING =
      List.of(
          ",",
          ")",
          "AS",
          "FROM",
          "WHERE",
          "GROUP",
          "HAVING",
          "UNION",
          "BY",
          "ALL",
          "SELECT",
          "VALUES",
          "TO",
          "WHEN",
          "THEN",
          "ELSE",
          "END",
          "AND",
          "IN",
          "BETWEEN",
          "LIKE",
          "NULL",
          "(",
          "DISTINCT",
          "TABLE",
          "=>");

  /** Reserved words that are hardly ever meant as names. */
  private static final Set<String> STRUCTURE =
      Set.of(
          "SELECT", "FROM", "WHERE", "GROUP", "BY", "HAVING", "UNION", "ALL", "ORDER", "AS", "END",
          "INSERT", "INTO", "CREATE", "DROP", "WITH", "SET", "AND", "OR", "NOT", "CASE", "WHEN",
          "THEN", "ELSE", "ON", "JOIN", "IN", "IS", "LIKE", "BETWEEN", "NULL", "TABLE", "VALUES");

  private static final int MOST_NAMED = 8;

  private ParseErrors() {}

  static SqlException explain(SqlParseException e, Fragment fragment) {
    SqlParserPos pos = e.getPos();
    Position at = pos == null ? fragment.position() : fragment.position().plus(pos);
    int[][] sequences = e.getExpectedTokenSequences();
    String[] images = e.getTokenImages();
    if (sequences == null || images == null || sequences.length == 0) {
      return new SqlException(at, sentence(e));
    }
    int index = indexAt(fragment, at);
    Token found = tokenAt(fragment, index);
    Set<String> expected = firstOf(sequences, images, found);
    if (expected.isEmpty()) {
      // The token itself fits; what follows it does not.
      expected = secondOf(sequences, images, found);
      index++;
      found = tokenAt(fragment, index);
    }
    if (found.is("ARRAY") || found.is("ROW") || found.is("MAP") || found.is("MULTISET")) {
      return new SqlException(
          found.position(), found.text() + " is not supported; values are flat");
    }
    String message = "found " + shown(found, fragment) + "; expected " + describe(expected);
    Token before = index > 0 ? tokenAt(fragment, index - 1) : found;
    if (isTakenForName(found) && isName(expected)) {
      message += quoting(found);
    } else if (isTakenForName(before) && expected.contains("(") && !isExpression(expected)) {
      message += quoting(before);
    }
    return new SqlException(found.position(), message);
  }

  private static boolean isTakenForName(Token token) {
    return token.kind() == Token.Kind.WORD
        && QueryParser.isReserved(token.text())
        && !STRUCTURE.contains(token.text().toUpperCase(Locale.ROOT));
  }

  private static String quoting(Token token) {
    return " ("
        + token.text()
        + " is a reserved word; as a name it is written `"
        + token.text()
        + "`)";
  }

  /** Calcite's own message without the place and the list. */
  private static String sentence(SqlParseException e) {
    String message = String.valueOf(e.getMessage());
    if (e.getCause() instanceof StackOverflowError || message.contains("StackOverflow")) {
      return "this is nested too deeply";
    }
    int end = message.indexOf('\n');
    String first = end < 0 ? message : message.substring(0, end);
    return first.replaceAll(" at line \\d+, column \\d+", "").strip();
  }

  private static int indexAt(Fragment fragment, Position at) {
    List<Token> tokens = fragment.tokens();
    for (int i = 0; i < tokens.size(); i++) {
      Position p = tokens.get(i).position();
      if (p.line() > at.line() || (p.line() == at.line() && p.column() >= at.column())) {
        return i;
      }
    }
    return tokens.size();
  }

  private static Token tokenAt(Fragment fragment, int index) {
    return index < fragment.tokens().size() ? fragment.tokens().get(index) : fragment.after();
  }

  private static String shown(Token found, Fragment fragment) {
    return found.is(";") && found.equals(fragment.after())
        ? "';', the end of the statement"
        : found.shown();
  }

  /** What could stand first, without the sequences that the found token begins. */
  private static Set<String> firstOf(int[][] sequences, String[] images, Token found) {
    Set<String> expected = new LinkedHashSet<>();
    for (int[] sequence : sequences) {
      String first = image(images, sequence[0]);
      if (sequence.length > 1 && found.is(first)) {
        return Set.of();
      }
      expected.add(first);
    }
    return expected;
  }

  private static Set<String> secondOf(int[][] sequences, String[] images, Token found) {
    Set<String> expected = new LinkedHashSet<>();
    for (int[] sequence : sequences) {
      if (sequence.length > 1 && found.is(image(images, sequence[0]))) {
        expected.add(image(images, sequence[1]));
      }
    }
    return expected;
  }

  private static String image(String[] images, int token) {
    String image = images[token];
    return image.length() > 2 && image.startsWith("\"")
        ? image.substring(1, image.length() - 1).toUpperCase(Locale.ROOT)
        : image;
  }

  private static boolean isExpression(Set<String> expected) {
    return expected.contains("<UNSIGNED_INTEGER_LITERAL>") && expected.contains("CAST");
  }

  private static boolean isName(Set<String> expected) {
    return expected.contains("<IDENTIFIER>");
  }

  private static String describe(Set<String> expected) {
    Set<String> named = new LinkedHashSet<>();
    boolean expression = isExpression(expected);
    if (expression) {
      named.add("an expression");
    } else if (isName(expected)) {
      named.add("a name");
    }
    if (expected.contains("<") && expected.contains("+") && !expression) {
      named.add("an operator");
    }
    if (expected.contains("SECOND") && expected.contains("MONTH") && !expression) {
      named.add("a unit such as SECOND, MINUTE, HOUR or DAY");
    }
    boolean followsExpression = named.contains("an operator");
    for (String word : WORTH_NAMING) {
      boolean partOfExpression =
          expression && !word.equals(",") && !word.equals(")") && !word.equals("DISTINCT");
      boolean operator =
          followsExpression && List.of("AND", "IN", "BETWEEN", "LIKE", "(").contains(word);
      if (expected.contains(word) && !partOfExpression && !operator && named.size() < MOST_NAMED) {
        named.add(shown(word));
      }
    }
    if (expected.contains("<EOF>")) {
      named.add("the end of the statement");
    }
    if (named.isEmpty()) {
      expected.stream().limit(MOST_NAMED).map(ParseErrors::shown).forEach(named::add);
    }
    return Messages.oneOf(named);
  }

  private static String shown(String word) {
    return switch (word) {
      case "<QUOTED_STRING>" -> "text in single quotes";
      case "<UNSIGNED_INTEGER_LITERAL>" -> "a whole number";
      case "<IDENTIFIER>" -> "a name";
      case "GROUP" -> "GROUP BY";
      case "UNION" -> "UNION ALL";
      default ->
          Character.isLetter(word.charAt(0)) || word.startsWith("<") ? word : "'" + word + "'";
    };
  }
}
