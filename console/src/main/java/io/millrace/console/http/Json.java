package io.millrace.console.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * JSON from and to records. Documents of others are read strictly: unknown members, trailing text,
 * and more than {@value #MOST_DEPTH} levels are refused.
 */
public final class Json {

  private static final int MOST_DEPTH = 32;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MOST_DEPTH).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .setDefaultPropertyInclusion(JsonInclude.Include.ALWAYS);

  private Json() {}

  /** A value as UTF-8. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An answer with a value. */
  public static Answer answer(int status, Object value) {
    return Answer.of(status, "application/json", bytes(value));
  }

  /**
   * The body of a request as a record.
   *
   * @throws ProblemException 415 when it is not sent as JSON, 400 with line and column when it is
   *     malformed
   */
  public static <T> T read(Request request, Class<T> type) {
    if (!request.mediaType().equals("application/json")) {
      throw new ProblemException(415, "The body must be sent with Content-Type: application/json.");
    }
    T value;
    try {
      value = MAPPER.readValue(request.body(), type);
    } catch (UnrecognizedPropertyException e) {
      throw new ProblemException(
          400,
          "The member \""
              + e.getPropertyName()
              + "\" is unknown, allowed are "
              + e.getKnownPropertyIds()
              + ".",
          place(e.getLocation()));
    } catch (JsonProcessingException e) {
      throw new ProblemException(
          400,
          "The body is not the JSON that is expected: " + e.getOriginalMessage() + ".",
          place(e.getLocation()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (value == null) {
      throw new ProblemException(400, "The body must be a JSON object, not null.");
    }
    return value;
  }

  /** Whether bytes are one JSON object or array. */
  public static boolean isDocument(byte[] bytes) {
    try (JsonParser parser = MAPPER.getFactory().createParser(bytes)) {
      var first = parser.nextToken();
      if (first == null || !first.isStructStart()) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  private static Map<String, Object> place(JsonLocation location) {
    return location == null
        ? Map.of()
        : Map.of("line", location.getLineNr(), "column", location.getColumnNr());
  }
}
