package io.millrace.console.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.millrace.console.http.Json;
import io.millrace.streams.connector.RowValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the members of a streamed answer: each a line of JSON (NDJSON), or an event of its type
 * (Server-Sent Events). Any thread.
 */
enum RowLines {
  NDJSON("application/x-ndjson", "", "\n", "\n"),
  EVENTS("text/event-stream", "data: ", "\n\n", ":\n\n");

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

  private final String mediaType;
  private final String start;
  private final String end;
  private final String heartbeat;

  RowLines(String mediaType, String start, String end, String heartbeat) {
    this.mediaType = mediaType;
    this.start = start;
    this.end = end;
    this.heartbeat = heartbeat;
  }

  String mediaType() {
    return mediaType;
  }

  /** Says that the answer goes on, and is to be ignored: an empty line, or a comment. */
  byte[] heartbeat() {
    return heartbeat.getBytes(StandardCharsets.US_ASCII);
  }

  /** A member other than a row. */
  byte[] line(Map<String, ?> member) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    out.writeBytes(start.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(Json.bytes(member));
    out.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /** A row: numbers and booleans as such, all else as text. */
  byte[] row(List<@Nullable Object> values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    out.writeBytes(start.getBytes(StandardCharsets.US_ASCII));
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("type", "row");
      json.writeArrayFieldStart("values");
      for (Object value : values) {
        write(json, value);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Boolean bool -> json.writeBoolean(bool);
      case Byte number -> json.writeNumber(number.intValue());
      case Short number -> json.writeNumber(number.intValue());
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Float number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case BigDecimal number -> json.writeNumber(number);
      case String text -> json.writeString(text);
      default -> json.writeString(RowValues.text(value));
    }
  }
}
