package io.millrace.broker.group.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.TopicsImage;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A subscription by a regular expression in RE2's syntax, which is matched in time linear in the
 * name's length whatever the expression. Confined to its group's mailbox: the names found are kept
 * until the topics change.
 */
final class TopicPattern {

  /** Longer expressions are refused before they are looked at. */
  static final int MOST_CHARACTERS = 1000;

  /** Matching may cost so many steps for each character of a name; more is refused. */
  static final int MOST_INSTRUCTIONS = 2000;

  private final Pattern pattern;
  private @Nullable TopicsImage resolvedIn;
  private Set<String> resolved = Set.of();

  private TopicPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * The pattern, which has to match whole names.
   *
   * @throws BrokerException with {@code INVALID_REGULAR_EXPRESSION}
   */
  static TopicPattern compile(String regex) {
    if (regex.length() > MOST_CHARACTERS) {
      throw refused("has " + regex.length() + " characters; allowed: " + MOST_CHARACTERS);
    }
    try {
      Pattern pattern = Pattern.compile(regex);
      if (pattern.programSize() > MOST_INSTRUCTIONS) {
        throw refused(
            "compiles to "
                + pattern.programSize()
                + " instructions; allowed: "
                + MOST_INSTRUCTIONS);
      }
      return new TopicPattern(pattern);
    } catch (PatternSyntaxException e) {
      throw refused("is not one of RE2's syntax: " + e.getMessage());
    }
  }

  private static BrokerException refused(String why) {
    return new BrokerException(
        BrokerError.INVALID_REGULAR_EXPRESSION, "the regular expression of topics " + why);
  }

  /** The names of the topics that it matches; never of the broker's own. */
  @SuppressWarnings("ReferenceEquality")
  Set<String> resolve(TopicsImage image) {
    if (resolvedIn != image) {
      Set<String> names = new HashSet<>();
      for (String name : image.userTopics()) {
        if (pattern.matches(name)) {
          names.add(name);
        }
      }
      resolved = Set.copyOf(names);
      resolvedIn = image;
    }
    return resolved;
  }
}
