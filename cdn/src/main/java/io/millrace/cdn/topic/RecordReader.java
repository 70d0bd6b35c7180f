package io.millrace.cdn.topic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.millrace.log.batch.RecordBatchBuilder.RecordHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads records from JSON: objects one after the other (NDJSON), or in one array.
 *
 * <p>A key or value that is a string stands for its text, any other JSON for itself byte by byte,
 * and {@code keyBase64} and {@code valueBase64} for bytes. What {@link RecordJson} writes is read
 * back as the same bytes.
 */
final class RecordReader {

  private static final int DEEPEST = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxStringLength(64 << 20)
                  .build())
          .build();

  private final byte[] body;
  private final JsonParser in;
  private final int maxRecords;

  private RecordReader(byte[] body, JsonParser in, int maxRecords) {
    this.body = body;
    this.in = in;
    this.maxRecords = maxRecords;
  }

  /** Whether the first thing in it is an array. */
  static boolean isArray(byte[] body) {
    for (byte b : body) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b == '[';
      }
    }
    return false;
  }

  /** Refuses what is not one JSON value. */
  static void check(byte[] body) {
    read(
        body,
        0,
        reader -> {
          reader.in.nextToken();
          reader.in.skipChildren();
          reader.in.finishToken();
          if (reader.in.nextToken() != null) {
            throw reader.wrong("one JSON value is expected, but there is more");
          }
        });
  }

  /**
   * The records of a body, at least one.
   *
   * @param array whether they stand in an array, or follow each other
   * @throws Refusal 400 with the place of what is wrong, 413 when there are too many
   */
  static List<NewRecord> records(byte[] body, boolean array, int maxRecords) {
    List<NewRecord> records = new ArrayList<>();
    read(body, maxRecords, reader -> reader.all(array, records));
    if (records.isEmpty()) {
      throw new Refusal(400, "The body has no records.");
    }
    return records;
  }

  private interface Reading {
    void read(RecordReader reader) throws IOException;
  }

  private static void read(byte[] body, int maxRecords, Reading reading) {
    // The parser would guess UTF-16 and UTF-32, which only bodies with zero bytes can be.
    for (byte b : body) {
      if (b == 0) {
        throw new Refusal(400, "The body has a zero byte, which JSON in UTF-8 never has.");
      }
    }
    if (body.length == 0 || body[0] == (byte) 0xEF || body[0] == (byte) 0xFE) {
      throw new Refusal(
          400, "The body is empty or starts with a byte order mark; JSON is expected.");
    }
    try (JsonParser parser = FACTORY.createParser(body)) {
      reading.read(new RecordReader(body, parser, maxRecords));
    } catch (JsonProcessingException e) {
      throw at(e.getLocation(), "The body is not JSON: " + firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      // Such as bytes that are no UTF-8.
      throw new Refusal(400, "The body is not JSON: " + firstLine(e.getMessage()) + ".");
    } catch (UncheckedIOException e) {
      throw new Refusal(400, "The body is not JSON: " + firstLine(e.getMessage()) + ".");
    }
  }

  private static String firstLine(@Nullable String message) {
    String text = message == null ? "it cannot be read" : message;
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  private static Refusal at(@Nullable JsonLocation place, String what) {
    if (place == null) {
      return new Refusal(400, what + ".");
    }
    return new Refusal(
        400,
        what + ", at line " + place.getLineNr() + ", column " + place.getColumnNr() + ".",
        Map.of("line", (long) place.getLineNr(), "column", (long) place.getColumnNr()));
  }

  private Refusal wrong(String what) {
    return at(in.currentTokenLocation(), "In the body " + what);
  }

  private void all(boolean array, List<NewRecord> records) throws IOException {
    if (array && in.nextToken() != JsonToken.START_ARRAY) {
      throw wrong("an array of records is expected");
    }
    JsonToken end = array ? JsonToken.END_ARRAY : null;
    for (JsonToken token = in.nextToken(); token != end; token = in.nextToken()) {
      if (token != JsonToken.START_OBJECT) {
        throw wrong("a record is expected, which is an object with a value");
      }
      if (records.size() == maxRecords) {
        throw new Refusal(413, "A request may have at most " + maxRecords + " records.");
      }
      records.add(record());
    }
    if (array && in.nextToken() != null) {
      throw wrong("nothing is expected after the array");
    }
  }

  private NewRecord record() throws IOException {
    byte[] key = null;
    byte[] value = null;
    boolean keyed = false;
    boolean valued = false;
    List<RecordHeader> headers = List.of();
    int partition = -1;
    long timestamp = -1;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      switch (name) {
        case "key", "keyBase64" -> {
          if (keyed) {
            throw wrong("a record has both key and keyBase64");
          }
          keyed = true;
          key = name.equals("key") ? bytes() : base64(name);
        }
        case "value", "valueBase64" -> {
          if (valued) {
            throw wrong("a record has both value and valueBase64");
          }
          valued = true;
          value = name.equals("value") ? bytes() : base64(name);
        }
        case "headers" -> headers = headers();
        case "partition" -> partition = (int) number(name, Integer.MAX_VALUE);
        case "timestamp" -> timestamp = number(name, Long.MAX_VALUE);
        // Of a record that was read before: the topic gives it a new one.
        case "offset" -> number(name, Long.MAX_VALUE);
        default ->
            throw wrong(
                "a record has a member \""
                    + name
                    + "\"; allowed are key, keyBase64, value, valueBase64, headers, partition,"
                    + " timestamp and offset");
      }
    }
    if (!valued) {
      throw wrong("a record has no value, which may be null but not absent");
    }
    return new NewRecord(key, value, headers, partition, timestamp);
  }

  private long number(String name, long most) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      long number;
      try {
        number = in.getLongValue();
      } catch (JsonProcessingException e) {
        number = -1;
      }
      if (number >= 0 && number <= most) {
        return number;
      }
    }
    throw wrong("the member " + name + " must be a number from 0 to " + most);
  }

  private byte @Nullable [] bytes() throws IOException {
    return switch (in.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> utf8(in.getText());
      case START_OBJECT, START_ARRAY -> {
        int start = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        yield Arrays.copyOfRange(body, start, (int) in.currentLocation().getByteOffset());
      }
      default -> utf8(in.getText());
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] base64(String name) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_STRING) {
      try {
        return Base64.getDecoder().decode(in.getText());
      } catch (IllegalArgumentException e) {
        // Refused below.
      }
    }
    throw wrong("the member " + name + " must be a string in Base64");
  }

  /** An object of names and values, or an array of objects with name and value. */
  private List<RecordHeader> headers() throws IOException {
    List<RecordHeader> headers = new ArrayList<>();
    if (in.currentToken() == JsonToken.START_OBJECT) {
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        headers.add(header(name, bytes()));
      }
      return headers;
    }
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw wrong("headers must be an object, or an array of objects with name and value");
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw wrong("a header must be an object with name and value");
      }
      String name = null;
      byte[] value = null;
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String member = in.currentName();
        in.nextToken();
        switch (member) {
          case "name" -> name = in.getText();
          case "value" -> value = bytes();
          case "valueBase64" -> value = base64(member);
          default -> throw wrong("a header has a member \"" + member + "\"");
        }
      }
      if (name == null) {
        throw wrong("a header has no name");
      }
      headers.add(header(name, value));
    }
    return headers;
  }

  private static RecordHeader header(String name, byte @Nullable [] value) {
    return new RecordHeader(name, value == null ? null : ByteBuffer.wrap(value));
  }
}
