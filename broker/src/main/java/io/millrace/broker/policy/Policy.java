package io.millrace.broker.policy;

import io.millrace.broker.exchange.TopologyEntry.Parameter;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Settings for the queues and exchanges whose name a regular expression is found in.
 *
 * @param isOperators whether it is an operator policy, which bounds what policies may ask for
 * @param pattern as it was given
 * @param priority of those that match the one of the highest holds
 * @param definition values by the labels of {@link PolicyKey}
 */
public record Policy(
    String virtualHost,
    String name,
    boolean isOperators,
    String pattern,
    Pattern compiled,
    ApplyTo applyTo,
    long priority,
    Map<String, Object> definition) {

  /** The component of parameters that are policies. */
  public static final String COMPONENT = "policy";

  /** The component of parameters that are operator policies. */
  public static final String OPERATOR_COMPONENT = "operator_policy";

  private static final int LONGEST_PATTERN = 4096;

  /** Copies the definition. */
  public Policy {
    definition = Collections.unmodifiableMap(new LinkedHashMap<>(definition));
  }

  /**
   * A policy as it is given, checked.
   *
   * @param applyTo a label of {@link ApplyTo}
   * @throws TopologyException {@code PRECONDITION_FAILED}, in RabbitMQ's words
   */
  public static Policy of(
      String virtualHost,
      String name,
      boolean isOperators,
      String pattern,
      String applyTo,
      Object priority,
      Map<String, Object> definition) {
    ApplyTo target = ApplyTo.of(applyTo);
    if (target == null) {
      throw refused(
          "apply-to '" + applyTo + "' unrecognised; should be 'queues', 'exchanges' or 'all'");
    }
    if (!(priority instanceof Number number)) {
      throw refused("priority should be a number, actually was " + Erlang.term(priority));
    }
    check(definition, isOperators);
    return new Policy(
        virtualHost,
        name,
        isOperators,
        pattern,
        compile(pattern),
        target,
        number.longValue(),
        definition);
  }

  private static Pattern compile(String pattern) {
    if (pattern.length() > LONGEST_PATTERN) {
      throw refused("pattern may have at most " + LONGEST_PATTERN + " characters");
    }
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw refused(
          "pattern should be regular expression but is invalid: {\""
              + e.getDescription()
              + "\","
              + Math.max(0, e.getIndex())
              + "}");
    }
  }

  private static void check(Map<String, Object> definition, boolean isOperators) {
    if (definition.isEmpty()) {
      throw refused("no policy provided");
    }
    Map<String, Object> unknown = new TreeMap<>();
    definition.forEach(
        (label, value) -> {
          PolicyKey key = PolicyKey.of(label);
          if (key == null || (isOperators && !key.isForOperators())) {
            unknown.put(label, value);
          }
        });
    if (!unknown.isEmpty()) {
      throw refused(Erlang.term(unknown) + " are not recognised policy settings");
    }
    definition.forEach(
        (label, value) -> {
          PolicyKey key = PolicyKey.of(label);
          String problem = key == null ? null : key.problem(value);
          if (problem != null) {
            throw refused(problem);
          }
        });
  }

  private static TopologyException refused(String problem) {
    return new TopologyException(Reason.PRECONDITION_FAILED, problem);
  }

  /** Whether a parameter is a policy. */
  static boolean is(Parameter parameter) {
    return parameter.component().equals(COMPONENT)
        || parameter.component().equals(OPERATOR_COMPONENT);
  }

  /** The policy that was written down as a parameter, or null when it is none. */
  static @Nullable Policy of(Parameter parameter) {
    if (!is(parameter)
        || !(parameter.value() instanceof Map<?, ?> value)
        || !(value.get("definition") instanceof Map<?, ?> definition)) {
      return null;
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    definition.forEach((key, setting) -> settings.put(String.valueOf(key), setting));
    Object priority = value.get("priority");
    return of(
        parameter.virtualHost(),
        parameter.name(),
        parameter.component().equals(OPERATOR_COMPONENT),
        String.valueOf(value.get("pattern")),
        String.valueOf(value.get("apply-to")),
        priority == null ? 0 : priority,
        settings);
  }

  /** As it is written down. */
  public Parameter asParameter() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("pattern", pattern);
    value.put("apply-to", applyTo.label());
    value.put("priority", priority);
    value.put("definition", definition);
    return new Parameter(virtualHost, isOperators ? OPERATOR_COMPONENT : COMPONENT, name, value);
  }

  boolean holdsForQueue(String queue, String type) {
    return applyTo.includesQueues(type)
        && compiled.matcher(queue).find()
        && definition.keySet().stream()
            .map(PolicyKey::of)
            .allMatch(key -> key != null && key.isForQueues(type));
  }

  boolean holdsForExchange(String exchange) {
    return applyTo.includesExchanges() && compiled.matcher(exchange).find();
  }
}
