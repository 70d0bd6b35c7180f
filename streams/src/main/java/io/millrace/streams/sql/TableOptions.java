package io.millrace.streams.sql;

import io.millrace.streams.sql.Statement.OptionClause;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The options of a WITH clause while they are read: each is taken once, what is left is unknown.
 */
final class TableOptions {

  private final Name table;
  private final Map<String, OptionClause> left = new LinkedHashMap<>();
  private final List<String> known = new ArrayList<>();

  TableOptions(Name table, List<OptionClause> options) {
    this.table = table;
    for (OptionClause option : options) {
      if (left.put(option.key().text(), option) != null) {
        throw new SqlException(
            option.key().position(), "the option '" + option.key().text() + "' is given twice");
      }
    }
  }

  /** The option, if it is given. */
  Optional<OptionClause> take(String key) {
    known.add(key);
    return Optional.ofNullable(left.remove(key));
  }

  Optional<String> text(String key) {
    return take(key).map(option -> option.value().text());
  }

  OptionClause required(String key, String example) {
    return take(key)
        .orElseThrow(
            () ->
                new SqlException(
                    table.position(),
                    "the table "
                        + table.text()
                        + " needs the option '"
                        + key
                        + "', such as '"
                        + key
                        + "' = '"
                        + example
                        + "'"));
  }

  boolean flag(String key, boolean otherwise) {
    return choice(key, Map.of("true", true, "false", false), otherwise);
  }

  /** One of the named values, in any case. */
  <T> T choice(String key, Map<String, T> values, T otherwise) {
    Optional<OptionClause> option = take(key);
    return option.isEmpty() ? otherwise : choice(option.get(), values);
  }

  static <T> T choice(OptionClause option, Map<String, T> values) {
    T value = values.get(option.value().text().toLowerCase(Locale.ROOT));
    if (value == null) {
      throw invalid(
          option,
          Messages.oneOf(values.keySet().stream().sorted().map(name -> "'" + name + "'").toList()));
    }
    return value;
  }

  /** A number of milliseconds since the epoch. */
  Optional<Long> millis(String key) {
    return parsed(
        key, "a number of milliseconds since 1970", text -> Long.parseUnsignedLong(text.strip()));
  }

  /** A whole number within bounds. */
  Optional<Long> whole(String key, long least, long most) {
    String range = most == Long.MAX_VALUE ? least + " or more" : "from " + least + " to " + most;
    return parsed(
        key,
        "a whole number, " + range,
        text -> {
          long value = Long.parseLong(text.strip());
          if (value < least || value > most) {
            throw new IllegalArgumentException(text);
          }
          return value;
        });
  }

  Optional<BigDecimal> decimal(String key) {
    return parsed(key, "a number", text -> new BigDecimal(text.strip()));
  }

  Optional<Duration> duration(String key) {
    return parsed(key, "a duration, such as '30 s', '5 min' or '1 h'", Durations::parse);
  }

  private <T> Optional<T> parsed(String key, String allowed, Function<String, T> parser) {
    Optional<OptionClause> option = take(key);
    if (option.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(option.get().value().text()));
    } catch (IllegalArgumentException e) {
      throw invalid(option.get(), allowed);
    }
  }

  /** Every option that begins with the prefix, without it. */
  Map<String, String> withPrefix(String prefix) {
    known.add(prefix + "*");
    Map<String, String> taken = new TreeMap<>();
    for (String key : List.copyOf(left.keySet())) {
      OptionClause option = left.get(key);
      if (option != null && key.startsWith(prefix) && key.length() > prefix.length()) {
        left.remove(key);
        taken.put(key.substring(prefix.length()), option.value().text());
      }
    }
    return taken;
  }

  /** Refuses what has not been taken. */
  void finish(String connector) {
    if (left.isEmpty()) {
      return;
    }
    OptionClause option = left.values().iterator().next();
    String key = option.key().text();
    String options =
        known.stream()
            .sorted()
            .distinct()
            .map(k -> "'" + k + "'")
            .collect(Collectors.joining(", "));
    String alike = Messages.instead(key, known);
    throw new SqlException(
        option.key().position(),
        "the connector '"
            + connector
            + "' has no option '"
            + Messages.shorten(key)
            + "'"
            + (alike.startsWith("; did") ? alike : "; its options are " + options));
  }

  static SqlException invalid(OptionClause option, String allowed) {
    return new SqlException(
        option.value().position(),
        "the option '"
            + option.key().text()
            + "' is '"
            + Messages.shorten(option.value().text())
            + "'; allowed is "
            + allowed);
  }
}
