package io.millrace.broker.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The policies of a virtual host. Immutable; any thread. */
public final class HostPolicies {

  /** None. */
  public static final HostPolicies NONE = new HostPolicies(List.of());

  private final List<Policy> policies = new ArrayList<>();
  private final List<Policy> operatorPolicies = new ArrayList<>();

  HostPolicies(Collection<Policy> all) {
    for (Policy each : all) {
      (each.isOperators() ? operatorPolicies : policies).add(each);
    }
    // Of equals the first by name, so that it is always the same.
    Comparator<Policy> order =
        Comparator.comparingLong(Policy::priority).reversed().thenComparing(Policy::name);
    policies.sort(order);
    operatorPolicies.sort(order);
  }

  /** All of one kind, the highest priority first. */
  public List<Policy> all(boolean ofOperators) {
    return List.copyOf(ofOperators ? operatorPolicies : policies);
  }

  /** The one of that name, or null. */
  public @Nullable Policy find(String name, boolean ofOperators) {
    for (Policy each : ofOperators ? operatorPolicies : policies) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return null;
  }

  /**
   * What holds for a queue.
   *
   * @param type {@code classic}, {@code quorum} or {@code stream}
   */
  public EffectivePolicy ofQueue(String queue, String type) {
    return EffectivePolicy.of(
        firstOfQueue(policies, queue, type), firstOfQueue(operatorPolicies, queue, type));
  }

  private static @Nullable Policy firstOfQueue(List<Policy> among, String queue, String type) {
    for (Policy each : among) {
      if (each.holdsForQueue(queue, type)) {
        return each;
      }
    }
    return null;
  }

  /** What holds for an exchange. */
  public EffectivePolicy ofExchange(String exchange) {
    for (Policy each : policies) {
      if (each.holdsForExchange(exchange)) {
        return EffectivePolicy.of(each, null);
      }
    }
    return EffectivePolicy.NONE;
  }
}
