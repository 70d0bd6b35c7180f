package io.millrace.streams.sql;

/**
 * One word, name, literal or symbol of a script.
 *
 * @param kind what it is
 * @param text the word or symbol as written; for names and text without the quotes
 * @param start index of the first character in the script
 * @param end index after the last character
 * @param position where it begins
 */
record Token(Kind kind, String text, int start, int end, Position position) {

  enum Kind {
    /** A keyword or a name without quotes. */
    WORD,
    /** A name in backquotes. */
    QUOTED_NAME,
    /** Text in single quotes. */
    TEXT,
    NUMBER,
    SYMBOL,
    /** After the last token. */
    END
  }

  /** Whether this is the keyword, in any case, or the symbol. */
  boolean is(String wordOrSymbol) {
    return switch (kind) {
      case WORD -> text.equalsIgnoreCase(wordOrSymbol);
      case SYMBOL -> text.equals(wordOrSymbol);
      default -> false;
    };
  }

  /** How a message calls it. */
  String shown() {
    return switch (kind) {
      case WORD, NUMBER -> Messages.shorten(text);
      case SYMBOL -> "'" + text + "'";
      case QUOTED_NAME -> "`" + Messages.shorten(text) + "`";
      case TEXT -> "the text '" + Messages.shorten(text) + "'";
      case END -> "the end of the script";
    };
  }
}
