package io.millrace.console.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Arguments and headers as JSON, and from it. */
final class Tables {

  private Tables() {}

  static ObjectNode json(Map<?, ?> table) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    table.forEach((name, value) -> object.set(String.valueOf(name), json(value)));
    return object;
  }

  private static JsonNode json(@Nullable Object value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (value) {
      case null -> NullNode.instance;
      case Boolean truth -> nodes.booleanNode(truth);
      case Float number -> nodes.numberNode(number);
      case Double number -> nodes.numberNode(number);
      case BigDecimal number -> nodes.numberNode(number);
      case Number number -> nodes.numberNode(number.longValue());
      case Instant time -> nodes.numberNode(time.getEpochSecond());
      case byte[] bytes -> nodes.textNode(text(bytes));
      case Map<?, ?> table -> json(table);
      case List<?> list -> {
        ArrayNode array = nodes.arrayNode();
        list.forEach(each -> array.add(json(each)));
        yield array;
      }
      default -> nodes.textNode(String.valueOf(value));
    };
  }

  private static String text(byte[] bytes) {
    String text = utf8(bytes);
    return text == null ? Base64.getEncoder().encodeToString(bytes) : text;
  }

  /** Bytes as text, or null when they are none. */
  static @Nullable String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /**
   * The table that a JSON object means.
   *
   * @throws Refusal for a null, which RabbitMQ takes nowhere in one
   */
  static Map<String, Object> table(ObjectNode object) {
    Map<String, Object> table = new LinkedHashMap<>();
    object.properties().forEach(each -> table.put(each.getKey(), value(each.getValue())));
    return table;
  }

  /** The value that a JSON value means. */
  static Object value(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> table(object);
      case ArrayNode array -> {
        List<Object> list = new ArrayList<>(array.size());
        array.forEach(each -> list.add(value(each)));
        yield list;
      }
      default -> {
        if (node.isNull()) {
          throw Refusal.badRequest("null_not_allowed");
        }
        if (node.isBoolean()) {
          yield node.booleanValue();
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
          yield node.longValue();
        }
        yield node.isNumber() ? (Object) node.doubleValue() : node.asText();
      }
    };
  }
}
