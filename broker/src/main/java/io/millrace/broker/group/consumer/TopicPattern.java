package io.millrace.broker.group.consumer;

import io.millrace.broker.NamePattern;
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

  private final NamePattern pattern;
  private @Nullable TopicsImage resolvedIn;
  private Set<String> resolved = Set.of();

  private TopicPattern(NamePattern pattern) {
    this.pattern = pattern;
  }

  /**
   * The pattern, which has to match whole names.
   *
   * @throws io.millrace.broker.BrokerException with {@code INVALID_REGULAR_EXPRESSION}
   */
  static TopicPattern compile(String regex) {
    return new TopicPattern(NamePattern.compile(regex, "topics"));
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
