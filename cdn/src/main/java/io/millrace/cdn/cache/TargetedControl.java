package io.millrace.cdn.cache;

import org.jspecify.annotations.Nullable;

/**
 * The syntax of CDN-Cache-Control: a Dictionary of RFC 9651 (RFC 9213, section 2.1). A field that
 * is none, or whose times are no integers, is to be ignored as a whole, so that a slip of the pen
 * does not make public what Cache-Control keeps private.
 */
final class TargetedControl {

  private final String text;
  private int at;

  private TargetedControl(String text) {
    this.text = text;
  }

  /** Whether the field's value may be taken at its word. */
  static boolean isValid(String value) {
    TargetedControl reader = new TargetedControl(value);
    reader.skip(" ");
    if (reader.atEnd()) {
      return false;
    }
    while (true) {
      if (!reader.member()) {
        return false;
      }
      reader.skip(" \t");
      if (reader.atEnd()) {
        return true;
      }
      if (!reader.take(',')) {
        return false;
      }
      reader.skip(" \t");
    }
  }

  private boolean member() {
    String key = key();
    if (key == null) {
      return false;
    }
    boolean time =
        switch (key) {
          case "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error" -> true;
          default -> false;
        };
    if (!take('=')) {
      return !time && parameters();
    }
    int start = at;
    if (!(peek() == '(' ? innerList() : bareItem())) {
      return false;
    }
    return (!time || isCount(text.substring(start, at))) && parameters();
  }

  private static boolean isCount(String item) {
    return CacheControl.seconds(item) != CacheControl.NONE;
  }

  private boolean innerList() {
    at++;
    while (true) {
      skip(" ");
      if (take(')')) {
        return true;
      }
      if (atEnd() || !bareItem() || !parameters() || (peek() != ' ' && peek() != ')')) {
        return false;
      }
    }
  }

  private boolean parameters() {
    while (take(';')) {
      skip(" ");
      if (key() == null || (take('=') && !bareItem())) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String key() {
    int start = at;
    if (!isLower(peek()) && peek() != '*') {
      return null;
    }
    while (isLower(peek()) || isDigit(peek()) || "_-.*".indexOf(peek()) >= 0) {
      at++;
    }
    return text.substring(start, at);
  }

  private boolean bareItem() {
    char c = peek();
    if (c == '"') {
      return string();
    }
    if (c == '-' || isDigit(c)) {
      return number();
    }
    if (c == '?') {
      at++;
      return take('0') || take('1');
    }
    if (c == ':') {
      int end = text.indexOf(':', at + 1);
      at = end + 1;
      return end >= 0;
    }
    if (c == '@') {
      at++;
      return number();
    }
    int start = at;
    if (isLower(c) || (c >= 'A' && c <= 'Z') || c == '*') {
      while (isTokenPart(peek())) {
        at++;
      }
    }
    return at > start;
  }

  private boolean string() {
    at++;
    while (!atEnd()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return true;
      }
      if (c == '\\' && !take('"') && !take('\\')) {
        return false;
      }
    }
    return false;
  }

  /** At most 15 digits, or 12 and 3 behind a point. */
  private boolean number() {
    take('-');
    int whole = digits();
    if (peek() != '.') {
      return whole > 0 && whole <= 15;
    }
    at++;
    int fraction = digits();
    return whole > 0 && whole <= 12 && fraction > 0 && fraction <= 3;
  }

  private int digits() {
    int start = at;
    while (isDigit(peek())) {
      at++;
    }
    return at - start;
  }

  private static boolean isTokenPart(char c) {
    return c != '\0'
        && (isLower(c)
            || (c >= 'A' && c <= 'Z')
            || isDigit(c)
            || "!#$%&'*+-.^_`|~:/".indexOf(c) >= 0);
  }

  private static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private boolean atEnd() {
    return at >= text.length();
  }

  /** The next character, or NUL at the end: fields have none. */
  private char peek() {
    return atEnd() ? '\0' : text.charAt(at);
  }

  private boolean take(char c) {
    if (peek() == c && !atEnd()) {
      at++;
      return true;
    }
    return false;
  }

  private void skip(String any) {
    while (!atEnd() && any.indexOf(peek()) >= 0) {
      at++;
    }
  }
}
