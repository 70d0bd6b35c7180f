package io.millrace.console.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.http.Answer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Answers lists: sorted by {@code sort} and {@code sort_reverse}, less what {@code columns} does
 * not name, and by pages when there is a {@code page}, with {@code page_size}, {@code name} and
 * {@code use_regex}.
 */
final class Listing {

  private static final int USUAL_PAGE_SIZE = 100;
  private static final int LONGEST_PAGE = 500;

  private Listing() {}

  /** A list that has no names to look for. */
  static Answer of(Call call, Collection<ObjectNode> all) {
    return of(call, all, "vhost", "name");
  }

  /**
   * A list.
   *
   * @param usualOrder the members that it is sorted by unless the caller says otherwise
   */
  static Answer of(Call call, Collection<ObjectNode> all, String... usualOrder) {
    List<ObjectNode> items = new ArrayList<>(all);
    String page = call.query("page");
    if (page == null) {
      sort(call, items, usualOrder);
      return Answers.ok(array(call, items));
    }
    return Answers.ok(page(call, items, page, usualOrder));
  }

  private static ObjectNode page(
      Call call, List<ObjectNode> all, String pageText, String... usualOrder) {
    int page = number(pageText, 1);
    int size = number(call.query("page_size"), USUAL_PAGE_SIZE);
    if (page < 1 || size < 1 || size > LONGEST_PAGE) {
      throw new Refusal(
          400,
          "invalid_pagination_parameters",
          "Invalid pagination parameters: page number " + page + ", page size " + size);
    }
    Predicate<String> wanted = wanted(call);
    List<ObjectNode> filtered = new ArrayList<>();
    for (ObjectNode each : all) {
      if (wanted.test(each.path("name").asText(""))) {
        filtered.add(each);
      }
    }
    sort(call, filtered, usualOrder);
    int from = (int) Math.min(filtered.size(), (long) (page - 1) * size);
    int to = (int) Math.min(filtered.size(), (long) from + size);
    List<ObjectNode> items = filtered.subList(from, to);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("filtered_count", filtered.size());
    answer.put("item_count", items.size());
    answer.set("items", array(call, items));
    answer.put("page", page);
    answer.put("page_count", Math.max(1, (filtered.size() + size - 1) / size));
    answer.put("page_size", size);
    answer.put("total_count", all.size());
    return answer;
  }

  private static Predicate<String> wanted(Call call) {
    String name = call.query("name");
    if (name == null || name.isEmpty()) {
      return each -> true;
    }
    if (!"true".equals(call.query("use_regex"))) {
      String lower = name.toLowerCase(java.util.Locale.ROOT);
      return each -> each.toLowerCase(java.util.Locale.ROOT).contains(lower);
    }
    try {
      return Pattern.compile(name, Pattern.CASE_INSENSITIVE).asPredicate();
    } catch (PatternSyntaxException e) {
      throw Refusal.badRequest("Pagination parameters are invalid");
    }
  }

  private static int number(@Nullable String text, int otherwise) {
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw Refusal.badRequest("Pagination parameters are invalid");
    }
  }

  private static void sort(Call call, List<ObjectNode> items, String... usualOrder) {
    String named = call.query("sort");
    Comparator<ObjectNode> order =
        named == null || named.isEmpty()
            ? by(List.of(usualOrder.clone()[0]))
            : by(Columns.path(named));
    for (String member : usualOrder) {
      order = order.thenComparing(by(List.of(member)));
    }
    items.sort("true".equals(call.query("sort_reverse")) ? order.reversed() : order);
  }

  private static Comparator<ObjectNode> by(List<String> path) {
    return (one, other) -> compare(Columns.at(one, path), Columns.at(other, path));
  }

  /** What is not there comes first, then numbers, then the rest by its text. */
  private static int compare(@Nullable JsonNode one, @Nullable JsonNode other) {
    if (one == null || other == null) {
      return Boolean.compare(one != null, other != null);
    }
    if (one.isNumber() && other.isNumber()) {
      return Double.compare(one.asDouble(), other.asDouble());
    }
    if (one.isNumber() || other.isNumber()) {
      return Boolean.compare(!one.isNumber(), !other.isNumber());
    }
    return text(one).compareTo(text(other));
  }

  private static String text(JsonNode value) {
    return value.isContainerNode() ? value.toString() : value.asText();
  }

  private static ArrayNode array(Call call, List<ObjectNode> items) {
    Columns columns = Columns.of(call);
    ArrayNode array = JsonNodeFactory.instance.arrayNode(items.size());
    for (ObjectNode each : items) {
      array.add(columns.keep(each));
    }
    return array;
  }
}
