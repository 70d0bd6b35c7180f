package io.millrace.console.schema;

import io.millrace.console.http.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parameters that the registry's requests have in common. */
final class Parameters {

  private Parameters() {}

  /** A switch: true when it says so, or has no value at all. */
  static boolean is(Request request, String name) {
    String value = request.query(name);
    return value != null && (value.isEmpty() || value.equalsIgnoreCase("true"));
  }

  /** A number; a default when there is none. */
  static int number(Request request, String name, int otherwise) {
    String text = request.query(name);
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new RequestException(
          400, "The parameter " + name + " is \"" + text + "\" but must be a number");
    }
  }

  /** The part of a list that {@code offset} and {@code limit} ask for; all of it without them. */
  static <T> List<T> page(Request request, List<T> all) {
    int offset = Math.clamp(number(request, "offset", 0), 0, all.size());
    int limit = number(request, "limit", -1);
    return limit < 0
        ? all.subList(offset, all.size())
        : all.subList(offset, (int) Math.min(all.size(), (long) offset + limit));
  }

  /** The id at the end of a path. */
  static int id(Request request) {
    try {
      return Integer.parseInt(request.path("id"));
    } catch (NumberFormatException e) {
      throw new RequestException(404, "HTTP 404 Not Found");
    }
  }

  /** Which of a subject's versions are asked for. */
  enum Deleted {
    WITHOUT,
    WITH,
    ONLY
  }

  static Deleted deleted(Request request) {
    if (is(request, "deletedOnly")) {
      return Deleted.ONLY;
    }
    return is(request, "deleted") ? Deleted.WITH : Deleted.WITHOUT;
  }

  static String text(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }
}
