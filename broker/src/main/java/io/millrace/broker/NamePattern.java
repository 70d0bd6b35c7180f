package io.millrace.broker;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A client's regular expression over names, in RE2's syntax: matched in time linear in the name's
 * length whatever the expression. Immutable.
 */
public final class NamePattern {

  /** Longer expressions are refused before they are looked at. */
  public static final int MOST_CHARACTERS = 1000;

  /** Matching may cost so many steps for each character of a name; more is refused. */
  public static final int MOST_INSTRUCTIONS = 2000;

  private final Pattern pattern;

  private NamePattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * The pattern, which has to match whole names.
   *
   * @param of what the names are of, for the message, such as {@code topics}
   * @throws BrokerException with {@code INVALID_REGULAR_EXPRESSION}
   */
  public static NamePattern compile(String regex, String of) {
    if (regex.length() > MOST_CHARACTERS) {
      throw refused(of, "has " + regex.length() + " characters; allowed: " + MOST_CHARACTERS);
    }
    try {
      Pattern pattern = Pattern.compile(regex);
      if (pattern.programSize() > MOST_INSTRUCTIONS) {
        throw refused(
            of,
            "compiles to "
                + pattern.programSize()
                + " instructions; allowed: "
                + MOST_INSTRUCTIONS);
      }
      return new NamePattern(pattern);
    } catch (PatternSyntaxException e) {
      throw refused(of, "is not one of RE2's syntax: " + e.getMessage());
    }
  }

  private static BrokerException refused(String of, String why) {
    return new BrokerException(
        BrokerError.INVALID_REGULAR_EXPRESSION, "the regular expression of " + of + " " + why);
  }

  /** Whether the whole name matches. */
  public boolean matches(String name) {
    return pattern.matches(name);
  }
}
