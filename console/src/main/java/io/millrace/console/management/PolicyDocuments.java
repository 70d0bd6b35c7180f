package io.millrace.console.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.policy.Policy;

/** Policies as JSON, and from it. */
final class PolicyDocuments {

  private PolicyDocuments() {}

  static ObjectNode json(Policy policy) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("vhost", policy.virtualHost());
    document.put("name", policy.name());
    value(document, policy);
    return document;
  }

  /** What a policy is as the value of a parameter. */
  static ObjectNode value(ObjectNode document, Policy policy) {
    document.put("pattern", policy.pattern());
    document.put("apply-to", policy.applyTo().label());
    document.set("definition", Tables.json(policy.definition()));
    document.put("priority", policy.priority());
    return document;
  }

  /**
   * The policy that a document describes.
   *
   * @throws Refusal in RabbitMQ's words
   */
  static Policy of(String virtualHost, String name, boolean isOperators, Body body) {
    body.require("pattern", "definition");
    JsonNode priority = body.get("priority");
    JsonNode definition = body.get("definition");
    if (!(definition instanceof ObjectNode settings)) {
      throw failed("definition should be an object");
    }
    try {
      return Policy.of(
          virtualHost,
          name,
          isOperators,
          body.text("pattern", ""),
          body.text("apply-to", "all"),
          priority == null ? 0L : Tables.value(priority),
          Tables.table(settings));
    } catch (TopologyException e) {
      throw failed(String.valueOf(e.getMessage()));
    }
  }

  static Refusal failed(String problem) {
    return Refusal.badRequest("Validation failed\n\n" + problem + "\n");
  }
}
