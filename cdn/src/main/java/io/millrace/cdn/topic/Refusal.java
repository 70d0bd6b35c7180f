package io.millrace.cdn.topic;

import io.millrace.broker.BrokerException;
import java.util.Map;

/** Ends the handling of a request with a problem document. Carries no stack trace. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;

  @SuppressWarnings("serial") // never serialized
  private final Map<String, Long> members;

  Refusal(int status, String detail) {
    this(status, detail, Map.of());
  }

  /**
   * With further members of the document.
   *
   * @param detail one sentence: what was wrong and what is allowed
   */
  Refusal(int status, String detail, Map<String, Long> members) {
    super(detail, null, false, false);
    this.status = status;
    this.members = Map.copyOf(members);
  }

  static Refusal of(BrokerException refused) {
    int status =
        switch (refused.error()) {
          case UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID -> 404;
          case BATCH_TOO_LARGE -> 413;
          case OFFSET_OUT_OF_RANGE -> 416;
          case STORAGE, OVERLOADED, CLOSING, NOT_ENOUGH_REPLICAS -> 503;
          default -> 400;
        };
    return new Refusal(status, String.valueOf(refused.getMessage()));
  }

  static Refusal noTopic(String name) {
    return new Refusal(404, "There is no topic \"" + name + "\".");
  }

  static Refusal overloaded(String what) {
    return new Refusal(503, "There are too many " + what + " at this moment; try again.");
  }

  int status() {
    return status;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  Map<String, Long> members() {
    return members;
  }
}
