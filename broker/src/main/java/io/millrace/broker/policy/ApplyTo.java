package io.millrace.broker.policy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a policy is for. */
public enum ApplyTo {
  ALL,
  QUEUES,
  CLASSIC_QUEUES,
  QUORUM_QUEUES,
  STREAMS,
  EXCHANGES;

  /** As definitions name it, such as {@code quorum_queues}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of that label, or null. */
  public static @Nullable ApplyTo of(String label) {
    for (ApplyTo each : values()) {
      if (each.label().equals(label)) {
        return each;
      }
    }
    return null;
  }

  /** Whether it includes queues of a type: {@code classic}, {@code quorum} or {@code stream}. */
  boolean includesQueues(String type) {
    return switch (this) {
      case ALL, QUEUES -> true;
      case CLASSIC_QUEUES -> type.equals("classic");
      case QUORUM_QUEUES -> type.equals("quorum");
      case STREAMS -> type.equals("stream");
      case EXCHANGES -> false;
    };
  }

  boolean includesExchanges() {
    return this == ALL || this == EXCHANGES;
  }
}
