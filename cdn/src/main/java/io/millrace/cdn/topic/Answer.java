package io.millrace.cdn.topic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.Statuses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.TreeMap;

/**
 * A whole answer.
 *
 * @param fields without Content-Length and those of CORS
 * @param body not to be changed any more
 */
record Answer(int status, Fields.Builder fields, byte[] body) {

  static final String JSON = "application/json";
  static final String NDJSON = "application/x-ndjson";
  static final String NO_STORE = "no-store";
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Writes a document. */
  @FunctionalInterface
  interface Document {
    void write(JsonGenerator out) throws IOException;
  }

  static byte[] bytes(Document document) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      document.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  static Answer of(int status, String mediaType, String cacheControl, byte[] body) {
    Fields.Builder fields =
        new Fields.Builder()
            .add("Content-Type", mediaType)
            .add("Cache-Control", cacheControl)
            .add("X-Content-Type-Options", "nosniff");
    return new Answer(status, fields, body);
  }

  /** A problem document (RFC 9457). */
  static Answer of(Refusal refusal) {
    return problem(refusal, out -> {});
  }

  /** A problem document with more members at its end. */
  static Answer problem(Refusal refusal, Document more) {
    byte[] body =
        bytes(
            out -> {
              out.writeStartObject();
              out.writeStringField("type", "about:blank");
              out.writeStringField("title", Statuses.reason(refusal.status()));
              out.writeNumberField("status", refusal.status());
              out.writeStringField("detail", refusal.detail());
              for (var member : new TreeMap<>(refusal.members()).entrySet()) {
                out.writeNumberField(member.getKey(), member.getValue());
              }
              more.write(out);
              out.writeEndObject();
            });
    Answer answer = of(refusal.status(), "application/problem+json", NO_STORE, body);
    if (refusal.status() == 503) {
      answer.fields.add("Retry-After", "1");
    }
    return answer;
  }

  /** Adds a field. */
  Answer with(String name, String value) {
    fields.add(name, value);
    return this;
  }
}
