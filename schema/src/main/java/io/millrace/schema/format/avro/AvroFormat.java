package io.millrace.schema.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.schema.format.InvalidSchemaException;
import io.millrace.schema.format.JsonText;
import io.millrace.schema.format.ParsedSchema;
import io.millrace.schema.format.SchemaFormat;
import io.millrace.schema.format.SchemaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/** Apache Avro's schemas, read by its own parser. */
public final class AvroFormat implements SchemaFormat {

  @Override
  public SchemaType type() {
    return SchemaType.AVRO;
  }

  @Override
  public ParsedSchema parse(String text, Map<String, String> references, Source source) {
    JsonNode json = JsonText.parse(bare(text));
    Schema.Parser parser = new Schema.Parser();
    parser.setValidateDefaults(source == Source.CLIENT);
    List<Schema> known = new ArrayList<>();
    try {
      for (String reference : references.values()) {
        known.add(parser.parse(JsonText.compact(JsonText.parse(bare(reference)))));
      }
      return new AvroSchema(parser.parse(JsonText.compact(json)), known);
    } catch (InvalidSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      // Texts that are JSON but no schema make the parser fail in more ways than it declares.
      throw new InvalidSchemaException("the Avro schema cannot be used: " + reason(e));
    }
  }

  /** The name of a type may come without the quotes that JSON asks for. */
  private static String bare(String text) {
    String name = text.strip();
    if (name.isEmpty() || !name.chars().allMatch(AvroFormat::isOfName)) {
      return text;
    }
    return '"' + name + '"';
  }

  private static boolean isOfName(int c) {
    return c == '_'
        || c == '.'
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9');
  }

  private static String reason(RuntimeException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
