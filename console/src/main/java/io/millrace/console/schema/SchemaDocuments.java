package io.millrace.console.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.http.Request;
import io.millrace.schema.NewSchema;
import io.millrace.schema.format.SchemaReference;
import io.millrace.schema.format.SchemaType;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import io.millrace.schema.record.SchemaContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The documents of the registry's API. Members that are not known are passed over, since newer
 * clients send more of them.
 */
final class SchemaDocuments {

  private static final Set<String> MEDIA_TYPES =
      Set.of(
          "",
          "application/json",
          "application/octet-stream",
          "application/vnd.schemaregistry+json",
          "application/vnd.schemaregistry.v1+json");

  private static final int MOST_REFERENCES = 200;

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxNumberLength(100)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private SchemaDocuments() {}

  // ---- read ----

  /**
   * The body of a request.
   *
   * @throws RequestException 415, 400 or 422 when it is not a JSON object
   */
  static JsonNode body(Request request) {
    if (!MEDIA_TYPES.contains(request.mediaType())) {
      throw new RequestException(
          415, "The body must be of the type application/vnd.schemaregistry.v1+json");
    }
    return body(request.body());
  }

  /** As {@link #body(Request)}, of bytes. */
  static JsonNode body(byte[] bytes) {
    JsonNode body;
    try {
      body = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new RequestException(
          400, "The body is not the JSON that is expected: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (body == null || !body.isObject()) {
      throw new RequestException(RegistryErrors.UNPROCESSABLE, "The body must be a JSON object");
    }
    checkCharacters(body);
    return body;
  }

  /** JSON can write half a surrogate pair, which could not be stored. */
  private static void checkCharacters(JsonNode node) {
    if (node.isTextual()) {
      checkCharacters(node.textValue());
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      checkCharacters(member.getKey());
      checkCharacters(member.getValue());
    }
    if (node.isArray()) {
      node.forEach(SchemaDocuments::checkCharacters);
    }
  }

  private static void checkCharacters(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new RequestException(400, "The body has half a surrogate pair, which is no character");
    }
  }

  /** A schema that a client gives. */
  static NewSchema schema(JsonNode body) {
    JsonNode text = body.path("schema");
    if (!text.isTextual()) {
      throw new RequestException(
          42201, "The member \"schema\" is missing: the text of the schema, as a string");
    }
    String typeName = text(body, "schemaType");
    SchemaType type = SchemaType.named(typeName);
    if (type == null) {
      throw new RequestException(
          RegistryErrors.UNPROCESSABLE,
          "Invalid schema type " + typeName + ": allowed are AVRO, JSON and PROTOBUF");
    }
    return new NewSchema(
        type,
        text.textValue(),
        references(body.path("references")),
        number(body, "id"),
        number(body, "version"),
        object(body, "metadata"),
        object(body, "ruleSet"));
  }

  private static List<SchemaReference> references(JsonNode given) {
    List<SchemaReference> references = new ArrayList<>();
    if (given.isMissingNode() || given.isNull()) {
      return references;
    }
    if (!given.isArray() || given.size() > MOST_REFERENCES) {
      throw new RequestException(
          RegistryErrors.UNPROCESSABLE,
          "The member \"references\" must be an array of at most " + MOST_REFERENCES);
    }
    for (JsonNode reference : given) {
      String name = text(reference, "name");
      String subject = text(reference, "subject");
      if (name == null || subject == null) {
        throw new RequestException(
            RegistryErrors.UNPROCESSABLE, "A reference must have a name, a subject and a version");
      }
      int version = reference.path("version").isInt() ? reference.path("version").intValue() : -1;
      references.add(new SchemaReference(name, subject, version));
    }
    return references;
  }

  static @Nullable String text(JsonNode body, String member) {
    JsonNode value = body.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new RequestException(
          RegistryErrors.UNPROCESSABLE, "The member \"" + member + "\" must be a string");
    }
    return value.textValue();
  }

  /** A number from 1; 0 when there is none, or -1 which says the same. */
  private static int number(JsonNode body, String member) {
    JsonNode value = body.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return 0;
    }
    if (!value.isInt() || value.intValue() < -1) {
      throw new RequestException(
          RegistryErrors.UNPROCESSABLE,
          "The member \"" + member + "\" must be a number from 1 to 2147483647, or -1 for any");
    }
    return Math.max(0, value.intValue());
  }

  private static @Nullable JsonNode object(JsonNode body, String member) {
    JsonNode value = body.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isObject()) {
      throw new RequestException(
          RegistryErrors.UNPROCESSABLE, "The member \"" + member + "\" must be an object");
    }
    return value;
  }

  // ---- write ----

  /** A version with its schema. */
  static ObjectNode version(SchemaVersion version) {
    ObjectNode document =
        JsonNodeFactory.instance
            .objectNode()
            .put("subject", version.subject())
            .put("version", version.version())
            .put("id", version.id());
    addContent(document, version.content());
    if (version.deleted()) {
      document.put("deleted", true);
    }
    return document;
  }

  /** The schema of an id, without the subjects that have it. */
  static ObjectNode content(SchemaContent content) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    addContent(document, content);
    return document;
  }

  private static void addContent(ObjectNode document, SchemaContent content) {
    if (content.type() != SchemaType.AVRO) {
      document.put("schemaType", content.type().name());
    }
    if (!content.references().isEmpty()) {
      var references = document.putArray("references");
      for (SchemaReference reference : content.references()) {
        references
            .addObject()
            .put("name", reference.name())
            .put("subject", reference.subject())
            .put("version", reference.version());
      }
    }
    if (content.metadata() != null) {
      document.set("metadata", content.metadata());
    }
    if (content.ruleSet() != null) {
      document.set("ruleSet", content.ruleSet());
    }
    document.put("schema", content.text());
  }
}
