package io.millrace.kafka.sasl;

import org.jspecify.annotations.Nullable;

/** The ways in which a client can authenticate itself. */
public enum SaslMechanism {
  PLAIN("PLAIN"),
  SCRAM_SHA_256("SCRAM-SHA-256"),
  SCRAM_SHA_512("SCRAM-SHA-512"),
  OAUTHBEARER("OAUTHBEARER");

  private final String wireName;

  SaslMechanism(String wireName) {
    this.wireName = wireName;
  }

  /** Its registered name. */
  public String wireName() {
    return wireName;
  }

  /** The one of that name, or null. */
  public static @Nullable SaslMechanism named(String name) {
    for (SaslMechanism mechanism : values()) {
      if (mechanism.wireName.equals(name)) {
        return mechanism;
      }
    }
    return null;
  }
}
