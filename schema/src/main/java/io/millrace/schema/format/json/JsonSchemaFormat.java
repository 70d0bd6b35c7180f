package io.millrace.schema.format.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.millrace.schema.format.InvalidSchemaException;
import io.millrace.schema.format.JsonText;
import io.millrace.schema.format.ParsedSchema;
import io.millrace.schema.format.SchemaFormat;
import io.millrace.schema.format.SchemaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * JSON Schema of drafts 4, 6, 7, 2019-09 and 2020-12: a schema is checked against the meta-schema
 * that its {@code $schema} names, draft 7 without one. Nothing is ever fetched: what {@code $ref}
 * leads to must be in the schema or among its references.
 */
public final class JsonSchemaFormat implements SchemaFormat {

  private static final SpecificationVersion USUAL = SpecificationVersion.DRAFT_7;

  @Override
  public SchemaType type() {
    return SchemaType.JSON;
  }

  @Override
  public ParsedSchema parse(String text, Map<String, String> references, Source source) {
    JsonNode schema = JsonText.parse(text);
    if (!schema.isObject() && !schema.isBoolean()) {
      throw new InvalidSchemaException("a JSON Schema is an object, or true or false");
    }
    Map<String, JsonNode> referenced = new LinkedHashMap<>();
    references.forEach((name, other) -> referenced.put(name, JsonText.parse(other)));
    JsonSchemaDocument document = new JsonSchemaDocument(schema, referenced);
    if (source == Source.CLIENT) {
      checkAgainstMetaSchema(schema);
      document.checkReferences();
    }
    return document;
  }

  private static void checkAgainstMetaSchema(JsonNode schema) {
    List<Error> errors;
    try {
      errors = metaSchema(draft(schema)).validate(schema);
    } catch (RuntimeException e) {
      throw new InvalidSchemaException("the JSON Schema cannot be checked: " + e.getMessage());
    }
    if (!errors.isEmpty()) {
      throw new InvalidSchemaException(
          "the JSON Schema breaks the rules of its draft: " + errors.getFirst());
    }
  }

  private static SpecificationVersion draft(JsonNode schema) {
    String named = schema.path("$schema").asText("");
    if (named.isEmpty()) {
      return USUAL;
    }
    String bare = named.endsWith("#") ? named.substring(0, named.length() - 1) : named;
    for (SpecificationVersion version : SpecificationVersion.values()) {
      String id = version.getDialectId();
      if (bare.replace("https://", "http://").equals(plain(id))) {
        return version;
      }
    }
    throw new InvalidSchemaException(
        "the $schema "
            + named
            + " is not known; allowed: drafts 4, 6, 7, 2019-09 and 2020-12 of json-schema.org");
  }

  private static String plain(String dialectId) {
    String bare =
        dialectId.endsWith("#") ? dialectId.substring(0, dialectId.length() - 1) : dialectId;
    return bare.replace("https://", "http://");
  }

  private static Schema metaSchema(SpecificationVersion version) {
    return Objects.requireNonNull(MetaSchemas.LOADED.get(version));
  }

  /** Loaded when the first JSON Schema comes: they take a moment. */
  private static final class MetaSchemas {
    static final Map<SpecificationVersion, Schema> LOADED = load();

    private static Map<SpecificationVersion, Schema> load() {
      Map<SpecificationVersion, Schema> loaded =
          new java.util.EnumMap<>(SpecificationVersion.class);
      for (SpecificationVersion version : SpecificationVersion.values()) {
        loaded.put(
            version,
            SchemaRegistry.withDefaultDialect(version)
                .getSchema(SchemaLocation.of(version.getDialectId())));
      }
      return loaded;
    }
  }
}
