package io.millrace.schema.format.avro;

import io.millrace.schema.format.Incompatibility;
import io.millrace.schema.format.InvalidSchemaException;
import io.millrace.schema.format.JsonText;
import io.millrace.schema.format.ParsedSchema;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/** An Avro schema; compared by the rules of schema resolution, as Avro's library has them. */
final class AvroSchema implements ParsedSchema {

  private static final int MOST_REASONS = 100;

  private final Schema schema;
  private final List<Schema> references;

  AvroSchema(Schema schema, List<Schema> references) {
    this.schema = schema;
    this.references = List.copyOf(references);
  }

  @Override
  @SuppressWarnings("deprecation") // the one that leaves out the types of other subjects
  public String canonical() {
    return references.isEmpty() ? schema.toString() : schema.toString(references, false);
  }

  @Override
  public String normalized() {
    return JsonText.compact(JsonText.sorted(JsonText.parse(canonical())));
  }

  @Override
  public List<Incompatibility> incompatibilitiesReading(ParsedSchema writer) {
    if (!(writer instanceof AvroSchema other)) {
      throw new IllegalArgumentException("schemas of two formats cannot be compared");
    }
    try {
      return SchemaCompatibility.checkReaderWriterCompatibility(schema, other.schema)
          .getResult()
          .getIncompatibilities()
          .stream()
          .limit(MOST_REASONS)
          .map(AvroSchema::incompatibility)
          .toList();
    } catch (RuntimeException e) {
      throw new InvalidSchemaException("the schemas cannot be compared: " + e.getMessage());
    }
  }

  private static Incompatibility incompatibility(SchemaCompatibility.Incompatibility found) {
    return new Incompatibility(found.getType().name(), found.getLocation(), description(found));
  }

  private static String description(SchemaCompatibility.Incompatibility found) {
    String subject = found.getMessage();
    return switch (found.getType()) {
      case NAME_MISMATCH -> "The name of the schema has changed: " + subject;
      case FIXED_SIZE_MISMATCH -> "The size of the fixed type has changed: " + subject;
      case MISSING_ENUM_SYMBOLS ->
          "The reading schema lacks enum symbols and has no default: " + subject;
      case READER_FIELD_MISSING_DEFAULT_VALUE ->
          "The field "
              + subject
              + " of the reading schema has no default value and is missing in the writing schema";
      case TYPE_MISMATCH -> "The types do not match: " + subject;
      case MISSING_UNION_BRANCH ->
          "The reading schema lacks a branch of the writing union: " + subject;
    };
  }
}
