package io.millrace.broker.policy;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a policy can set. Those that say nothing to a log on one node are taken and have no effect:
 * definitions of RabbitMQ carry them.
 */
public enum PolicyKey {
  MESSAGE_TTL("message-ttl", Kind.NUMBER, "message TTL", true, Merge.LEAST, "stream"),
  EXPIRES("expires", Kind.POSITIVE, "queue expiry", true, Merge.LEAST, "stream"),
  MAX_LENGTH("max-length", Kind.NUMBER, "maximum length", true, Merge.LEAST, "stream"),
  MAX_LENGTH_BYTES("max-length-bytes", Kind.NUMBER, "maximum length in bytes", true, Merge.LEAST),
  OVERFLOW("overflow", Kind.OVERFLOW, "overflow value", true, Merge.FIRST, "stream"),
  DELIVERY_LIMIT(
      "delivery-limit", Kind.NUMBER, "delivery limit", true, Merge.LEAST, "classic", "stream"),
  DEAD_LETTER_EXCHANGE(
      "dead-letter-exchange", Kind.TEXT, "dead letter exchange name", false, Merge.FIRST, "stream"),
  DEAD_LETTER_ROUTING_KEY(
      "dead-letter-routing-key",
      Kind.TEXT,
      "dead letter routing key",
      false,
      Merge.FIRST,
      "stream"),
  DEAD_LETTER_STRATEGY(
      "dead-letter-strategy",
      Kind.STRATEGY,
      "dead letter strategy",
      false,
      Merge.FIRST,
      "classic",
      "stream"),
  MAX_AGE("max-age", Kind.TEXT, "max-age", false, Merge.SHORTEST, "classic", "quorum"),
  STREAM_MAX_SEGMENT_SIZE_BYTES(
      "stream-max-segment-size-bytes",
      Kind.POSITIVE,
      "segment size",
      false,
      Merge.FIRST,
      "classic",
      "quorum"),
  ALTERNATE_EXCHANGE(
      "alternate-exchange", Kind.TEXT, "alternate exchange name", false, Merge.FIRST),
  CONSUMER_TIMEOUT("consumer-timeout", Kind.NUMBER, "consumer timeout", false, Merge.FIRST),
  QUEUE_MODE("queue-mode", Kind.TEXT, "queue-mode value", false, Merge.FIRST),
  QUEUE_VERSION("queue-version", Kind.POSITIVE, "queue version", true, Merge.FIRST),
  QUEUE_LEADER_LOCATOR(
      "queue-leader-locator", Kind.TEXT, "queue leader locator value", false, Merge.FIRST),
  QUEUE_MASTER_LOCATOR(
      "queue-master-locator", Kind.TEXT, "queue master locator", false, Merge.FIRST),
  INITIAL_CLUSTER_SIZE("initial-cluster-size", Kind.POSITIVE, "cluster size", false, Merge.FIRST),
  TARGET_GROUP_SIZE("target-group-size", Kind.POSITIVE, "group size", true, Merge.FIRST),
  MAX_IN_MEMORY_LENGTH(
      "max-in-memory-length", Kind.NUMBER, "maximum memory in bytes", true, Merge.LEAST),
  MAX_IN_MEMORY_BYTES(
      "max-in-memory-bytes", Kind.NUMBER, "maximum memory in bytes", true, Merge.LEAST),
  HA_MODE("ha-mode", Kind.TEXT, "ha-mode", true, Merge.FIRST),
  HA_PARAMS("ha-params", Kind.ANY, "ha-params", true, Merge.FIRST),
  HA_SYNC_MODE("ha-sync-mode", Kind.TEXT, "ha-sync-mode", true, Merge.FIRST),
  HA_SYNC_BATCH_SIZE("ha-sync-batch-size", Kind.POSITIVE, "ha-sync-batch-size", true, Merge.FIRST),
  HA_PROMOTE_ON_SHUTDOWN(
      "ha-promote-on-shutdown", Kind.TEXT, "ha-promote-on-shutdown", true, Merge.FIRST),
  HA_PROMOTE_ON_FAILURE(
      "ha-promote-on-failure", Kind.TEXT, "ha-promote-on-failure", true, Merge.FIRST);

