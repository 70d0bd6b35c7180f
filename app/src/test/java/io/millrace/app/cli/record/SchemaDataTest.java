package io.millrace.app.cli.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.app.cli.CommandException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** JSON becomes the bytes that registry clients write, and comes back. */
class SchemaDataTest {

  private static final String SHOP =
      """
      syntax = "proto3";
      package shop;
      import "shop/stamp.proto";
      message Page { string path = 1; }
      message Visit {
        Page page = 1;
        Stamp at = 2;
        message Click { int64 x = 1; }
      }
      """;
  private static final Map<String, String> STAMP =
      Map.of(
          "shop/stamp.proto",
          "syntax = \"proto3\"; package shop; message Stamp { int64 millis = 1; }");

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String shown(SchemaData data, byte[] stored) {
    return new String(data.show(ByteBuffer.wrap(stored)), StandardCharsets.UTF_8);
  }

  @Test
  void aMessageIsPrecededByItsPlaceInTheSchema() {
    SchemaData first = new ProtobufData(SHOP, STAMP, null);
    assertThat(first.encode(utf8("{\"path\":\"a\"}"))).containsExactly(0, 0x0a, 1, 'a');
    SchemaData visit = new ProtobufData(SHOP, STAMP, "shop.Visit");
    byte[] stored = visit.encode(utf8("{\"page\":{\"path\":\"a\"},\"at\":{\"millis\":\"5\"}}"));
    // One index, which is 1, both zigzag-encoded.
    assertThat(stored).startsWith(2, 2);
    assertThat(shown(first, stored))
        .isEqualTo("{\"page\":{\"path\":\"a\"},\"at\":{\"millis\":\"5\"}}");
    byte[] click = new ProtobufData(SHOP, STAMP, "Visit.Click").encode(utf8("{\"x\":1}"));
    assertThat(click).containsExactly(4, 2, 0, 8, 1);
    assertThat(shown(first, click)).isEqualTo("{\"x\":\"1\"}");
    assertThatThrownBy(() -> new ProtobufData(SHOP, STAMP, "Cart"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("Page, Visit");
  }

  @Test
  void unionsOfAvroAreNamedAndTypesOfOtherSubjectsFound() {
    Map<String, String> references = new LinkedHashMap<>();
    references.put(
        "shop.Item",
        "{\"type\":\"record\",\"name\":\"Item\",\"namespace\":\"shop\",\"fields\":"
            + "[{\"name\":\"name\",\"type\":[\"null\",\"string\"]}]}");
    SchemaData order =
        new AvroData(
            "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":"
                + "[{\"name\":\"item\",\"type\":\"shop.Item\"}]}",
            references);
    byte[] stored = order.encode(utf8("{\"item\":{\"name\":{\"string\":\"tea\"}}}"));
    assertThat(stored).containsExactly(2, 6, 't', 'e', 'a');
    assertThat(shown(order, stored)).isEqualTo("{\"item\":{\"name\":{\"string\":\"tea\"}}}");
  }

  @Test
  void aJsonSchemaIsAskedWithItsReferences() {
    SchemaData data =
        new JsonSchemaData(
            "{\"type\":\"object\",\"properties\":{\"at\":{\"$ref\":\"http://x/point.json\"}}}",
            Map.of("http://x/point.json", "{\"type\":\"integer\"}"));
    assertThat(shown(data, data.encode(utf8("{ \"at\": 5 }")))).isEqualTo("{\"at\":5}");
    assertThatThrownBy(() -> data.encode(utf8("{\"at\":\"home\"}")))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("at");
  }

  @Property(tries = 300)
  void anyBytesAreShownOrRefused(@ForAll byte[] bytes) {
    SchemaData protobuf = new ProtobufData(SHOP, STAMP, null);
    SchemaData avro =
        new AvroData(
            "{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"},"
                + "{\"name\":\"kind\",\"type\":[\"null\",\"boolean\",\"double\"]}]}",
            Map.of());
    for (SchemaData each : new SchemaData[] {protobuf, avro}) {
      try {
        assertThat(each.show(ByteBuffer.wrap(bytes))).isNotNull();
      } catch (CommandException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }
}
