package io.millrace.schema.format;

import java.util.Map;

/** Understands the schemas of one type. Any thread may use it. */
public interface SchemaFormat {

  /** Who says that a text is a schema. */
  enum Source {
    /** A client: all the format's rules are checked. */
    CLIENT,
    /** The registry's topic: it was checked once, maybe by a parser with fewer rules. */
    TOPIC
  }

  /** The type. */
  SchemaType type();

  /**
   * Reads a schema.
   *
   * @param references texts of the schemas it uses, by name, each after those that it uses itself
   * @throws InvalidSchemaException when it is none
   */
  ParsedSchema parse(String text, Map<String, String> references, Source source);
}
