package io.millrace.broker.metadata;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;

/** Kafka's rules for topic names. They keep a name usable as a directory and as a metric's name. */
public final class TopicName {

  /** With {@code -} and a partition number it still fits a directory's name. */
  public static final int MAX_LENGTH = 249;

  /** Begins the names that only the node itself may use. */
  public static final String INTERNAL_PREFIX = "__";

  private TopicName() {}

  /**
   * Checks a name.
   *
   * @throws BrokerException with {@code INVALID_TOPIC_NAME}
   */
  public static void check(String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH) {
      throw invalid("a topic name has " + name.length() + " characters; allowed: 1 to 249");
    }
    if (name.equals(".") || name.equals("..")) {
      throw invalid("a topic cannot be named " + name);
    }
    for (int i = 0; i < name.length(); i++) {
      if (!isLegal(name.charAt(i))) {
        throw invalid(
            "topic name "
                + name
                + " has a character that is not one of a-z, A-Z, 0-9, '.', '_' and '-'");
      }
    }
  }

  private static boolean isLegal(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  /**
   * The form in which two names collide: metrics write {@code .} as {@code _}, so both would be
   * counted as one.
   */
  public static String metricForm(String name) {
    return name.replace('.', '_');
  }

  private static BrokerException invalid(String message) {
    return new BrokerException(BrokerError.INVALID_TOPIC_NAME, message);
  }
}
