package io.millrace.schema.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON of schemas, with the bounds of what may come from outside: {@value #MOST_DEPTH} levels,
 * numbers of 100 digits and 500 places, no member twice.
 */
public final class JsonText {

  /** What a schema may be nested to; parsers and comparisons walk it by recursion. */
  public static final int MOST_DEPTH = 200;

  private static final int MOST_EXPONENT = 500;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MOST_DEPTH)
                          .maxNumberLength(100)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          // 1.0 stays 1.0: what is stored is what was sent.
          .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);

  private JsonText() {}

  /**
   * Reads one document.
   *
   * @throws InvalidSchemaException when it is none, or beyond the bounds
   */
  public static JsonNode parse(String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node == null || node.isMissingNode()) {
        throw new InvalidSchemaException("the schema is empty");
      }
      checkNumbers(node);
      return node;
    } catch (JsonProcessingException e) {
      throw new InvalidSchemaException(
          "the schema is not JSON that can be read: " + e.getOriginalMessage());
    } catch (NumberFormatException e) {
      // Jackson lets it through when an exponent does not fit an int.
      throw tooLong();
    }
  }

  /** A short text may stand for a number that would take gigabytes to calculate with. */
  private static void checkNumbers(JsonNode node) {
    if (node.isBigDecimal() && Math.abs((long) node.decimalValue().scale()) > MOST_EXPONENT) {
      throw tooLong();
    }
    node.forEach(JsonText::checkNumbers);
  }

  private static InvalidSchemaException tooLong() {
    return new InvalidSchemaException(
        "the schema has a number with more than " + MOST_EXPONENT + " places");
  }

  /** A document without white space. */
  public static String compact(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy whose members stand in the order of their names, on all levels. */
  public static JsonNode sorted(JsonNode node) {
    if (node.isObject()) {
      Map<String, JsonNode> members = new TreeMap<>();
      node.properties().forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
      ObjectNode copy = MAPPER.createObjectNode();
      members.forEach(copy::set);
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = MAPPER.createArrayNode();
      node.forEach(element -> copy.add(sorted(element)));
      return copy;
    }
    return node;
  }
}
