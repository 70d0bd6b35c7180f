package io.millrace.schema.format.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.millrace.schema.format.Incompatibility;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The keywords of two schemas, one by one: each of the reader's must accept what the writer's
 * accept. Keywords that speak of a type which the writer does not have are passed over.
 */
final class JsonKeywordRules {

  /** Keywords that accept everything. */
  static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$id",
          "id",
          "$anchor",
          "$comment",
          "$defs",
          "definitions",
          "$vocabulary",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "format",
          "contentEncoding",
          "contentMediaType",
          "contentSchema");

  /** Keywords that combine schemas; {@link JsonSchemaComparison} takes them apart. */
  static final Set<String> COMBINATIONS = Set.of("allOf", "anyOf", "oneOf");

  private static final List<String> TYPES =
      List.of("null", "boolean", "object", "array", "number", "integer", "string");

  private final JsonSchemaComparison comparison;
  private final JsonObjectRules objects;

  JsonKeywordRules(JsonSchemaComparison comparison) {
    this.comparison = comparison;
    this.objects = new JsonObjectRules(comparison);
  }

  List<Incompatibility> check(String path, JsonNode now, JsonNode old) {
    List<Incompatibility> found = new ArrayList<>();
    Set<String> types = types(old);
    checkTypes(path, now, old, types, found);
    checkValues(path, now, old, found);
    if (types.contains("number") || types.contains("integer")) {
      checkNumbers(path, now, old, found);
    }
    if (types.contains("string")) {
      checkStrings(path, now, old, found);
    }
    if (types.contains("array")) {
      checkArrays(path, now, old, found);
    }
    if (types.contains("object")) {
      objects.check(path, now, old, found);
    }
    checkNot(path, now, old, found);
    if (now.has("if") && !sameMembers(now, old, "if", "then", "else")) {
      found.add(new Incompatibility("CONDITION_CHANGED", path, "The condition has changed"));
    }
    return found;
  }

  // ---- types and values ----

  /** What a schema's instances can be; only types of its enum or const, when it has one. */
  private static Set<String> types(JsonNode schema) {
    Set<String> types = new HashSet<>(declared(schema));
    Set<String> ofValues = new HashSet<>();
    JsonNode values = schema.path("enum");
    if (values.isArray()) {
      values.forEach(value -> ofValues.add(typeOf(value)));
    } else if (schema.has("const")) {
      ofValues.add(typeOf(schema.get("const")));
    } else {
      return types;
    }
    if (types.contains("number")) {
      types.add("integer");
    }
    types.retainAll(ofValues);
    return types;
  }

  private static Set<String> declared(JsonNode schema) {
    JsonNode type = schema.path("type");
    Set<String> types = new TreeSet<>();
    if (type.isTextual()) {
      types.add(type.textValue());
    } else if (type.isArray()) {
      type.forEach(each -> types.add(each.asText()));
    } else {
      types.addAll(TYPES);
    }
    return types;
  }

  private static String typeOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case NUMBER -> isInteger(value.decimalValue()) ? "integer" : "number";
      default -> "null";
    };
  }

  private static boolean isInteger(BigDecimal value) {
    return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
  }

  private static void checkTypes(
      String path, JsonNode now, JsonNode old, Set<String> types, List<Incompatibility> found) {
    Set<String> accepted = declared(now);
    Set<String> missing = new TreeSet<>(types);
    missing.removeAll(accepted);
    if (accepted.contains("number")) {
      missing.remove("integer");
    }
    if (!missing.isEmpty()) {
      boolean narrowed = accepted.stream().anyMatch(types::contains);
      found.add(
          new Incompatibility(
              narrowed ? "TYPE_NARROWED" : "TYPE_CHANGED",
              path,
              "The type is " + accepted + " and was " + declared(old)));
    }
  }

  private static void checkValues(
      String path, JsonNode now, JsonNode old, List<Incompatibility> found) {
    Set<JsonNode> accepted = values(now);
    if (accepted == null) {
      return;
    }
    Set<JsonNode> written = values(old);
    if (written == null) {
      found.add(
          new Incompatibility(
              "ENUM_ADDED", path, "Only listed values are accepted, and others were before"));
    } else if (!accepted.containsAll(written)) {
      written.removeAll(accepted);
      found.add(
          new Incompatibility(
              "ENUM_ARRAY_NARROWED",
              path,
              written.size()
                  + " values are not accepted any more, such as "
                  + written.iterator().next()));
    }
  }

  private static @Nullable Set<JsonNode> values(JsonNode schema) {
    JsonNode list = schema.path("enum");
    if (list.isArray()) {
      Set<JsonNode> values = new HashSet<>();
      list.forEach(values::add);
      return values;
    }
    JsonNode single = schema.get("const");
    return single == null ? null : new HashSet<>(Set.of(single));
  }

  // ---- numbers ----

  private static void checkNumbers(
      String path, JsonNode now, JsonNode old, List<Incompatibility> found) {
    checkBound(path, "MAXIMUM", bound(now, "maximum", true), bound(old, "maximum", true), found);
    checkBound(path, "MINIMUM", bound(now, "minimum", false), bound(old, "minimum", false), found);
    BigDecimal step = number(now, "multipleOf");
    BigDecimal oldStep = number(old, "multipleOf");
    if (step != null && step.signum() > 0) {
      boolean holds =
          oldStep == null
              ? step.compareTo(BigDecimal.ONE) == 0 && !types(old).contains("number")
              : isMultiple(oldStep, step);
      if (!holds) {
        found.add(
            new Incompatibility(
                oldStep == null ? "MULTIPLE_OF_ADDED" : "MULTIPLE_OF_CHANGED",
                path,
                "Numbers must be multiples of " + step + " now"));
      }
    }
  }

  /** Digits that a quotient may need; numbers further apart count as no multiples. */
  private static boolean isMultiple(BigDecimal value, BigDecimal step) {
    long spread = Math.abs((long) value.scale() - step.scale());
    return spread < 400 && value.remainder(step).signum() == 0;
  }

  /** A limit; null for none. Those of draft 4 are exclusive by a switch beside them. */
  private record Bound(BigDecimal value, boolean exclusive, boolean upper) {

    boolean admits(Bound other) {
      int order = upper ? other.value.compareTo(value) : value.compareTo(other.value);
      return order < 0 || (order == 0 && (!exclusive || other.exclusive));
    }
  }

  private static @Nullable Bound bound(JsonNode schema, String keyword, boolean upper) {
    String exclusiveKeyword = upper ? "exclusiveMaximum" : "exclusiveMinimum";
    BigDecimal inclusive = number(schema, keyword);
    BigDecimal exclusive = number(schema, exclusiveKeyword);
    Bound first =
        inclusive == null
            ? null
            : new Bound(inclusive, schema.path(exclusiveKeyword).asBoolean(false), upper);
    Bound second = exclusive == null ? null : new Bound(exclusive, true, upper);
    if (first == null || second == null) {
      return first == null ? second : first;
    }
    return first.admits(second) ? second : first;
  }

  private static void checkBound(
      String path,
      String name,
      @Nullable Bound now,
      @Nullable Bound old,
      List<Incompatibility> found) {
    if (now == null) {
      return;
    }
    if (old == null || !now.admits(old)) {
      found.add(
          new Incompatibility(
              name + (old == null ? "_ADDED" : now.upper ? "_DECREASED" : "_INCREASED"),
              path,
              "The limit is " + now.value + (old == null ? "" : " and was " + old.value)));
    }
  }

  static @Nullable BigDecimal number(JsonNode schema, String keyword) {
    JsonNode value = schema.path(keyword);
    return value.isNumber() ? value.decimalValue() : null;
  }

  // ---- strings ----

  private static void checkStrings(
      String path, JsonNode now, JsonNode old, List<Incompatibility> found) {
    checkMost(path, "maxLength", "MAX_LENGTH", now, old, found);
    checkLeast(path, "minLength", "MIN_LENGTH", now, old, found);
    if (now.has("pattern") && !now.get("pattern").equals(old.get("pattern"))) {
      found.add(
          new Incompatibility(
              old.has("pattern") ? "PATTERN_CHANGED" : "PATTERN_ADDED",
              path,
              "Strings must match " + now.get("pattern")));
    }
  }

  static void checkMost(
      String path,
      String keyword,
      String name,
      JsonNode now,
      JsonNode old,
      List<Incompatibility> found) {
    BigDecimal most = number(now, keyword);
    BigDecimal before = number(old, keyword);
    if (most != null && (before == null || before.compareTo(most) > 0)) {
      found.add(
          new Incompatibility(
              name + (before == null ? "_ADDED" : "_DECREASED"),
              path,
              keyword + " is " + most + (before == null ? "" : " and was " + before)));
    }
  }

  static void checkLeast(
      String path,
      String keyword,
      String name,
      JsonNode now,
      JsonNode old,
      List<Incompatibility> found) {
    BigDecimal least = number(now, keyword);
    BigDecimal before = number(old, keyword);
    if (least != null && least.signum() > 0 && (before == null || before.compareTo(least) < 0)) {
      found.add(
          new Incompatibility(
              name + (before == null ? "_ADDED" : "_INCREASED"),
              path,
              keyword + " is " + least + (before == null ? "" : " and was " + before)));
    }
  }

  // ---- arrays ----

  private void checkArrays(String path, JsonNode now, JsonNode old, List<Incompatibility> found) {
    checkMost(path, "maxItems", "MAX_ITEMS", now, old, found);
    checkLeast(path, "minItems", "MIN_ITEMS", now, old, found);
    if (now.path("uniqueItems").asBoolean(false) && !old.path("uniqueItems").asBoolean(false)) {
      found.add(new Incompatibility("UNIQUE_ITEMS_ADDED", path, "Items must be unique now"));
    }
    JsonNode tuple = tuple(now);
    JsonNode oldTuple = tuple(old);
    int places = Math.max(tuple.size(), oldTuple.size());
    for (int i = 0; i < places; i++) {
      JsonNode item = i < tuple.size() ? tuple.get(i) : rest(now);
      JsonNode oldItem = i < oldTuple.size() ? oldTuple.get(i) : rest(old);
      found.addAll(comparison.check(path + "/items/" + i, item, oldItem));
    }
    found.addAll(comparison.check(path + "/items", rest(now), rest(old)));
    if (now.has("contains") && !sameMembers(now, old, "contains", "minContains", "maxContains")) {
      found.add(
          new Incompatibility("CONTAINS_CHANGED", path, "Arrays must contain something else now"));
    }
    if (now.path("unevaluatedItems").isBoolean()
        && !now.path("unevaluatedItems").booleanValue()
        && !sameMembers(now, old, "unevaluatedItems")) {
      found.add(
          new Incompatibility(
              "UNEVALUATED_ITEMS_REMOVED", path, "Further items are not accepted any more"));
    }
  }

  /** Schemas of the first items: prefixItems, and before draft 2020-12 a list of items. */
  private static JsonNode tuple(JsonNode schema) {
    JsonNode prefix = schema.path("prefixItems");
    if (prefix.isArray()) {
      return prefix;
    }
    JsonNode items = schema.path("items");
    return items.isArray() ? items : com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }

  /** The schema of the items behind those. */
  private static JsonNode rest(JsonNode schema) {
    JsonNode items = schema.path("items");
    JsonNode rest = items.isArray() ? schema.path("additionalItems") : items;
    return rest.isMissingNode() ? BooleanNode.TRUE : rest;
  }

  // ---- the rest ----

  private void checkNot(String path, JsonNode now, JsonNode old, List<Incompatibility> found) {
    JsonNode excluded = now.get("not");
    if (excluded == null) {
      return;
    }
    JsonNode before = old.get("not");
    // What the writer left out must cover what the reader leaves out: roles change sides here, so
    // only equal schemas are taken for that.
    if (before == null || !before.equals(excluded)) {
      found.add(
          new Incompatibility(
              before == null ? "NOT_ADDED" : "NOT_TYPE_CHANGED",
              path,
              "Documents of another schema are refused now"));
    }
  }

  static boolean sameMembers(JsonNode now, JsonNode old, String... names) {
    for (String name : names) {
      if (!now.path(name).equals(old.path(name))) {
        return false;
      }
    }
    return true;
  }
}
