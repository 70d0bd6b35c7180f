package io.millrace.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.schema.format.SchemaReference;
import io.millrace.schema.format.SchemaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schema as a client gives it.
 *
 * @param id that it is to have; 0 for any. Only in import mode
 * @param version that it is to have; 0 for the next
 * @param metadata of a data contract; must not be changed any more
 * @param ruleSet of a data contract; must not be changed any more
 */
public record NewSchema(
    SchemaType type,
    String text,
    List<SchemaReference> references,
    int id,
    int version,
    @Nullable JsonNode metadata,
    @Nullable JsonNode ruleSet) {

  /** Takes an unmodifiable copy. */
  public NewSchema {
    references = List.copyOf(references);
  }

  /** A schema without references that gets the next id and version. */
  public static NewSchema of(SchemaType type, String text) {
    return new NewSchema(type, text, List.of(), 0, 0, null, null);
  }
}
