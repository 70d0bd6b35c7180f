package io.millrace.schema;

import io.millrace.schema.SchemaReader.Read;
import io.millrace.schema.format.Incompatibility;
import io.millrace.schema.format.InvalidSchemaException;
import io.millrace.schema.format.ParsedSchema;
import io.millrace.schema.record.CompatibilityLevel;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import java.util.ArrayList;
import java.util.List;

/** Whether a new schema may follow older versions. Any thread may use it. */
final class CompatibilityCheck {

  private static final int MOST_MESSAGES = 100;

  private final SchemaReader reader;

  CompatibilityCheck(SchemaReader reader) {
    this.reader = reader;
  }

  /** As {@link #against}, for those of a subject's versions that the level asks for. */
  List<String> againstSubject(
      RegistryState state, CompatibilityLevel level, Read schema, List<SchemaVersion> live) {
    if (level == CompatibilityLevel.NONE || live.isEmpty()) {
      return List.of();
    }
    return against(
        state, level, schema, level.transitive() ? live.reversed() : List.of(live.getLast()));
  }

  /** Why the schema does not fit the older versions; empty when it does. */
  List<String> against(
      RegistryState state, CompatibilityLevel level, Read schema, List<SchemaVersion> older) {
    List<String> messages = new ArrayList<>();
    for (SchemaVersion version : older) {
      List<Incompatibility> found = between(state, level, schema, version);
      if (!found.isEmpty()) {
        found.forEach(each -> messages.add(each.toString()));
        messages.add("{oldSchemaVersion: " + version.version() + "}");
        messages.add("{compatibility: '" + level + "'}");
      }
      if (messages.size() >= MOST_MESSAGES) {
        return List.copyOf(messages.subList(0, MOST_MESSAGES));
      }
    }
    return messages;
  }

  private List<Incompatibility> between(
      RegistryState state, CompatibilityLevel level, Read schema, SchemaVersion version) {
    if (version.content().equals(schema.content())) {
      return List.of();
    }
    if (version.content().type() != schema.content().type()) {
      return List.of(
          new Incompatibility(
              "SCHEMA_TYPE_CHANGED",
              "/",
              "The schema is of type "
                  + schema.content().type()
                  + " and was "
                  + version.content().type()));
    }
    try {
      ParsedSchema old = reader.read(state, version);
      List<Incompatibility> found = new ArrayList<>();
      if (level.backward()) {
        found.addAll(schema.schema().incompatibilitiesReading(old));
      }
      if (level.forward()) {
        found.addAll(old.incompatibilitiesReading(schema.schema()));
      }
      return found;
    } catch (InvalidSchemaException e) {
      throw new RegistryException(
          RegistryError.INVALID_SCHEMA, "The schemas cannot be compared: " + e.getMessage());
    }
  }
}
