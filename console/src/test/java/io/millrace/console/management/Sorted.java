package io.millrace.console.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeSet;

/** Documents as texts that are equal whatever the order of their members is. */
final class Sorted {

  private Sorted() {}

  static String json(JsonNode node) {
    if (!(node instanceof ObjectNode object)) {
      return node.toString();
    }
    TreeSet<String> members = new TreeSet<>();
    object.properties().forEach(each -> members.add(each.getKey() + "=" + json(each.getValue())));
    return members.toString();
  }
}
