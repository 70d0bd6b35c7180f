package io.millrace.schema.format.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.millrace.schema.format.Incompatibility;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The keywords of objects. A schema has a content model: open when it accepts any property, closed
 * when it accepts only those it names, and partially open when others must follow a schema. Hence
 * what may seem odd: a property must not be added to an open model, since documents may have it
 * already, with any value.
 */
final class JsonObjectRules {

  private final JsonSchemaComparison comparison;

  JsonObjectRules(JsonSchemaComparison comparison) {
    this.comparison = comparison;
  }

  void check(String path, JsonNode now, JsonNode old, List<Incompatibility> found) {
    JsonKeywordRules.checkMost(path, "maxProperties", "MAX_PROPERTIES", now, old, found);
    JsonKeywordRules.checkLeast(path, "minProperties", "MIN_PROPERTIES", now, old, found);
    checkRequired(path, now, old, found);
    checkProperties(path, now, old, found);
    checkAdditional(path, now, old, found);
    checkPatterns(path, now, old, found);
    for (String keyword :
        List.of("dependencies", "dependentRequired", "dependentSchemas", "propertyNames")) {
      if (now.has(keyword) && !JsonKeywordRules.sameMembers(now, old, keyword)) {
        found.add(
            new Incompatibility(
                old.has(keyword) ? "DEPENDENCY_CHANGED" : "DEPENDENCY_ADDED",
                path,
                "The keyword " + keyword + " asks for something else now"));
      }
    }
    if (JsonSchemaComparison.acceptsNothing(now.path("unevaluatedProperties"))
        && !JsonSchemaComparison.acceptsNothing(old.path("unevaluatedProperties"))) {
      found.add(
          new Incompatibility(
              "UNEVALUATED_PROPERTIES_REMOVED",
              path,
              "Further properties are not accepted any more"));
    }
  }

  private static Set<String> required(JsonNode schema) {
    Set<String> names = new LinkedHashSet<>();
    JsonNode list = schema.path("required");
    if (list.isArray()) {
      list.forEach(name -> names.add(name.asText()));
    }
    return names;
  }

  private static void checkRequired(
      String path, JsonNode now, JsonNode old, List<Incompatibility> found) {
    Set<String> added = required(now);
    added.removeAll(required(old));
    for (String name : added) {
      // Readers fill in a default for what is missing, as those of the other formats do.
      if (!now.path("properties").path(name).has("default")) {
        boolean known = old.path("properties").has(name);
        found.add(
            new Incompatibility(
                known ? "REQUIRED_ATTRIBUTE_ADDED" : "REQUIRED_PROPERTY_ADDED",
                path + "/required",
                "The property " + name + " is required now and has no default"));
      }
    }
  }

  private void checkProperties(
      String path, JsonNode now, JsonNode old, List<Incompatibility> found) {
    Map<String, Pattern> patterns = new java.util.HashMap<>();
    Set<String> names = new LinkedHashSet<>();
    now.path("properties").fieldNames().forEachRemaining(names::add);
    old.path("properties").fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      JsonNode schema = property(now, name, patterns);
      JsonNode before = property(old, name, patterns);
      List<Incompatibility> reasons =
          comparison.check(path + "/properties/" + name, schema, before);
      if (reasons.isEmpty()) {
        continue;
      }
      boolean named = now.path("properties").has(name);
      boolean wasNamed = old.path("properties").has(name);
      if (named && wasNamed) {
        found.addAll(reasons);
      } else if (named) {
        found.add(
            new Incompatibility(
                JsonSchemaComparison.acceptsAll(before)
                    ? "PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"
                    : "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
                path + "/properties/" + name,
                "The property " + name + " is new, but was accepted with other values before"));
      } else {
        found.add(
            new Incompatibility(
                JsonSchemaComparison.acceptsNothing(schema)
                    ? "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"
                    : "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
                path + "/properties/" + name,
                "The property " + name + " is gone, and not all its values are accepted"));
      }
    }
  }

  /** What a schema asks of a property. */
  private static JsonNode property(JsonNode schema, String name, Map<String, Pattern> patterns) {
    JsonNode named = schema.path("properties").get(name);
    if (named != null) {
      return named;
    }
    for (Map.Entry<String, JsonNode> pattern : schema.path("patternProperties").properties()) {
      if (matches(pattern.getKey(), name, patterns)) {
        return pattern.getValue();
      }
    }
    return additional(schema);
  }

  /** Expressions that only a backtracking matcher knows count as not matching. */
  private static boolean matches(String pattern, String name, Map<String, Pattern> patterns) {
    try {
      return patterns.computeIfAbsent(pattern, Pattern::compile).matcher(name).find();
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  private static JsonNode additional(JsonNode schema) {
    JsonNode rest = schema.path("additionalProperties");
    return rest.isMissingNode() ? BooleanNode.TRUE : rest;
  }

  private void checkAdditional(
      String path, JsonNode now, JsonNode old, List<Incompatibility> found) {
    JsonNode rest = additional(now);
    JsonNode before = additional(old);
    if (JsonSchemaComparison.acceptsNothing(rest) && !JsonSchemaComparison.acceptsNothing(before)) {
      found.add(
          new Incompatibility(
              "ADDITIONAL_PROPERTIES_REMOVED",
              path + "/additionalProperties",
              "Properties that are not named are not accepted any more"));
    } else {
      found.addAll(comparison.check(path + "/additionalProperties", rest, before));
    }
  }

  private void checkPatterns(String path, JsonNode now, JsonNode old, List<Incompatibility> found) {
    for (Map.Entry<String, JsonNode> pattern : now.path("patternProperties").properties()) {
      JsonNode before = old.path("patternProperties").get(pattern.getKey());
      found.addAll(
          comparison.check(
              path + "/patternProperties/" + pattern.getKey(),
              pattern.getValue(),
              before == null ? additional(old) : before));
    }
    for (Map.Entry<String, JsonNode> pattern : old.path("patternProperties").properties()) {
      if (!now.path("patternProperties").has(pattern.getKey())) {
        found.addAll(
            comparison.check(
                path + "/patternProperties/" + pattern.getKey(),
                additional(now),
                pattern.getValue()));
      }
    }
  }
}
