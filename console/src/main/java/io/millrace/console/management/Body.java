package io.millrace.console.management;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object that a request brings, read as RabbitMQ reads it: numbers and truth values may
 * also be texts, and members that nobody knows are passed over.
 */
record Body(ObjectNode members) {

  private static final int MOST_DEPTH = 64;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MOST_DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * The object in some bytes; nothing at all is an empty one.
   *
   * @param problem what to say when it is none
   */
  static Body of(byte[] bytes, String problem) {
    if (bytes.length == 0) {
      return new Body(JsonNodeFactory.instance.objectNode());
    }
    try {
      if (MAPPER.readTree(bytes) instanceof ObjectNode object) {
        return new Body(object);
      }
    } catch (IOException e) {
      throw Refusal.badRequest(problem);
    }
    throw Refusal.badRequest(problem);
  }

  /** Refuses a body that lacks one of these members. */
  Body require(String... names) {
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      if (get(name) == null) {
        missing.add("{key_missing," + name + "}");
      }
    }
    if (!missing.isEmpty()) {
      throw Refusal.badRequest("[" + String.join(",", missing) + "]");
    }
    return this;
  }

  /** A member, or null when it is not there or has no value. */
  @Nullable JsonNode get(String name) {
    JsonNode value = members.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /** A text. */
  String text(String name, String otherwise) {
    JsonNode value = get(name);
    if (value == null) {
      return otherwise;
    }
    if (value.isContainerNode()) {
      throw Refusal.badRequest("not_a_string", value);
    }
    return value.asText();
  }

  /** A truth value. */
  boolean truth(String name, boolean otherwise) {
    JsonNode value = get(name);
    if (value == null) {
      return otherwise;
    }
    if (value.isBoolean()) {
      return value.asBoolean();
    }
    return switch (value.asText()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw Refusal.badRequest("not_boolean", value);
    };
  }

  /** A whole number. */
  long number(String name, long otherwise) {
    JsonNode value = get(name);
    if (value == null) {
      return otherwise;
    }
    if (value.canConvertToLong() && value.isIntegralNumber()) {
      return value.longValue();
    }
    if (value.isTextual()) {
      try {
        return Long.parseLong(value.asText());
      } catch (NumberFormatException e) {
        // Refused below.
      }
    }
    throw Refusal.badRequest("not_integer", value);
  }

  /** An object; an empty one where there is none. An empty list is taken for one, too. */
  ObjectNode object(String name) {
    JsonNode value = get(name);
    if (value == null || (value.isArray() && value.isEmpty())) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw Refusal.badRequest("not_an_object", value);
  }

  /** The objects in a list; none where there is no list. */
  List<Body> list(String name) {
    JsonNode value = get(name);
    if (value == null) {
      return List.of();
    }
    List<Body> list = new ArrayList<>();
    if (!value.isArray()) {
      throw Refusal.badRequest("not_a_list", name);
    }
    for (JsonNode each : value) {
      if (!(each instanceof ObjectNode object)) {
        throw Refusal.badRequest("not_an_object", each);
      }
      list.add(new Body(object));
    }
    return list;
  }
}
