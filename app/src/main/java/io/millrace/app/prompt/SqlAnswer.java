package io.millrace.app.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line of the console's answer to a script (NDJSON). */
public sealed interface SqlAnswer {

  /** A statement is done. */
  record Done(String message) implements SqlAnswer {}

  /** A whole table, of SHOW, DESCRIBE or EXPLAIN. */
  record Table(List<String> columns, List<List<String>> rows) implements SqlAnswer {}

  /** A job runs on the node from now on. */
  record JobStarted(String id, String name) implements SqlAnswer {}

  /** Rows of a SELECT follow. */
  record Select(List<String> columns) implements SqlAnswer {}

  /** A row of the SELECT. */
  record Row(List<String> values) implements SqlAnswer {}

  /** A SELECT has ended; with a sentence when it failed. */
  record End(@Nullable String failure) implements SqlAnswer {}

  /** Something that a newer console says. */
  record Unknown(String type) implements SqlAnswer {}

  /** Reads a line. */
  static SqlAnswer of(JsonNode line) {
    String type = line.path("type").asText();
    return switch (type) {
      case "done" -> new Done(line.path("message").asText());
      case "table" -> {
        List<List<String>> rows = new ArrayList<>();
        line.path("rows").forEach(row -> rows.add(texts(row)));
        yield new Table(texts(line.path("columns")), rows);
      }
      case "job" -> new JobStarted(line.path("id").asText(), line.path("name").asText());
      case "select" -> new Select(texts(line.path("columns")));
      case "row" -> new Row(texts(line.path("values")));
      case "end" -> new End(line.path("failure").isTextual() ? line.get("failure").asText() : null);
      default -> new Unknown(type);
    };
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(
        each ->
            texts.add(
                each.isNull() ? "NULL" : each.isContainerNode() ? each.toString() : each.asText()));
    return texts;
  }
}
