package io.millrace.broker.access;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import java.nio.charset.StandardCharsets;

/** The bounds of texts in access entries. */
final class AccessChecks {

  /** A short text of AMQP. */
  static final int LONGEST_NAME_BYTES = 255;

  static final int LONGEST_TEXT_BYTES = 4096;

  private AccessChecks() {}

  static void name(String what, String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > LONGEST_NAME_BYTES) {
      throw refused(
          "the name of a "
              + what
              + " has "
              + bytes
              + " bytes; allowed: 1 to "
              + LONGEST_NAME_BYTES
              + " bytes of UTF-8");
    }
  }

  static void text(String what, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > LONGEST_TEXT_BYTES) {
      throw refused(what + " has " + bytes + " bytes; allowed: up to " + LONGEST_TEXT_BYTES);
    }
  }

  static void limit(String what, long limit) {
    if (limit < -1 || limit > Integer.MAX_VALUE) {
      throw refused(
          what + " is " + limit + "; allowed: 0 to " + Integer.MAX_VALUE + ", or -1 for no limit");
    }
  }

  static BrokerException refused(String message) {
    return new BrokerException(BrokerError.INVALID_ACCESS_ENTRY, message);
  }
}
