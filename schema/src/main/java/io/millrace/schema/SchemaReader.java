package io.millrace.schema;

import io.millrace.schema.format.InvalidSchemaException;
import io.millrace.schema.format.ParsedSchema;
import io.millrace.schema.format.SchemaFormat;
import io.millrace.schema.format.SchemaFormat.Source;
import io.millrace.schema.format.SchemaReference;
import io.millrace.schema.format.SchemaType;
import io.millrace.schema.format.avro.AvroFormat;
import io.millrace.schema.format.json.JsonSchemaFormat;
import io.millrace.schema.format.protobuf.ProtobufFormat;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import io.millrace.schema.record.SchemaContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns texts into schemas, with what they refer to. Any thread may use it; it takes the time that
 * the format's parser takes.
 */
final class SchemaReader {

  private static final int MOST_REFERENCES = 200;
  private static final int MOST_REFERENCE_DEPTH = 20;

  private static final Map<SchemaType, SchemaFormat> FORMATS =
      Map.of(
          SchemaType.AVRO, new AvroFormat(),
          SchemaType.PROTOBUF, new ProtobufFormat(),
          SchemaType.JSON, new JsonSchemaFormat());

  private final int maxSchemaBytes;

  /** A client's schema, understood. */
  record Read(SchemaContent content, ParsedSchema schema) {}

  SchemaReader(int maxSchemaBytes) {
    this.maxSchemaBytes = maxSchemaBytes;
  }

  /**
   * Reads a client's schema.
   *
   * @throws RegistryException with {@code INVALID_SCHEMA} or {@code SCHEMA_TOO_LARGE}
   */
  Read read(RegistryState state, String subject, NewSchema given, boolean normalize) {
    checkText(given);
    String context = SubjectName.context(subject);
    List<SchemaReference> references = new ArrayList<>();
    for (SchemaReference reference : given.references()) {
      references.add(resolved(state, context, reference, given));
    }
    ParsedSchema schema;
    try {
      schema = parse(state, context, given.type(), given.text(), references, Source.CLIENT);
    } catch (InvalidSchemaException e) {
      throw invalid(given, e.getMessage());
    }
    return new Read(
        new SchemaContent(
            given.type(),
            normalize ? schema.normalized() : schema.canonical(),
            normalize
                ? references.stream()
                    .sorted(Comparator.comparing(SchemaReference::name))
                    .distinct()
                    .toList()
                : references,
            given.metadata(),
            given.ruleSet()),
        schema);
  }

  private void checkText(NewSchema given) {
    String text = given.text();
    // One character has up to three bytes: most texts need no count.
    boolean tooLarge =
        text.length() > maxSchemaBytes
            || (text.length() > maxSchemaBytes / 3
                && text.getBytes(StandardCharsets.UTF_8).length > maxSchemaBytes);
    if (tooLarge) {
      throw new RegistryException(
          RegistryError.SCHEMA_TOO_LARGE,
          "The schema has more than "
              + maxSchemaBytes
              + " bytes (schema-registry.max-schema-size)");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw invalid(given, "it has half a surrogate pair, which is no character");
    }
  }

  private static SchemaReference resolved(
      RegistryState state, String context, SchemaReference reference, NewSchema given) {
    SchemaVersion version = find(state, context, reference);
    if (version == null || version.deleted()) {
      throw invalid(
          given,
          "No schema reference found for subject \""
              + reference.subject()
              + "\" and version "
              + reference.version());
    }
    return new SchemaReference(reference.name(), reference.subject(), version.version());
  }

  private static @Nullable SchemaVersion find(
      RegistryState state, String context, SchemaReference reference) {
    Subject subject = state.subject(SubjectName.within(context, reference.subject()));
    if (subject == null) {
      return null;
    }
    return reference.version() == -1 ? subject.latest() : subject.version(reference.version());
  }

  /**
   * Reads a stored schema.
   *
   * @throws RegistryException with {@code INVALID_SCHEMA} when its text is none, as can be when
   *     another program wrote it
   */
  ParsedSchema read(RegistryState state, SchemaVersion stored) {
    SchemaContent content = stored.content();
    try {
      return parse(
          state,
          SubjectName.context(stored.subject()),
          content.type(),
          content.text(),
          content.references(),
          Source.TOPIC);
    } catch (InvalidSchemaException e) {
      throw new RegistryException(
          RegistryError.INVALID_SCHEMA,
          "Version "
              + stored.version()
              + " of subject '"
              + stored.subject()
              + "' cannot be read: "
              + e.getMessage());
    }
  }

  private static ParsedSchema parse(
      RegistryState state,
      String context,
      SchemaType type,
      String text,
      List<SchemaReference> references,
      Source source) {
    Map<String, String> texts = new LinkedHashMap<>();
    collect(state, context, references, texts, new HashSet<>(), 0);
    SchemaFormat format = FORMATS.get(type);
    if (format == null) {
      throw new IllegalStateException("no format for " + type);
    }
    return format.parse(text, texts, source);
  }

  /** Texts by name, each after those that it refers to. */
  private static void collect(
      RegistryState state,
      String context,
      List<SchemaReference> references,
      Map<String, String> texts,
      Set<String> open,
      int depth) {
    if (depth > MOST_REFERENCE_DEPTH) {
      throw new InvalidSchemaException(
          "its references go deeper than " + MOST_REFERENCE_DEPTH + " schemas");
    }
    for (SchemaReference reference : references) {
      if (texts.containsKey(reference.name()) || !open.add(reference.name())) {
        continue;
      }
      SchemaVersion version = find(state, context, reference);
      if (version == null) {
        throw new InvalidSchemaException(
            "No schema reference found for subject \""
                + reference.subject()
                + "\" and version "
                + reference.version());
      }
      collect(
          state,
          SubjectName.context(version.subject()),
          version.content().references(),
          texts,
          open,
          depth + 1);
      if (texts.size() >= MOST_REFERENCES) {
        throw new InvalidSchemaException(
            "it refers to more than " + MOST_REFERENCES + " schemas, all levels counted");
      }
      texts.put(reference.name(), version.content().text());
    }
  }

  private static RegistryException invalid(NewSchema given, @Nullable String reason) {
    return new RegistryException(
        RegistryError.INVALID_SCHEMA,
        "Invalid schema of type " + given.type() + ", details: " + reason);
  }
}
