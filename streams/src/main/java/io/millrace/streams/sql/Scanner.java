package io.millrace.streams.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a script into tokens. Its idea of comments, text and quoted names is that of Calcite's
 * parser, so that a semicolon ends a statement here exactly where it would there.
 */
final class Scanner {

  /** The longest script that is looked at, in characters. */
  static final int MAX_SCRIPT = 1 << 20;

  private static final List<String> TWO_CHARACTER_SYMBOLS =
      List.of("=>", "<>", "<=", ">=", "!=", "||");
  private static final String SYMBOLS = "()*,.;+-/%=<>[]{}:?&|^!";

  private final String script;
  private final List<Token> tokens = new ArrayList<>();
  private int index;
  private int line = 1;
  private int lineStart;

  private Scanner(String script) {
    this.script = script;
  }

  /**
   * The tokens of a script, the last of which is {@link Token.Kind#END}.
   *
   * @throws SqlException for a comment or quote without an end, or a character with no meaning
   */
  static List<Token> scan(String script) {
    if (script.length() > MAX_SCRIPT) {
      throw new SqlException(
          new Position(1, 1),
          "the script has " + script.length() + " characters; at most " + MAX_SCRIPT + " are read");
    }
    Scanner scanner = new Scanner(script);
    scanner.run();
    return scanner.tokens;
  }

  private void run() {
    while (index < script.length()) {
      char c = script.charAt(index);
      if (Character.isWhitespace(c)) {
        advance();
      } else if (looksAt("--")) {
        while (index < script.length() && !atLineEnd(index)) {
          index++;
        }
      } else if (looksAt("//")) {
        throw new SqlException(here(), "found //; a comment is written -- … or /* … */");
      } else if (looksAt("/*")) {
        comment();
      } else if (c == '\'') {
        quoted(Token.Kind.TEXT, '\'', "text");
      } else if (c == '`') {
        quoted(Token.Kind.QUOTED_NAME, '`', "name");
      } else if (c == '"') {
        throw new SqlException(
            here(), "found \"; names are quoted by backquotes, `name`, and text by 'text'");
      } else if (isDigit(c) || (c == '.' && isDigit(at(index + 1)))) {
        number();
      } else if (Character.isJavaIdentifierStart(c)) {
        int start = index;
        while (index < script.length() && Character.isJavaIdentifierPart(script.charAt(index))) {
          index++;
        }
        add(Token.Kind.WORD, script.substring(start, index), start, positionOf(start));
      } else {
        symbol(c);
      }
    }
    tokens.add(new Token(Token.Kind.END, "", script.length(), script.length(), here()));
  }

  private void comment() {
    Position begin = here();
    if (at(index + 2) == '+') {
      throw new SqlException(begin, "found a hint, /*+ … */; hints are not supported");
    }
    int end = script.indexOf("*/", index + 2);
    if (end < 0) {
      throw new SqlException(begin, "this comment has no end; */ was expected");
    }
    while (index < end + 2) {
      advance();
    }
  }

  private void quoted(Token.Kind kind, char quote, String what) {
    int start = index;
    Position begin = here();
    StringBuilder text = new StringBuilder();
    advance();
    while (true) {
      if (index >= script.length()) {
        throw new SqlException(begin, "this " + what + " has no end; " + quote + " was expected");
      }
      char c = script.charAt(index);
      if (c == quote && at(index + 1) == quote) {
        text.append(quote);
        index += 2;
      } else if (c == quote) {
        index++;
        break;
      } else {
        text.append(c);
        advance();
      }
    }
    if (kind == Token.Kind.QUOTED_NAME && text.isEmpty()) {
      throw new SqlException(begin, "a name cannot be empty");
    }
    add(kind, text.toString(), start, begin);
  }

  private void number() {
    int start = index;
    while (isDigit(at(index))) {
      index++;
    }
    if (at(index) == '.') {
      index++;
      while (isDigit(at(index))) {
        index++;
      }
    }
    if (at(index) == 'e' || at(index) == 'E') {
      int sign = at(index + 1) == '+' || at(index + 1) == '-' ? 1 : 0;
      if (isDigit(at(index + 1 + sign))) {
        index += 1 + sign;
        while (isDigit(at(index))) {
          index++;
        }
      }
    }
    add(Token.Kind.NUMBER, script.substring(start, index), start, positionOf(start));
  }

  private void symbol(char c) {
    int start = index;
    for (String symbol : TWO_CHARACTER_SYMBOLS) {
      if (looksAt(symbol)) {
        index += 2;
        add(Token.Kind.SYMBOL, symbol, start, positionOf(start));
        return;
      }
    }
    if (SYMBOLS.indexOf(c) < 0) {
      throw new SqlException(
          here(), "found the character " + shown(c) + ", which has no meaning in SQL here");
    }
    index++;
    add(Token.Kind.SYMBOL, String.valueOf(c), start, positionOf(start));
  }

  private static String shown(char c) {
    return c < ' ' || Character.isSurrogate(c) || !Character.isDefined(c)
        ? String.format("U+%04X", (int) c)
        : "'" + c + "'";
  }

  private void add(Token.Kind kind, String text, int start, Position position) {
    tokens.add(new Token(kind, text, start, index, position));
  }

  private boolean looksAt(String text) {
    return script.startsWith(text, index);
  }

  private char at(int i) {
    return i < script.length() ? script.charAt(i) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private boolean atLineEnd(int i) {
    return script.charAt(i) == '\n' || script.charAt(i) == '\r';
  }

  /** Steps over one character and counts lines: each of \n, \r\n and \r ends one. */
  private void advance() {
    boolean lineEnd =
        script.charAt(index) == '\n' || (script.charAt(index) == '\r' && at(index + 1) != '\n');
    index++;
    if (lineEnd) {
      line++;
      lineStart = index;
    }
  }

  private Position here() {
    return positionOf(index);
  }

  private Position positionOf(int start) {
    return new Position(line, start - lineStart + 1);
  }
}
