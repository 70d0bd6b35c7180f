package io.millrace.app.cli.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.millrace.app.cli.CommandException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** JSON that a JSON Schema allows; what is stored is shown as it is. Nothing is ever fetched. */
final class JsonSchemaData implements SchemaData {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Schema schema;

  JsonSchemaData(String text, Map<String, String> references) {
    schema =
        SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_7, builder -> builder.schemas(references))
            .getSchema(text, InputFormat.JSON);
  }

  @Override
  public byte[] encode(byte[] json) {
    try {
      JsonNode node = MAPPER.readTree(json);
      List<Error> errors = schema.validate(node);
      if (!errors.isEmpty()) {
        throw CommandException.failed("it does not fit the JSON Schema: " + errors.getFirst());
      }
      return MAPPER.writeValueAsBytes(node);
    } catch (IOException e) {
      throw PlainCodec.notJson(e);
    }
  }

  @Override
  public byte[] show(ByteBuffer data) {
    try {
      return MAPPER
          .writeValueAsString(MAPPER.readTree(StandardCharsets.UTF_8.decode(data).toString()))
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw PlainCodec.notJson(e);
    }
  }
}
