package io.millrace.console.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The members that a caller wants of each document, such as {@code message_stats.publish}. */
record Columns(List<List<String>> paths) {

  /** Those that the parameter {@code columns} names; all without it. */
  static Columns of(Call call) {
    String named = call.query("columns");
    return new Columns(
        named == null || named.isEmpty()
            ? List.of()
            : List.of(named.split(",")).stream().map(Columns::path).toList());
  }

  static List<String> path(String name) {
    return List.of(name.strip().split("\\."));
  }

  /** A document with these members only. */
  ObjectNode keep(ObjectNode document) {
    if (paths.isEmpty()) {
      return document;
    }
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    for (List<String> path : paths) {
      JsonNode value = at(document, path);
      if (value != null) {
        ObjectNode to = kept;
        for (String step : path.subList(0, path.size() - 1)) {
          to = to.get(step) instanceof ObjectNode there ? there : to.putObject(step);
        }
        to.set(path.getLast(), value);
      }
    }
    return kept;
  }

  /** The member at a path, or null. */
  static @Nullable JsonNode at(ObjectNode document, List<String> path) {
    JsonNode found = document;
    for (String step : path) {
      found = found.get(step);
      if (found == null) {
        return null;
      }
    }
    return found;
  }
}
