package io.millrace.app.cli.record;

import io.millrace.schema.format.SchemaReference;
import io.millrace.schema.format.SchemaType;
import java.util.List;

/** A schema as a registry has it. */
record RegistrySchema(int id, SchemaType type, String text, List<SchemaReference> references) {}
