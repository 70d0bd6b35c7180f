package io.millrace.streams.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A place in a list of tokens, with the steps that a parser by recursive descent is made of. */
final class TokenReader {

  private final String script;
  private final List<Token> tokens;
  private int index;

  TokenReader(String script, List<Token> tokens) {
    this.script = script;
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(index);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(index + ahead, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(index);
    if (token.kind() != Token.Kind.END) {
      index++;
    }
    return token;
  }

  boolean atEnd() {
    return peek().kind() == Token.Kind.END;
  }

  boolean at(String wordOrSymbol) {
    return peek().is(wordOrSymbol);
  }

  /** Whether the next tokens are these. */
  boolean at(String first, String second) {
    return peek().is(first) && peek(1).is(second);
  }

  /** Steps over the token if it is next. */
  boolean accept(String wordOrSymbol) {
    if (at(wordOrSymbol)) {
      next();
      return true;
    }
    return false;
  }

  /** Steps over both tokens if they are next. */
  boolean accept(String first, String second) {
    if (at(first, second)) {
      next();
      next();
      return true;
    }
    return false;
  }

  Token expect(String wordOrSymbol) {
    if (!at(wordOrSymbol)) {
      throw unexpected(
          Character.isLetter(wordOrSymbol.charAt(0)) ? wordOrSymbol : "'" + wordOrSymbol + "'");
    }
    return next();
  }

  /** A text in single quotes. */
  Token expectText(String what) {
    if (peek().kind() != Token.Kind.TEXT) {
      throw unexpected(what + " in single quotes");
    }
    return next();
  }

  /** A whole number that is not negative. */
  int expectNumber(String what, int max) {
    Token token = peek();
    if (token.kind() == Token.Kind.NUMBER
        && token.text().chars().allMatch(c -> c >= '0' && c <= '9')) {
      next();
      if (token.text().length() > 9 || Integer.parseInt(token.text()) > max) {
        throw new SqlException(
            token.position(), what + " is " + token.shown() + "; at most " + max + " is possible");
      }
      return Integer.parseInt(token.text());
    }
    throw unexpected(what);
  }

  /** A name, which must be in backquotes when it is a reserved word. */
  Name expectName(String what) {
    Token token = peek();
    if (token.kind() == Token.Kind.QUOTED_NAME) {
      next();
    } else if (token.kind() == Token.Kind.WORD) {
      if (QueryParser.isReserved(token.text())) {
        throw new SqlException(
            token.position(),
            "found the reserved word "
                + token.text()
                + " where "
                + what
                + " was expected; as a name it is written `"
                + token.text()
                + "`");
      }
      next();
    } else {
      throw unexpected(what);
    }
    if (at(".")) {
      throw new SqlException(
          token.position(), "there is one catalog with one database; give the name alone");
    }
    return new Name(token.text(), token.position());
  }

  SqlException unexpected(String expected) {
    Token token = peek();
    return new SqlException(token.position(), "found " + token.shown() + "; expected " + expected);
  }

  /**
   * The tokens from here to the first of the given at the same depth of parentheses, which is not
   * stepped over.
   */
  Fragment fragmentUntil(Stop stop) {
    int from = index;
    int depth = 0;
    while (!atEnd()) {
      Token token = peek();
      if (token.is(";") || (depth == 0 && stop.stopsAt(token, peek(1)))) {
        break;
      }
      if (token.is("(")) {
        depth++;
      } else if (token.is(")")) {
        depth--;
      }
      next();
    }
    return new Fragment(script, tokens.subList(from, index), peek());
  }

  /** Where a fragment ends. */
  interface Stop {
    boolean stopsAt(Token token, @Nullable Token following);
  }

  /**
   * A part of a script that Calcite is to parse.
   *
   * @param script the whole script
   * @param tokens the part
   * @param after the token behind it
   */
  record Fragment(String script, List<Token> tokens, Token after) {

    /** Where it begins. */
    Position position() {
      return tokens.isEmpty() ? after.position() : tokens.getFirst().position();
    }

    /** As it is written. */
    String text() {
      return tokens.isEmpty()
          ? ""
          : script.substring(tokens.getFirst().start(), tokens.getLast().end());
    }
  }
}
