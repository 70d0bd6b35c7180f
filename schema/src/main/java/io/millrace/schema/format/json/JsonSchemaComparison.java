package io.millrace.schema.format.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.schema.format.Incompatibility;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether one JSON Schema accepts every document that another one accepts.
 *
 * <p>The answer is found by structure, keyword by keyword, and errs to the side of "no": schemas
 * that only a solver could tell to be contained are reported. Both sides are taken apart:
 *
 * <ul>
 *   <li>The reader is a conjunction: its own keywords, each part of {@code allOf}, {@code anyOf} as
 *       a whole, and so on; the writer must be within each.
 *   <li>The writer is within a conjunct when its own keywords, {@code allOf} merged into them, are;
 *       or when each branch of its {@code anyOf} or {@code oneOf} is.
 *   <li>The writer is within the reader's {@code anyOf} or {@code oneOf} when it, or each branch of
 *       it, is within one of the branches.
 * </ul>
 *
 * <p>A pair of schemas that is met again while it is being compared holds: that is how recursive
 * schemas end. Pairs are compared once, and at most {@value #MOST_PAIRS} of them. Confined to one
 * thread.
 */
final class JsonSchemaComparison {

  private static final int MOST_REASONS = 100;
  private static final int MOST_PAIRS = 200_000;

  private final JsonSchemaDocument reader;
  private final JsonSchemaDocument writer;
  private final JsonKeywordRules keywords = new JsonKeywordRules(this);
  private final Map<Pair, List<Incompatibility>> compared = new HashMap<>();
  private final IdentityHashMap<JsonNode, JsonNode> merged = new IdentityHashMap<>();
  private final IdentityHashMap<JsonNode, JsonNode> uncombined = new IdentityHashMap<>();
  private boolean tooComplex;

  /** Two schemas, by identity: to compare them by content would be to walk them each time. */
  private static final class Pair {
    private final JsonNode reader;
    private final JsonNode writer;

    Pair(JsonNode reader, JsonNode writer) {
      this.reader = reader;
      this.writer = writer;
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof Pair other && isSame(other);
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isSame(Pair other) {
      return reader == other.reader && writer == other.writer;
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(reader) + System.identityHashCode(writer);
    }
  }

  JsonSchemaComparison(JsonSchemaDocument reader, JsonSchemaDocument writer) {
    this.reader = reader;
    this.writer = writer;
  }

  List<Incompatibility> compare() {
    List<Incompatibility> found = check("#", reader.root(), writer.root());
    if (tooComplex) {
      return List.of(
          new Incompatibility(
              "TOO_COMPLEX", "#", "The schemas are too large in combination to be compared"));
    }
    return found.size() > MOST_REASONS ? found.subList(0, MOST_REASONS) : found;
  }

  /** Why the writer is not within the reader. */
  List<Incompatibility> check(String path, JsonNode readerSchema, JsonNode writerSchema) {
    JsonNode now = reader.resolved(readerSchema);
    JsonNode old = writer.resolved(writerSchema);
    if (tooComplex || acceptsAll(now) || acceptsNothing(old)) {
      return List.of();
    }
    Pair pair = new Pair(now, old);
    List<Incompatibility> known = compared.get(pair);
    if (known != null) {
      return known;
    }
    if (compared.size() >= MOST_PAIRS) {
      tooComplex = true;
      return List.of();
    }
    compared.put(pair, List.of());
    List<Incompatibility> found = conjuncts(path, now, flat(old));
    compared.put(pair, found);
    return found;
  }

  static boolean acceptsAll(JsonNode schema) {
    if (schema.isObject()) {
      for (Map.Entry<String, JsonNode> member : schema.properties()) {
        if (!JsonKeywordRules.ANNOTATIONS.contains(member.getKey())) {
          return false;
        }
      }
      return true;
    }
    return !schema.isBoolean() || schema.booleanValue();
  }

  static boolean acceptsNothing(JsonNode schema) {
    return schema.isBoolean() && !schema.booleanValue();
  }

  private List<Incompatibility> conjuncts(String path, JsonNode now, JsonNode old) {
    if (acceptsNothing(now)) {
      return List.of(
          new Incompatibility("SCHEMA_CLOSED", path, "The schema accepts nothing any more"));
    }
    List<Incompatibility> found = new ArrayList<>(own(path, now, old));
    JsonNode allOf = now.path("allOf");
    for (int i = 0; i < allOf.size() && found.size() < MOST_REASONS; i++) {
      found.addAll(check(path + "/allOf/" + i, allOf.get(i), old));
    }
    for (String sum : List.of("anyOf", "oneOf")) {
      if (now.path(sum).isArray()) {
        found.addAll(withinSum(path + "/" + sum, now.get(sum), old));
      }
    }
    return found.size() > MOST_REASONS ? List.copyOf(found.subList(0, MOST_REASONS)) : found;
  }

  /** The reader's own keywords. */
  private List<Incompatibility> own(String path, JsonNode now, JsonNode old) {
    List<Incompatibility> whole = keywords.check(path, now, old);
    if (whole.isEmpty()) {
      return whole;
    }
    for (String sum : List.of("anyOf", "oneOf")) {
      JsonNode branches = old.path(sum);
      if (branches.isArray()) {
        List<Incompatibility> ofBranches = new ArrayList<>();
        for (JsonNode branch : branches) {
          JsonNode resolved = writer.resolved(branch);
          ofBranches.addAll(branchOwn(path, now, resolved));
        }
        return ofBranches;
      }
    }
    return whole;
  }

  private List<Incompatibility> branchOwn(String path, JsonNode now, JsonNode branch) {
    if (acceptsNothing(branch)) {
      return List.of();
    }
    // One object for each schema: pairs are known by identity, and recursion ends by that.
    JsonNode only = uncombined.computeIfAbsent(now, JsonSchemaComparison::withoutCombinations);
    return acceptsAll(only) ? List.of() : check(path, only, branch);
  }

  /** Only a schema's own keywords: its combinations are conjuncts of their own. */
  private static JsonNode withoutCombinations(JsonNode schema) {
    if (JsonKeywordRules.COMBINATIONS.stream().noneMatch(schema::has)) {
      return schema;
    }
    ObjectNode only = JsonNodeFactory.instance.objectNode();
    schema
        .properties()
        .forEach(
            member -> {
              if (!JsonKeywordRules.COMBINATIONS.contains(member.getKey())) {
                only.set(member.getKey(), member.getValue());
              }
            });
    return only;
  }

  /** The reader's anyOf or oneOf. */
  private List<Incompatibility> withinSum(String path, JsonNode branches, JsonNode old) {
    if (withinOne(path, branches, old)) {
      return List.of();
    }
    for (String sum : List.of("anyOf", "oneOf")) {
      JsonNode written = old.path(sum);
      if (!written.isArray()) {
        continue;
      }
      List<Incompatibility> found = new ArrayList<>();
      for (int i = 0; i < written.size(); i++) {
        if (!withinOne(path, branches, written.get(i))) {
          found.add(
              new Incompatibility(
                  "SUM_TYPE_NARROWED",
                  path,
                  "None of the branches accepts what branch " + i + " of " + sum + " accepted"));
        }
      }
      return found;
    }
    JsonNode types = old.path("type");
    if (types.isArray() && eachTypeWithinOne(path, branches, old, types)) {
      return List.of();
    }
    return List.of(
        new Incompatibility(
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED",
            path,
            "None of the branches accepts all that was accepted before"));
  }

  private boolean withinOne(String path, JsonNode branches, JsonNode old) {
    for (int i = 0; i < branches.size(); i++) {
      if (check(path + "/" + i, branches.get(i), old).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** A list of types is a sum of schemas with one type each. */
  private boolean eachTypeWithinOne(String path, JsonNode branches, JsonNode old, JsonNode types) {
    for (JsonNode type : types) {
      ObjectNode single = JsonNodeFactory.instance.objectNode();
      single.setAll((ObjectNode) old);
      single.set("type", type);
      if (!withinOne(path, branches, single)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A writer's schema with its allOf merged in. Where two parts say different things the first one
   * counts: that accepts more than all of them, so the answer stays on the safe side.
   */
  private JsonNode flat(JsonNode old) {
    JsonNode allOf = old.path("allOf");
    if (!allOf.isArray() || allOf.isEmpty()) {
      return old;
    }
    JsonNode known = merged.get(old);
    if (known != null) {
      return known;
    }
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    old.properties()
        .forEach(
            member -> {
              if (!member.getKey().equals("allOf")) {
                whole.set(member.getKey(), member.getValue());
              }
            });
    merged.put(old, whole);
    for (JsonNode part : allOf) {
      JsonNode resolved = writer.resolved(part);
      if (resolved.isObject()) {
        merge(whole, flat(resolved));
      } else if (acceptsNothing(resolved)) {
        return resolved;
      }
    }
    return whole;
  }

  private static void merge(ObjectNode whole, JsonNode part) {
    part.properties()
        .forEach(
            member -> {
              String name = member.getKey();
              JsonNode present = whole.get(name);
              JsonNode value = member.getValue();
              if (present == null) {
                whole.set(name, value);
              } else if (name.equals("required") && present.isArray() && value.isArray()) {
                ArrayNode both = JsonNodeFactory.instance.arrayNode();
                present.forEach(both::add);
                value.forEach(both::add);
                whole.set(name, both);
              } else if (name.equals("properties") && present.isObject() && value.isObject()) {
                whole.set(name, properties((ObjectNode) present, value));
              }
            });
  }

  private static ObjectNode properties(ObjectNode some, JsonNode more) {
    ObjectNode both = JsonNodeFactory.instance.objectNode();
    both.setAll(some);
    more.properties()
        .forEach(
            member -> {
              JsonNode present = both.get(member.getKey());
              if (present == null) {
                both.set(member.getKey(), member.getValue());
              } else {
                ObjectNode conjunction = JsonNodeFactory.instance.objectNode();
                conjunction.putArray("allOf").add(present).add(member.getValue());
                both.set(member.getKey(), conjunction);
              }
            });
    return both;
  }
}
