package io.millrace.schema.record;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.schema.format.SchemaReference;
import io.millrace.schema.format.SchemaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an id stands for: two schemas are one when all of this is equal.
 *
 * @param text in the format's canonical form
 * @param metadata tags and properties of a data contract, kept as they came; must not be changed
 * @param ruleSet rules of a data contract, kept as they came; must not be changed
 */
public record SchemaContent(
    SchemaType type,
    String text,
    List<SchemaReference> references,
    @Nullable JsonNode metadata,
    @Nullable JsonNode ruleSet) {

  /** Takes an unmodifiable copy. */
  public SchemaContent {
    references = List.copyOf(references);
  }
}
