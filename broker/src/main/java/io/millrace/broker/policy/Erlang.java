package io.millrace.broker.policy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as RabbitMQ prints them in its refusals. */
final class Erlang {

  private Erlang() {}

  static String term(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String text -> "<<\"" + text + "\">>";
      case List<?> list -> "[" + String.join(",", list.stream().map(Erlang::term).toList()) + "]";
      case Map<?, ?> map ->
          "["
              + String.join(
                  ",",
                  map.entrySet().stream()
                      .map(each -> "{" + term(each.getKey()) + "," + term(each.getValue()) + "}")
                      .toList())
              + "]";
      default -> String.valueOf(value);
    };
  }
}
