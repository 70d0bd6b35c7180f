package io.millrace.schema.format.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.schema.format.Incompatibility;
import io.millrace.schema.format.InvalidSchemaException;
import io.millrace.schema.format.JsonText;
import io.millrace.schema.format.ParsedSchema;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A JSON Schema with the schemas it refers to. */
final class JsonSchemaDocument implements ParsedSchema {

  /** Members whose values are data, not schemas. */
  private static final Set<String> DATA = Set.of("enum", "const", "default", "examples");

  private final JsonNode root;

  /** Documents and embedded schemas by absolute or given name, and by name with anchor. */
  private final Map<String, JsonNode> named = new HashMap<>();

  /** The base against which the references in an object are resolved. */
  private final IdentityHashMap<JsonNode, String> bases = new IdentityHashMap<>();

  /** Schemas with a {@code $ref} and other keywords, as conjunctions of both. */
  private final IdentityHashMap<JsonNode, JsonNode> expanded = new IdentityHashMap<>();

  private final boolean siblingsCount;

  JsonSchemaDocument(JsonNode root, Map<String, JsonNode> references) {
    this.root = root;
    siblingsCount = root.path("$schema").asText("").contains("/draft/20");
    references.forEach(
        (name, schema) -> {
          named.put(name, schema);
          index(schema, name);
        });
    named.put("", root);
    index(root, "");
    bases.keySet().forEach(this::expand);
  }

  /** Since draft 2019-09 what stands beside a {@code $ref} counts too. */
  private void expand(JsonNode schema) {
    String reference = text(schema, "$ref");
    if (!siblingsCount || reference == null || schema.size() == 1) {
      return;
    }
    JsonNode target = target(schema, reference);
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.setAll((ObjectNode) schema);
    whole.remove("$ref");
    ArrayNode parts = JsonNodeFactory.instance.arrayNode();
    schema.path("allOf").forEach(parts::add);
    if (target != null) {
      whole.set("allOf", parts.add(target));
    }
    expanded.put(schema, whole);
  }

  private void index(JsonNode node, String base) {
    if (node.isArray()) {
      node.forEach(each -> index(each, base));
      return;
    }
    if (!node.isObject()) {
      return;
    }
    String here = base;
    String id = text(node, "$id");
    if (id == null) {
      id = text(node, "id");
    }
    if (id != null && !id.isEmpty()) {
      if (id.startsWith("#")) {
        named.put(base + id, node);
      } else {
        here = resolve(base, id);
        String bare = here.endsWith("#") ? here.substring(0, here.length() - 1) : here;
        here = bare;
        named.put(bare, node);
      }
    }
    String anchor = text(node, "$anchor");
    if (anchor != null) {
      named.put(here + "#" + anchor, node);
    }
    bases.put(node, here);
    String inner = here;
    node.properties()
        .forEach(
            member -> {
              if (!DATA.contains(member.getKey())) {
                index(member.getValue(), inner);
              }
            });
  }

  private static @Nullable String text(JsonNode node, String member) {
    JsonNode value = node.get(member);
    return value != null && value.isTextual() ? value.textValue() : null;
  }

  private static String resolve(String base, String reference) {
    if (base.isEmpty()) {
      return reference;
    }
    try {
      return URI.create(base).resolve(reference).toString();
    } catch (IllegalArgumentException e) {
      return reference;
    }
  }

  JsonNode root() {
    return root;
  }

  /** What a {@code $ref} in {@code at} leads to, or null when that is nowhere. */
  @Nullable JsonNode target(JsonNode at, String reference) {
    String base = bases.getOrDefault(at, "");
    int hash = reference.indexOf('#');
    String document = hash < 0 ? reference : reference.substring(0, hash);
    String fragment = hash < 0 ? "" : reference.substring(hash + 1);
    String name = document.isEmpty() ? base : resolve(base, document);
    JsonNode found = named.get(name);
    if (found == null && !document.isEmpty()) {
      name = document;
      found = named.get(name);
    }
    if (found == null) {
      return null;
    }
    if (fragment.isEmpty()) {
      return found;
    }
    if (!fragment.startsWith("/")) {
      return named.get(name + "#" + fragment);
    }
    try {
      JsonNode pointed =
          found.at(URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8));
      return pointed.isMissingNode() ? null : pointed;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * Checks that every {@code $ref} leads somewhere.
   *
   * @throws InvalidSchemaException when one does not
   */
  void checkReferences() {
    check(root);
  }

  private void check(JsonNode node) {
    if (node.isObject()) {
      String reference = text(node, "$ref");
      if (reference != null && target(node, reference) == null) {
        throw new InvalidSchemaException(
            "the $ref "
                + reference
                + " leads nowhere: it must be in the schema or the name of a reference");
      }
      node.properties()
          .forEach(
              member -> {
                if (!DATA.contains(member.getKey())) {
                  check(member.getValue());
                }
              });
    } else if (node.isArray()) {
      node.forEach(this::check);
    }
  }

  /** A schema that is not only a {@code $ref}; refers to nothing else than what it leads to. */
  JsonNode resolved(JsonNode schema) {
    JsonNode at = schema;
    for (int i = 0; i < JsonText.MOST_DEPTH && at.isObject(); i++) {
      String reference = text(at, "$ref");
      if (reference == null) {
        return at;
      }
      JsonNode whole = expanded.get(at);
      if (whole != null) {
        return whole;
      }
      JsonNode next = target(at, reference);
      if (next == null) {
        return BooleanNode.TRUE;
      }
      at = next;
    }
    return at.isObject() && at.has("$ref") ? BooleanNode.TRUE : at;
  }

  @Override
  public String canonical() {
    return JsonText.compact(root);
  }

  @Override
  public String normalized() {
    return JsonText.compact(JsonText.sorted(root));
  }

  @Override
  public List<Incompatibility> incompatibilitiesReading(ParsedSchema writer) {
    if (!(writer instanceof JsonSchemaDocument other)) {
      throw new IllegalArgumentException("schemas of two formats cannot be compared");
    }
    return new JsonSchemaComparison(this, other).compare();
  }
}
