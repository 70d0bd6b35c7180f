package io.millrace.amqp.auth;

import org.jspecify.annotations.Nullable;

/** A SASL mechanism. */
public enum Mechanism {
  /** Name and password (RFC 4616). */
  PLAIN,
  /** Name and password in a table. */
  AMQPLAIN,
  /** The name in the client's certificate (RFC 4422, appendix A). */
  EXTERNAL;

  /** The mechanism of that name, or null. */
  public static @Nullable Mechanism named(String name) {
    for (Mechanism each : values()) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return null;
  }

  /**
   * The names of those that a client can use, separated by spaces.
   *
   * @param certified whether the client has shown a certificate
   */
  public static String offered(boolean certified) {
    return certified ? "EXTERNAL PLAIN AMQPLAIN" : "PLAIN AMQPLAIN";
  }
}
