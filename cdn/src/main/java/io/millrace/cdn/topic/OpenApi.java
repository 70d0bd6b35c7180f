package io.millrace.cdn.topic;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The description that is served, {@code docs/openapi.json} with the route's own path in it. */
final class OpenApi {

  private static final String SERVER = "\"url\": \"/v1\"";

  private OpenApi() {}

  static byte[] document(String pathPrefix) {
    try (InputStream in = OpenApi.class.getResourceAsStream("openapi.json")) {
      if (in == null) {
        throw new IllegalStateException("the program was built without openapi.json");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.replace(SERVER, "\"url\": \"" + pathPrefix + "\"")
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("openapi.json cannot be read", e);
    }
  }
}
