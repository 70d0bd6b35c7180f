package io.millrace.schema.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.schema.format.SchemaReference;
import io.millrace.schema.format.SchemaType;
import io.millrace.schema.record.RegistryRecord.ConfigGone;
import io.millrace.schema.record.RegistryRecord.ConfigSet;
import io.millrace.schema.record.RegistryRecord.IdsGivenOut;
import io.millrace.schema.record.RegistryRecord.ModeGone;
import io.millrace.schema.record.RegistryRecord.ModeSet;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import io.millrace.schema.record.RegistryRecord.SubjectCleared;
import io.millrace.schema.record.RegistryRecord.SubjectDeleted;
import io.millrace.schema.record.RegistryRecord.VersionGone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records to and from the bytes of the topic:
 *
 * <pre>
 *   {"keytype":"SCHEMA","subject":"s","version":1,"magic":1}   {"subject":"s","version":1,"id":1,"schema":"…","deleted":false}
 *   {"keytype":"CONFIG","subject":null,"magic":0}              {"compatibilityLevel":"FULL"}
 *   {"keytype":"MODE","subject":"s","magic":0}                 {"mode":"READONLY"}
 *   {"keytype":"DELETE_SUBJECT","subject":"s","magic":0}       {"subject":"s","version":3}
 *   {"keytype":"CLEAR_SUBJECT","subject":"s","magic":0}        {"subject":"s"}
 *   {"keytype":"NOOP","magic":0}                               {"maxIds":{"":7}}
 * </pre>
 *
 * The value of NOOP is Millrace's own; other registries do not read it.
 */
