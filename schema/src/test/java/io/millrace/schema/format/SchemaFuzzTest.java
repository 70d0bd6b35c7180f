package io.millrace.schema.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.schema.format.SchemaFormat.Source;
import io.millrace.schema.format.avro.AvroFormat;
import io.millrace.schema.format.json.JsonSchemaFormat;
import io.millrace.schema.format.protobuf.ProtobufFormat;
import io.millrace.schema.record.RegistryRecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Hostile texts are refused by an InvalidSchemaException, and by nothing else. */
class SchemaFuzzTest {

  private static final SchemaFormat AVRO = new AvroFormat();
  private static final SchemaFormat JSON = new JsonSchemaFormat();
  private static final SchemaFormat PROTOBUF = new ProtobufFormat();

  private static final List<String> AVRO_SCHEMAS =
      List.of(
          """
          {"type":"record","name":"a.R","doc":"d","aliases":["S"],"fields":[
           {"name":"f","type":["null",{"type":"array","items":"a.R"}],"default":null},
           {"name":"g","type":{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}},
           {"name":"h","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
           {"name":"i","type":{"type":"map","values":{"type":"fixed","name":"F","size":16}}}]}
          """,
          "\"string\"",
          "[\"null\",\"long\"]");

  private static final List<String> JSON_SCHEMAS =
      List.of(
          """
          {"$schema":"http://json-schema.org/draft-07/schema#","$id":"http://x/y","type":"object",
           "definitions":{"n":{"type":["null","object"],"properties":{"n":{"$ref":"#/definitions/n"}}}},
           "properties":{"a":{"type":"integer","minimum":1,"multipleOf":2},"b":{"enum":[1,"x",null]},
           "c":{"oneOf":[{"type":"string","maxLength":3},{"$ref":"#/definitions/n"}]}},
           "patternProperties":{"^x-":{"not":{"type":"string"}}},"required":["a"],
           "additionalProperties":false,"allOf":[{"minProperties":1}],"if":true,"then":{}}
          """,
          "{\"type\":\"array\",\"items\":[{\"const\":1.5e3}],\"additionalItems\":{\"type\":\"number\"}}",
          "true");

  private static final List<String> PROTOBUF_SCHEMAS =
      List.of(
          """
          syntax = "proto3"; package a.b; import "google/protobuf/timestamp.proto";
          option java_package = "x";
          message M { int32 a = 1 [deprecated = true]; map<string, M> m = 2; oneof o { string s = 3;
           N n = 4; } reserved 9 to 11; enum E { A = 0; } message N { repeated E e = 1; }
           google.protobuf.Timestamp t = 5; optional bool z = 6; }
          service S { rpc R (M) returns (stream M.N); }
          """,
          "syntax = \"proto2\"; message M { required string s = 1 [default = \"x\"];"
              + " extensions 100 to max; } extend M { optional int32 e = 101; }",
          Base64.getEncoder()
              .encodeToString(
                  com.google.protobuf.TimestampProto.getDescriptor().toProto().toByteArray()));

  @FuzzTest(maxDuration = "60s")
  void anyTextIsAnAvroSchemaOrRefused(byte[] bytes) {
    check(AVRO, text(bytes));
  }

  @FuzzTest(maxDuration = "60s")
  void anyTextIsAJsonSchemaOrRefused(byte[] bytes) {
    check(JSON, text(bytes));
  }

  @FuzzTest(maxDuration = "60s")
  void anyTextIsAProtobufSchemaOrRefused(byte[] bytes) {
    check(PROTOBUF, text(bytes));
  }

  @FuzzTest(maxDuration = "60s")
  void anyBytesAreAProtobufDescriptorOrRefused(byte[] bytes) {
    check(PROTOBUF, Base64.getEncoder().encodeToString(bytes));
  }

  @FuzzTest(maxDuration = "60s")
  void anyBytesAreARecordOfTheTopicOrRefused(byte[] bytes) {
    int middle = bytes.length == 0 ? 0 : Math.floorMod(bytes[0], bytes.length);
    try {
      var unused =
          RegistryRecordCodec.decode(
              ByteBuffer.wrap(bytes, 0, middle).slice(),
              ByteBuffer.wrap(bytes, middle, bytes.length - middle).slice());
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageContaining("record");
    }
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void goodSchemasWithDamageAreSchemasOrRefused(@ForAll long seed) {
    Random random = new Random(seed);
    check(AVRO, damaged(AVRO_SCHEMAS, random));
    check(JSON, damaged(JSON_SCHEMAS, random));
    check(PROTOBUF, damaged(PROTOBUF_SCHEMAS, random));
  }

  private static String damaged(List<String> good, Random random) {
    StringBuilder text = new StringBuilder(good.get(random.nextInt(good.size())));
    for (int i = random.nextInt(4); i > 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      int to = Math.min(text.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, to);
        case 1 -> text.insert(random.nextInt(text.length()), text.substring(at, to));
        case 2 -> text.setCharAt(at, (char) (32 + random.nextInt(96)));
        default -> text.insert(at, Integer.toString(random.nextInt()));
      }
    }
    return text.toString();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** What is a schema has a canonical form that is one too, and can read itself. */
  private static void check(SchemaFormat format, String text) {
    ParsedSchema schema;
    try {
      schema = format.parse(text, Map.of(), Source.CLIENT);
    } catch (InvalidSchemaException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    ParsedSchema again = format.parse(schema.canonical(), Map.of(), Source.TOPIC);
    assertThat(again.canonical()).as(text).isEqualTo(schema.canonical());
    assertThat(format.parse(schema.normalized(), Map.of(), Source.TOPIC).normalized())
        .as(text)
        .isEqualTo(schema.normalized());
    try {
      assertThat(again.incompatibilitiesReading(schema)).as(text).isEmpty();
    } catch (InvalidSchemaException refused) {
      assertThat(refused).hasMessageContaining("compared");
    }
  }
}
