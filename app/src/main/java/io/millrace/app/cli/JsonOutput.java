package io.millrace.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Results as JSON, one value on one line. */
public final class JsonOutput {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private JsonOutput() {}

  /** Maps, lists, texts and numbers as JSON. */
  public static String of(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a JSON value: " + value, e);
    }
  }

  /** Prints a value on standard output. */
  public static void print(Object value) {
    System.out.println(of(value));
  }
}
