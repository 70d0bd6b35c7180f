package io.millrace.streams.expression;

import org.jspecify.annotations.Nullable;

/**
 * A LIKE pattern: {@code %} stands for any run of characters, {@code _} for any one. Matching goes
 * back only to the last {@code %}, so it takes time of at most text times pattern, whatever the
 * pattern. Immutable.
 */
final class LikePattern {

  private static final char ANY_RUN = '\uFFFF';
  private static final char ANY_ONE = '\uFFFE';

  // The pattern with wildcards as the two non-characters above, and escapes taken out.
  private final char[] pattern;

  private LikePattern(char[] pattern) {
    this.pattern = pattern;
  }

  static LikePattern compile(String text, @Nullable String escape) {
    if (escape != null && escape.length() != 1) {
      throw new RowException("the escape of LIKE is to be one character, not '" + escape + "'");
    }
    StringBuilder pattern = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (escape != null && c == escape.charAt(0)) {
        if (++i == text.length()) {
          throw new RowException("the pattern of LIKE ends with its escape character");
        }
        pattern.append(text.charAt(i));
      } else {
        pattern.append(c == '%' ? ANY_RUN : c == '_' ? ANY_ONE : c);
      }
    }
    return new LikePattern(pattern.toString().toCharArray());
  }

  boolean matches(String text) {
    int at = 0;
    int in = 0;
    int runAt = -1;
    int runIn = 0;
    while (in < text.length()) {
      if (at < pattern.length && pattern[at] == ANY_RUN) {
        runAt = at++;
        runIn = in;
      } else if (at < pattern.length
          && (pattern[at] == ANY_ONE || pattern[at] == text.charAt(in))) {
        at++;
        in++;
      } else if (runAt >= 0) {
        at = runAt + 1;
        in = ++runIn;
      } else {
        return false;
      }
    }
    while (at < pattern.length && pattern[at] == ANY_RUN) {
      at++;
    }
    return at == pattern.length;
  }
}
