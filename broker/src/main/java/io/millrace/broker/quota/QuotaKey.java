package io.millrace.broker.quota;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is limited. The names on the wire are these in lower case. */
public enum QuotaKey {
  /** Bytes of Produce requests per second. */
  PRODUCER_BYTE_RATE,
  /** Bytes of Fetch answers per second. */
  CONSUMER_BYTE_RATE,
  /** Time of request processing, in percent of one thread (KIP-124). */
  REQUEST_PERCENTAGE,
  /** Partitions created and deleted per second (KIP-599). */
  CONTROLLER_MUTATION_RATE,
  /** Connections opened per second (KIP-612). */
  CONNECTION_CREATION_RATE;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** As requests spell it. */
  public String wireName() {
    return wireName;
  }

  /** Whether addresses have it, rather than users and clients. */
  public boolean isOfAddresses() {
    return this == CONNECTION_CREATION_RATE;
  }

  /** Whether a fraction makes sense. */
  public boolean isWhole() {
    return this != REQUEST_PERCENTAGE && this != CONTROLLER_MUTATION_RATE;
  }

  /** The one that is spelled so, or null. */
  public static @Nullable QuotaKey of(String wireName) {
    for (QuotaKey key : values()) {
      if (key.wireName.equals(wireName)) {
        return key;
      }
    }
    return null;
  }
}
