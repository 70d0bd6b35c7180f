package io.millrace.app.prompt;

import java.util.Locale;

/** Where statements end, as far as a prompt has to know. */
final class SqlText {

  private SqlText() {}

  /**
   * Whether the text ends with a whole statement: a semicolon outside of quotes, comments and
   * {@code BEGIN … END}. A text without any statement is whole too.
   */
  static boolean isComplete(String text) {
    boolean open = false;
    boolean inSet = false;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (text.startsWith("--", i)) {
        int end = text.indexOf('\n', i);
        i = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", i)) {
        int end = text.indexOf("*/", i + 2);
        if (end < 0) {
          return false;
        }
        i = end + 2;
      } else if (c == '\'' || c == '"' || c == '`') {
        int end = text.indexOf(c, i + 1);
        if (end < 0) {
          return false;
        }
        open = true;
        i = end + 1;
      } else if (Character.isLetter(c)) {
        int end = i;
        while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
          end++;
        }
        switch (text.substring(i, end).toUpperCase(Locale.ROOT)) {
          case "BEGIN" -> inSet = true;
          case "END" -> inSet = inSet && isInsideCase(text, i);
          default -> {}
        }
        open = true;
        i = end;
      } else {
        if (c == ';') {
          open = inSet;
        } else if (!Character.isWhitespace(c)) {
          open = true;
        }
        i++;
      }
    }
    return !open;
  }

  /** An END that closes a CASE has a CASE before it in the same statement of the set. */
  private static boolean isInsideCase(String text, int at) {
    int start = text.lastIndexOf(';', at) + 1;
    String statement = text.substring(start, at).toUpperCase(Locale.ROOT);
    int cases = statement.split("\\bCASE\\b", -1).length - 1;
    int ends = statement.split("\\bEND\\b", -1).length - 1;
    return cases > ends;
  }
}
