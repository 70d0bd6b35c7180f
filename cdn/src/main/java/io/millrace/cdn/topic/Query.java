package io.millrace.cdn.topic;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a request, decoded; the last one of a name counts. */
record Query(Map<String, String> parameters) {

  /** Reads a query without its question mark. */
  static Query of(@Nullable String text) {
    Map<String, String> parameters = new HashMap<>();
    try {
      for (String each : text == null || text.isEmpty() ? new String[0] : text.split("&", -1)) {
        int equals = each.indexOf('=');
        String name = equals < 0 ? each : each.substring(0, equals);
        String value = equals < 0 ? "" : each.substring(equals + 1);
        parameters.put(decode(name), decode(value));
      }
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          400, "A percent sign in the query is not followed by two hexadecimal digits.");
    }
    return new Query(parameters);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  @Nullable String text(String name) {
    return parameters.get(name);
  }

  long number(String name, long otherwise, long least, long most) {
    String text = parameters.get(name);
    return text == null ? otherwise : number("The parameter " + name, text, least, most);
  }

  static long number(String what, String text, long least, long most) {
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, in the same words as a number out of range.
    }
    throw new Refusal(
        400,
        what + " is \"" + text + "\" but must be a number from " + least + " to " + most + ".");
  }
}
