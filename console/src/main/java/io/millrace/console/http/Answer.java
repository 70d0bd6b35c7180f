package io.millrace.console.http;

import io.millrace.cdn.http.Fields;
import java.io.IOException;

/** What a handler answers with. */
public sealed interface Answer {

  /** An answer that is all there. The body must not be changed any more. */
  record Whole(int status, Fields fields, byte[] body) implements Answer {}

  /**
   * An answer whose body is written piece by piece, for as long as its client stays.
   *
   * @param fields at least a Content-Type
   */
  record Streamed(Fields fields, BodyWriter writer) implements Answer {}

  /** Writes the body of a streamed answer, on the request's virtual thread. */
  @FunctionalInterface
  interface BodyWriter {
    /**
     * Writes until there is nothing more, or until {@code out} says that the client is gone.
     *
     * @throws IOException when the client is gone
     */
    void writeTo(BodySink out) throws IOException, InterruptedException;
  }

  /** A body of a media type, not to be stored by any cache. */
  static Answer of(int status, String mediaType, byte[] body) {
    return new Whole(
        status, Fields.of("Content-Type", mediaType, "Cache-Control", "no-store"), body);
  }

  /** A stream of a media type. */
  static Answer stream(String mediaType, BodyWriter writer) {
    return new Streamed(
        Fields.of(
            "Content-Type", mediaType, "Cache-Control", "no-store", "X-Accel-Buffering", "no"),
        writer);
  }

  /** Done, and nothing to say. */
  static Answer noContent() {
    return new Whole(204, Fields.of("Cache-Control", "no-store"), new byte[0]);
  }
}