  private static final Map<String, PolicyKey> BY_LABEL = new HashMap<>();
  private static final Set<PolicyKey> OF_EXCHANGES = EnumSet.of(ALTERNATE_EXCHANGE);
  private static final Set<PolicyKey> OF_QUEUES =
      EnumSet.of(
          MESSAGE_TTL,
          EXPIRES,
          MAX_LENGTH,
          MAX_LENGTH_BYTES,
          OVERFLOW,
          DELIVERY_LIMIT,
          DEAD_LETTER_EXCHANGE,
          DEAD_LETTER_ROUTING_KEY,
          DEAD_LETTER_STRATEGY,
          MAX_AGE,
          STREAM_MAX_SEGMENT_SIZE_BYTES);

  static {
    for (PolicyKey each : values()) {
      BY_LABEL.put(each.label, each);
    }
  }

  /** Which values it takes. */
  private enum Kind {
    NUMBER,
    POSITIVE,
    TEXT,
    OVERFLOW,
    STRATEGY,
    ANY
  }

  /** What holds when more than one says something. */
  private enum Merge {
    /** The smallest number. */
    LEAST,
    /** The shortest age. */
    SHORTEST,
    /** An operator policy before a policy; an argument before both. */
    FIRST
  }

  private final String label;
  private final Kind kind;
  private final String noun;
  private final boolean forOperators;
  private final Merge merge;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is.
  private final Set<String> notFor;

  /**
   * @param noun what a value is called in refusals
   * @param forOperators whether an operator policy may set it
   * @param notFor types of queues that know nothing of it: a policy with it does not hold for them
   */
  PolicyKey(
      String label, Kind kind, String noun, boolean forOperators, Merge merge, String... notFor) {
    this.label = label;
    this.kind = kind;
    this.noun = noun;
    this.forOperators = forOperators;
    this.merge = merge;
    this.notFor = Set.of(notFor);
  }

  /** As definitions name it, such as {@code max-length}. */
  public String label() {
    return label;
  }

  /** The key of that label, or null. */
  public static @Nullable PolicyKey of(String label) {
    return BY_LABEL.get(label);
  }

  /** Whether an operator policy may set it. */
  boolean isForOperators() {
    return forOperators;
  }

  /** Whether queues of a type know it. */
  boolean isForQueues(String type) {
    return !notFor.contains(type);
  }

  /** Whether it changes what a queue does. */
  boolean isOfQueues() {
    return OF_QUEUES.contains(this);
  }

  /** Whether it changes what an exchange does. */
  boolean isOfExchanges() {
    return OF_EXCHANGES.contains(this);
  }

  /** Why a value cannot be used, or null. */
  @Nullable String problem(Object value) {
    boolean fits =
        switch (kind) {
          case NUMBER -> whole(value) >= 0;
          case POSITIVE -> whole(value) >= 1;
          case TEXT -> value instanceof String;
          case OVERFLOW ->
              Set.of("drop-head", "reject-publish", "reject-publish-dlx").contains(value);
          case STRATEGY -> Set.of("at-most-once", "at-least-once").contains(value);
          case ANY -> true;
        };
    return fits ? null : Erlang.term(value) + " is not a valid " + noun;
  }

  private static long whole(Object value) {
    return value instanceof Long || value instanceof Integer ? ((Number) value).longValue() : -1;
  }

  /** What holds of two values, where {@code first} stands above {@code second}. */
  Object merge(Object first, Object second) {
    if (merge == Merge.LEAST && first instanceof Number one && second instanceof Number other) {
      return one.longValue() <= other.longValue() ? first : second;
    }
    if (merge == Merge.SHORTEST && first instanceof String one && second instanceof String other) {
      long otherMillis = StreamAge.millis(other);
      return otherMillis >= 0 && otherMillis < StreamAge.millis(one) ? second : first;
    }
    return first;
  }
}
