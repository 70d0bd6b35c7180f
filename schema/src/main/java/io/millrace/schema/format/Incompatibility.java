package io.millrace.schema.format;

/**
 * One reason why data of one schema cannot be read with another.
 *
 * @param type in capitals, such as {@code READER_FIELD_MISSING_DEFAULT_VALUE}
 * @param path of the place in the reading schema
 * @param description one sentence
 */
public record Incompatibility(String type, String path, String description) {

  @Override
  public String toString() {
    return "{errorType:'" + type + "', path:'" + path + "', description:'" + description + "'}";
  }
}
