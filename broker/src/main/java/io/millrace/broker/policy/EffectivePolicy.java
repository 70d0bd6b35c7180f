package io.millrace.broker.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What holds for one queue or exchange.
 *
 * @param policy name of the policy that holds, or null
 * @param operatorPolicy the same of operator policies
 * @param definition both merged: of numbers that bound something the smaller, of all else what the
 *     operator policy says
 */
public record EffectivePolicy(
    @Nullable String policy, @Nullable String operatorPolicy, Map<String, Object> definition) {

  /** No policy holds. */
  public static final EffectivePolicy NONE = new EffectivePolicy(null, null, Map.of());

  private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
  private static final String DEAD_LETTER_ROUTING_KEY = "x-dead-letter-routing-key";

  static EffectivePolicy of(@Nullable Policy policy, @Nullable Policy operators) {
    if (policy == null && operators == null) {
      return NONE;
    }
    Map<String, Object> merged =
        new TreeMap<>(policy == null ? Map.<String, Object>of() : policy.definition());
    if (operators != null) {
      operators
          .definition()
          .forEach(
              (label, value) -> merged.merge(label, value, (old, top) -> merge(label, top, old)));
    }
    return new EffectivePolicy(
        policy == null ? null : policy.name(), operators == null ? null : operators.name(), merged);
  }

  private static Object merge(String label, Object top, Object below) {
    PolicyKey key = PolicyKey.of(label);
    return key == null ? top : key.merge(top, below);
  }

  /**
   * The arguments of a queue as if it had been declared with what the policy says: an argument of
   * its own stands, but that of two numbers that bound something the smaller holds.
   */
  public Map<String, Object> over(Map<String, Object> arguments) {
    if (definition.isEmpty()) {
      return arguments;
    }
    Map<String, Object> effective = new LinkedHashMap<>(arguments);
    definition.forEach(
        (label, value) -> {
          PolicyKey key = PolicyKey.of(label);
          if (key != null && key.isOfQueues()) {
            effective.merge("x-" + label, value, (own, policys) -> key.merge(own, policys));
          }
        });
    if (!arguments.containsKey(DEAD_LETTER_ROUTING_KEY)
        && !effective.containsKey(DEAD_LETTER_EXCHANGE)) {
      // A policy may say the key alone; a queue without an exchange has no use for it.
      effective.remove(DEAD_LETTER_ROUTING_KEY);
    }
    return effective;
  }

  /** Where an exchange sends what it cannot route, when its own arguments do not say; or null. */
  public @Nullable String alternateExchange() {
    return definition.get(PolicyKey.ALTERNATE_EXCHANGE.label()) instanceof String name
        ? name
        : null;
  }
}
