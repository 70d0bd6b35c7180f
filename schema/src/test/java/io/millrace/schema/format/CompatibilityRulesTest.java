package io.millrace.schema.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schema.format.SchemaFormat.Source;
import io.millrace.schema.format.avro.AvroFormat;
import io.millrace.schema.format.json.JsonSchemaFormat;
import io.millrace.schema.format.protobuf.ProtobufFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which changes of a schema can still read what was written before, format by format. */
class CompatibilityRulesTest {

  private static List<String> reasons(SchemaFormat format, String reader, String writer) {
    return format
        .parse(reader, Map.of(), Source.CLIENT)
        .incompatibilitiesReading(format.parse(writer, Map.of(), Source.CLIENT))
        .stream()
        .map(Incompatibility::type)
        .distinct()
        .toList();
  }

  private static void assertReason(List<String> reasons, String expected) {
    if (expected.isEmpty()) {
      assertThat(reasons).isEmpty();
    } else {
      assertThat(reasons).contains(expected);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "long"                                      | "int"                                       | ``
          "int"                                       | "long"                                      | TYPE_MISMATCH
          ["null","int"]                              | "int"                                       | ``
          "int"                                       | ["null","int"]                              | TYPE_MISMATCH
          {"type":"enum","name":"E","symbols":["A"]}  | {"type":"enum","name":"E","symbols":["A","B"]} | MISSING_ENUM_SYMBOLS
          {"type":"enum","name":"E","symbols":["A"],"default":"A"} | {"type":"enum","name":"E","symbols":["A","B"]} | ``
          {"type":"fixed","name":"F","size":4}        | {"type":"fixed","name":"F","size":8}        | FIXED_SIZE_MISMATCH
          {"type":"record","name":"R","fields":[]}    | {"type":"record","name":"S","fields":[]}    | NAME_MISMATCH
          {"type":"record","name":"R","fields":[{"name":"f","type":"int"}]} | {"type":"record","name":"R","fields":[]} | READER_FIELD_MISSING_DEFAULT_VALUE
          {"type":"record","name":"R","fields":[{"name":"f","type":"int","default":1}]} | {"type":"record","name":"R","fields":[]} | ``
          """)
  void avro(String reader, String writer, String reason) {
    assertReason(reasons(new AvroFormat(), reader, writer), reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          message M { int32 a = 1; string b = 2; }      | message M { int32 a = 1; }                    | ``
          message M { int32 a = 1; }                    | message M { int32 a = 1; string b = 2; }      | ``
          message M { int32 renamed = 1; }              | message M { int32 a = 1; }                    | ``
          message M { uint64 a = 1; }                   | message M { bool a = 1; }                     | ``
          message M { sint32 a = 1; }                   | message M { int32 a = 1; }                    | FIELD_KIND_CHANGED
          message M { string a = 1; }                   | message M { bytes a = 1; }                    | ``
          message M { string a = 1; }                   | message M { int32 a = 1; }                    | FIELD_KIND_CHANGED
          message M { int64 a = 1; }                    | message M { E a = 1; } enum E { Z = 0; }      | ``
          message M { N a = 1; } message N { }          | message M { O a = 1; } message O { }          | FIELD_NAMED_TYPE_CHANGED
          message M { N a = 1; } message N { string b = 1; } | message M { N a = 1; } message N { int32 b = 1; } | FIELD_KIND_CHANGED
          message M { repeated string a = 1; }          | message M { string a = 1; }                   | ``
          message M { repeated int32 a = 1; }           | message M { int32 a = 1; }                    | FIELD_NUMERIC_LABEL_CHANGED
          message M { map<string, int32> a = 1; }       | message M { map<string, uint64> a = 1; }      | ``
          message M { map<string, int32> a = 1; }       | message M { map<string, string> a = 1; }      | FIELD_KIND_CHANGED
          message M { }                                 | message M { message N { } }                   | MESSAGE_REMOVED
          message N { }                                 | message M { }                                 | MESSAGE_REMOVED
          message M { oneof o { int32 a = 1; } }        | message M { int32 a = 1; }                    | ``
          message M { oneof o { int32 a = 1; int32 b = 2; } } | message M { int32 a = 1; int32 b = 2; } | MULTIPLE_FIELDS_MOVED_TO_ONEOF
          message M { oneof o { int32 a = 1; int32 b = 2; } } | message M { int32 a = 1; oneof o { int32 b = 2; } } | FIELD_MOVED_TO_EXISTING_ONEOF
          message M { oneof o { int32 a = 1; } }        | message M { oneof o { int32 a = 1; int32 b = 2; } } | ONEOF_FIELD_REMOVED
          message M { M next = 1; int32 a = 2; }        | message M { M next = 1; }                     | ``
          """)
  void protobuf(String reader, String writer, String reason) {
    String syntax = "syntax = \"proto3\"; ";
    assertReason(reasons(new ProtobufFormat(), syntax + reader, syntax + writer), reason);
  }

  @Test
  void protobufFieldsThatMustBeThereCannotComeLater() {
    String one = "syntax = \"proto2\"; message M { required int32 a = 1; }";
    String none = "syntax = \"proto2\"; message M { }";

    assertThat(reasons(new ProtobufFormat(), one, none)).containsExactly("REQUIRED_FIELD_ADDED");
    assertThat(reasons(new ProtobufFormat(), none, one)).containsExactly("REQUIRED_FIELD_REMOVED");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"type":"number"}                             | {"type":"integer"}                            | ``
          {"type":"integer"}                            | {"type":"number"}                             | TYPE_CHANGED
          {"type":["string","null"]}                    | {"type":"string"}                             | ``
          {"type":"string"}                             | {"type":["string","null"]}                    | TYPE_NARROWED
          {"type":"string"}                             | {}                                            | TYPE_NARROWED
          {}                                            | {"type":"string"}                             | ``
          {"type":"string","title":"t","description":"d"} | {"type":"string"}                           | ``
          {"type":"string","maxLength":4}               | {"type":"string","maxLength":5}               | MAX_LENGTH_DECREASED
          {"type":"string","maxLength":5}               | {"type":"string","maxLength":4}               | ``
          {"type":"string","minLength":1}               | {"type":"string"}                             | MIN_LENGTH_ADDED
          {"type":"string","pattern":"a"}               | {"type":"string"}                             | PATTERN_ADDED
          {"type":"number","maximum":5}                 | {"type":"number","exclusiveMaximum":5}        | ``
          {"type":"number","exclusiveMaximum":5}        | {"type":"number","maximum":5}                 | MAXIMUM_DECREASED
          {"type":"number","minimum":5}                 | {"type":"number","minimum":4}                 | MINIMUM_INCREASED
          {"type":"number","multipleOf":2}              | {"type":"number","multipleOf":4}              | ``
          {"type":"number","multipleOf":4}              | {"type":"number","multipleOf":2}              | MULTIPLE_OF_CHANGED
          {"enum":["a","b"]}                            | {"enum":["a"]}                                | ``
          {"enum":["a"]}                                | {"enum":["a","b"]}                            | ENUM_ARRAY_NARROWED
          {"const":"a"}                                 | {"type":"string"}                             | ENUM_ADDED
          {"type":"string"}                             | {"enum":["a","b"]}                            | ``
          {"type":"array","items":{"type":"number"}}    | {"type":"array","items":{"type":"integer"}}   | ``
          {"type":"array","items":{"type":"string"}}    | {"type":"array","items":{"type":"integer"}}   | TYPE_CHANGED
          {"type":"array","uniqueItems":true}           | {"type":"array"}                              | UNIQUE_ITEMS_ADDED
          {"type":"array","items":[{"type":"string"}],"additionalItems":false} | {"type":"array","items":[{"type":"string"},{"type":"string"}],"additionalItems":false} | SCHEMA_CLOSED
          {"anyOf":[{"type":"string"},{"type":"null"}]} | {"type":"string"}                             | ``
          {"type":"string"}                             | {"anyOf":[{"type":"string"},{"type":"null"}]} | TYPE_CHANGED
          {"oneOf":[{"type":"string"},{"type":"null"},{"type":"number"}]} | {"oneOf":[{"type":"null"},{"type":"string"}]} | ``
          {"oneOf":[{"type":"string"}]}                 | {"oneOf":[{"type":"null"},{"type":"string"}]} | SUM_TYPE_NARROWED
          {"anyOf":[{"type":"string"},{"type":"null"}]} | {"type":["string","null"]}                    | ``
          {"type":"string"}                             | {"allOf":[{"type":"string"},{"maxLength":3}]} | ``
          {"allOf":[{"type":"string"},{"maxLength":3}]} | {"type":"string"}                             | MAX_LENGTH_ADDED
          {"not":{"type":"string"}}                     | {}                                            | NOT_ADDED
          {"type":"object","properties":{"a":{"type":"string"}}} | {"type":"object"}                    | PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL
          {"type":"object"}                             | {"type":"object","properties":{"a":{"type":"string"}}} | ``
          {"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"}}} | {"type":"object","additionalProperties":false} | ``
          {"type":"object","additionalProperties":false} | {"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"}}} | PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL
          {"type":"object","additionalProperties":false} | {"type":"object"}                            | ADDITIONAL_PROPERTIES_REMOVED
          {"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}} | {"type":"object","additionalProperties":{"type":"string"}} | ``
          {"type":"object","properties":{"a":{"type":"number"}},"additionalProperties":{"type":"string"}} | {"type":"object","additionalProperties":{"type":"string"}} | PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
          {"type":"object","properties":{"a":{}},"required":["a"]} | {"type":"object","properties":{"a":{}}} | REQUIRED_ATTRIBUTE_ADDED
          {"type":"object","properties":{"a":{"default":1}},"required":["a"]} | {"type":"object","properties":{"a":{}}} | ``
          {"$ref":"#/definitions/n","definitions":{"n":{"type":"object","properties":{"n":{"$ref":"#/definitions/n"}}}}} | {"$ref":"#/definitions/n","definitions":{"n":{"type":"object","properties":{"n":{"$ref":"#/definitions/n"}}}}} | ``
          """)
  void json(String reader, String writer, String reason) {
    assertReason(reasons(new JsonSchemaFormat(), reader, writer), reason);
  }

  @Test
  void jsonSchemasOfAllDraftsAreChecked() {
    JsonSchemaFormat format = new JsonSchemaFormat();
    for (String draft :
        List.of(
            "http://json-schema.org/draft-04/schema#",
            "http://json-schema.org/draft-06/schema#",
            "http://json-schema.org/draft-07/schema#",
            "https://json-schema.org/draft/2019-09/schema",
            "https://json-schema.org/draft/2020-12/schema")) {
      String schema = "{\"$schema\":\"" + draft + "\",\"type\":\"%s\"}";
      assertThat(format.parse(schema.formatted("object"), Map.of(), Source.CLIENT)).isNotNull();
      assertThatThrownBy(() -> format.parse(schema.formatted("thing"), Map.of(), Source.CLIENT))
          .isInstanceOf(InvalidSchemaException.class);
    }
  }

  @Test
  void whatARefLeadsToIsInTheSchemaOrAmongTheReferencesAndNeverFetched() {
    JsonSchemaFormat format = new JsonSchemaFormat();
    String schema = "{\"type\":\"array\",\"items\":{\"$ref\":\"http://127.0.0.1:9/item.json\"}}";
    Map<String, String> references =
        Map.of("http://127.0.0.1:9/item.json", "{\"type\":\"string\"}");

    assertThatThrownBy(() -> format.parse(schema, Map.of(), Source.CLIENT))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageContaining("leads nowhere");
    ParsedSchema parsed = format.parse(schema, references, Source.CLIENT);
    ParsedSchema numbers =
        format.parse(
            "{\"type\":\"array\",\"items\":{\"type\":\"number\"}}", Map.of(), Source.CLIENT);
    assertThat(parsed.incompatibilitiesReading(numbers)).isNotEmpty();
  }

  @Test
  void whatStandsBesideARefCountsSinceDraft2019() {
    String refers =
        "{\"$schema\":\"%s\",\"definitions\":{\"s\":{\"type\":\"string\"}},"
            + "\"$ref\":\"#/definitions/s\",\"maxLength\":3}";
    String string = "{\"type\":\"string\"}";
    JsonSchemaFormat format = new JsonSchemaFormat();

    assertThat(
            reasons(
                format, refers.formatted("https://json-schema.org/draft/2020-12/schema"), string))
        .containsExactly("MAX_LENGTH_ADDED");
    assertThat(reasons(format, refers.formatted("http://json-schema.org/draft-07/schema#"), string))
        .isEmpty();
  }

  @Test
  void comparingSchemasThatReferToThemselvesComesToAnEnd() {
    List<String> schemas =
        List.of(
            "{\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"string\"}],\"maxLength\":3}",
            "{\"oneOf\":[{\"allOf\":[{\"$ref\":\"#\"}]},{\"type\":[\"string\",\"null\"]}]}",
            "{\"allOf\":[{\"$ref\":\"#\"}],\"items\":{\"$ref\":\"#\"}}",
            "{\"$ref\":\"#\"}");
    for (String reader : schemas) {
      for (String writer : schemas) {
        assertThat(reasons(new JsonSchemaFormat(), reader, writer)).isNotNull();
      }
    }
  }

  @Test
  void numbersThatWouldTakeGigabytesAreRefused() {
    for (String number : List.of("1e2000000000", "1e3253065326", "1e-100000", "1".repeat(200))) {
      String schema = "{\"const\":" + number + ",\"multipleOf\":3}";
      assertThatThrownBy(() -> new JsonSchemaFormat().parse(schema, Map.of(), Source.CLIENT))
          .isInstanceOf(InvalidSchemaException.class);
    }
  }

  @Test
  void nestingIsBounded() {
    String deep = "{\"type\":\"array\",\"items\":".repeat(300) + "\"int\"" + "}".repeat(300);
    String messages = "syntax = \"proto3\"; " + "message M {".repeat(300) + "}".repeat(300);
    for (SchemaFormat format : List.of(new AvroFormat(), new JsonSchemaFormat())) {
      assertThatThrownBy(() -> format.parse(deep, Map.of(), Source.CLIENT))
          .isInstanceOf(InvalidSchemaException.class);
    }
    assertThatThrownBy(() -> new ProtobufFormat().parse(messages, Map.of(), Source.CLIENT))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageContaining("deeper");
  }
}
