package io.millrace.broker.access;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which names a permission is for: a regular expression that is looked for anywhere in the name. An
 * empty one finds the empty name only, that is, nothing. Immutable; two with the same text are
 * equal.
 */
public final class NameRegex {

  /** Every name. */
  public static final NameRegex ALL = new NameRegex(".*", null);

  /** No name. */
  public static final NameRegex NONE = new NameRegex("", Pattern.compile("^$"));

  private final String text;
  private final @Nullable Pattern pattern;

  private NameRegex(String text, @Nullable Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /**
   * The names that the text stands for.
   *
   * @throws io.millrace.broker.BrokerException for a text that is no regular expression, or longer
   *     than 4096 bytes
   */
  public static NameRegex of(String text) {
    return of(text, Map.of());
  }

  /** As {@link #of(String)}, with values for variables, such as {@code {username}}. */
  static NameRegex of(String text, Map<String, String> variables) {
    if (text.equals(ALL.text)) {
      return ALL;
    }
    if (text.isEmpty()) {
      return NONE;
    }
    AccessChecks.text("a regular expression", text);
    String expanded = text;
    for (Map.Entry<String, String> each : variables.entrySet()) {
      expanded = expanded.replace(each.getKey(), Pattern.quote(each.getValue()));
    }
    try {
      return new NameRegex(text, Pattern.compile(expanded, Pattern.DOTALL));
    } catch (PatternSyntaxException e) {
      throw AccessChecks.refused("'" + text + "' is no regular expression: " + e.getDescription());
    }
  }

  /** Whether the name is one of those that are meant. */
  public boolean matches(String name) {
    Pattern some = pattern;
    return some == null || some.matcher(name).find();
  }

  /** Whether every name is meant. */
  public boolean matchesAll() {
    return pattern == null;
  }

  /** As it was given. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NameRegex regex && text.equals(regex.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
