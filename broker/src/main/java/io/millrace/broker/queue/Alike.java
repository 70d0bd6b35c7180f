package io.millrace.broker.queue;

import io.millrace.broker.exchange.Arguments;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import java.util.Map;

/** Says what differs when something is declared again. */
final class Alike {

  private Alike() {}

  static void check(String what, String where, Object asked, Object present) {
    if (!asked.equals(present)) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          "inequivalent arg '"
              + what
              + "' for "
              + where
              + ": received '"
              + asked
              + "' but current is '"
              + present
              + "'");
    }
  }

  static void checkArgument(
      String argument, String where, Map<String, Object> asked, Map<String, Object> present) {
    Object given = asked.get(argument);
    Object held = present.get(argument);
    if (!Arguments.same(given, held)) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          "inequivalent arg '"
              + argument
              + "' for "
              + where
              + ": received "
              + Arguments.describe(given)
              + " but current is "
              + Arguments.describe(held));
    }
  }
}