public final class RegistryRecordCodec {

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(300).build())
              .build());

  private RegistryRecordCodec() {}

  // ---- write ----

  /** The key. */
  public static ByteBuffer key(RegistryRecord record) {
    return bytes(
        switch (record) {
          case SchemaVersion schema -> schemaKey(schema.subject(), schema.version());
          case VersionGone gone -> schemaKey(gone.subject(), gone.version());
          case ConfigSet set -> key("CONFIG", set.scope());
          case ConfigGone gone -> key("CONFIG", gone.scope());
          case ModeSet set -> key("MODE", set.scope());
          case ModeGone gone -> key("MODE", gone.scope());
          case SubjectDeleted deleted -> key("DELETE_SUBJECT", deleted.subject());
          case SubjectCleared cleared -> key("CLEAR_SUBJECT", cleared.subject());
          case IdsGivenOut unused -> JSON.createObjectNode().put("keytype", "NOOP").put("magic", 0);
        });
  }

  private static ObjectNode schemaKey(String subject, int version) {
    return JSON.createObjectNode()
        .put("keytype", "SCHEMA")
        .put("subject", subject)
        .put("version", version)
        .put("magic", 1);
  }

  private static ObjectNode key(String type, String scope) {
    ObjectNode key = JSON.createObjectNode().put("keytype", type);
    if (scope.isEmpty()) {
      key.putNull("subject");
    } else {
      key.put("subject", scope);
    }
    return key.put("magic", 0);
  }

  /** The value; null for a tombstone. */
  public static @Nullable ByteBuffer value(RegistryRecord record) {
    return switch (record) {
      case SchemaVersion schema -> bytes(schema(schema));
      case ConfigSet set -> bytes(config(set.config()));
      case ModeSet set -> bytes(JSON.createObjectNode().put("mode", set.mode().name()));
      case SubjectDeleted deleted ->
          bytes(
              JSON.createObjectNode()
                  .put("subject", deleted.subject())
                  .put("version", deleted.version()));
      case SubjectCleared cleared ->
          bytes(JSON.createObjectNode().put("subject", cleared.subject()));
      case IdsGivenOut ids -> {
        ObjectNode value = JSON.createObjectNode();
        ObjectNode largest = value.putObject("maxIds");
        ids.largest().forEach(largest::put);
        yield bytes(value);
      }
      case VersionGone unused -> null;
      case ConfigGone unused -> null;
      case ModeGone unused -> null;
    };
  }

  private static ObjectNode schema(SchemaVersion schema) {
    SchemaContent content = schema.content();
    ObjectNode value =
        JSON.createObjectNode()
            .put("subject", schema.subject())
            .put("version", schema.version())
            .put("id", schema.id());
    if (content.type() != SchemaType.AVRO) {
      value.put("schemaType", content.type().name());
    }
    if (!content.references().isEmpty()) {
      var references = value.putArray("references");
      for (SchemaReference reference : content.references()) {
        references
            .addObject()
            .put("name", reference.name())
            .put("subject", reference.subject())
            .put("version", reference.version());
      }
    }
    if (content.metadata() != null) {
      value.set("metadata", content.metadata());
    }
    if (content.ruleSet() != null) {
      value.set("ruleSet", content.ruleSet());
    }
    return value.put("schema", content.text()).put("deleted", schema.deleted());
  }

  private static ObjectNode config(SubjectConfig config) {
    ObjectNode value = JSON.createObjectNode();
    if (config.compatibility() != null) {
      value.put("compatibilityLevel", config.compatibility().name());
    }
    if (config.normalize() != null) {
      value.put("normalize", config.normalize());
    }
    return value;
  }

  private static ByteBuffer bytes(ObjectNode value) {
    try {
      return ByteBuffer.wrap(JSON.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- read ----

  /**
   * The record that bytes stand for.
   *
   * @return null when they are of a kind that this registry does not know
   * @throws IllegalArgumentException when they are no record of a registry
   */
  public static @Nullable RegistryRecord decode(ByteBuffer key, @Nullable ByteBuffer value) {
    JsonNode about = parse(key);
    String scope = about.path("subject").asText("");
    if (about.path("subject").isNull()) {
      scope = "";
    }
    JsonNode said = value == null ? null : parse(value);
    return switch (about.path("keytype").asText()) {
      case "SCHEMA" -> schema(scope, number(about, "version"), said);
      case "CONFIG" -> said == null ? new ConfigGone(scope) : config(scope, said);
      case "MODE" -> said == null ? new ModeGone(scope) : mode(scope, said);
      case "DELETE_SUBJECT" ->
          said == null ? null : new SubjectDeleted(scope, number(said, "version"));
      case "CLEAR_SUBJECT" -> said == null ? null : new SubjectCleared(scope);
      case "NOOP" -> said == null ? null : idsGivenOut(said);
      default -> null;
    };
  }

  private static JsonNode parse(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    JsonNode node;
    try {
      node = JSON.readTree(copy);
    } catch (IOException e) {
      throw new IllegalArgumentException("a record of the registry is not JSON", e);
    }
    if (node == null || !node.isObject()) {
      throw new IllegalArgumentException("a record of the registry is not a JSON object");
    }
    return node;
  }

  private static int number(JsonNode node, String member) {
    JsonNode value = node.path(member);
    if (!value.isInt()) {
      throw new IllegalArgumentException("a record of the registry has no number " + member);
    }
    return value.intValue();
  }

  private static RegistryRecord schema(String subject, int version, @Nullable JsonNode said) {
    if (subject.isEmpty() || version < 1) {
      throw new IllegalArgumentException("a schema's record names no version of a subject");
    }
    if (said == null) {
      return new VersionGone(subject, version);
    }
    SchemaType type = SchemaType.named(said.path("schemaType").asText(""));
    if (type == null) {
      throw new IllegalArgumentException(
          "a schema's record is of the type " + said.path("schemaType"));
    }
    if (!said.path("schema").isTextual()) {
      throw new IllegalArgumentException("a schema's record has no schema");
    }
    List<SchemaReference> references = new ArrayList<>();
    for (JsonNode reference : said.path("references")) {
      references.add(
          new SchemaReference(
              reference.path("name").asText(),
              reference.path("subject").asText(),
              number(reference, "version")));
    }
    SchemaContent content =
        new SchemaContent(
            type,
            said.path("schema").textValue(),
            references,
            present(said, "metadata"),
            present(said, "ruleSet"));
    return new SchemaVersion(
        subject, version, number(said, "id"), content, said.path("deleted").asBoolean(false));
  }

  private static @Nullable JsonNode present(JsonNode node, String member) {
    JsonNode value = node.get(member);
    return value == null || value.isNull() ? null : value;
  }

  private static RegistryRecord config(String scope, JsonNode said) {
    JsonNode level = said.path("compatibilityLevel");
    JsonNode normalize = said.path("normalize");
    return new ConfigSet(
        scope,
        new SubjectConfig(
            level.isTextual() ? CompatibilityLevel.named(level.textValue()) : null,
            normalize.isBoolean() ? normalize.booleanValue() : null));
  }

  private static @Nullable RegistryRecord mode(String scope, JsonNode said) {
    Mode mode = Mode.named(said.path("mode").asText());
    return mode == null ? null : new ModeSet(scope, mode);
  }

  private static RegistryRecord idsGivenOut(JsonNode said) {
    Map<String, Integer> largest = new HashMap<>();
    said.path("maxIds")
        .properties()
        .forEach(
            context -> {
              if (context.getValue().isInt()) {
                largest.put(context.getKey(), context.getValue().intValue());
              }
            });
    return new IdsGivenOut(largest);
  }
}
