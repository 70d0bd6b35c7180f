package io.millrace.console.http;

import io.millrace.broker.BrokerException;
import java.util.Map;

/** The broker's refusals as problems: its own sentence, and its error's name as {@code error}. */
final class BrokerProblems {

  private BrokerProblems() {}

  static Problem of(BrokerException refusal) {
    return new Problem(
        status(refusal),
        String.valueOf(refusal.getMessage()),
        Map.of("error", refusal.error().name()));
  }

  private static int status(BrokerException refusal) {
    return switch (refusal.error()) {
      case UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, GROUP_NOT_FOUND, UNKNOWN_MEMBER -> 404;
      case TOPIC_EXISTS, NON_EMPTY_GROUP, GROUP_SUBSCRIBED_TO_TOPIC, REBALANCE_IN_PROGRESS -> 409;
      case STORAGE,
          OVERLOADED,
          CLOSING,
          COORDINATOR_LOADING,
          COORDINATOR_NOT_AVAILABLE,
          NOT_COORDINATOR,
          NOT_ENOUGH_REPLICAS ->
          503;
      default -> 400;
    };
  }
}
