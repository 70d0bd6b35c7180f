package io.millrace.kafka.telemetry;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.errors.InvalidConfigurationException;

/**
 * Which metrics are asked of which clients, and how often. Immutable. Patterns are matched in time
 * linear in what clients call themselves.
 *
 * @param metrics beginnings of names; {@code *} for all
 * @param intervalMillis time between two pushes
 * @param match what a client must be like in these respects, whole; none for all clients
 */
public record Subscription(Set<String> metrics, int intervalMillis, Map<Trait, Pattern> match) {

  /** Settings' names, as Kafka has them. */
  public static final String METRICS = "metrics";

  public static final String INTERVAL_MS = "interval.ms";
  public static final String MATCH = "match";

  /** Asks for all metrics. */
  public static final String ALL = "*";

  /** Five minutes, as in Kafka, also for clients of whom nothing is asked. */
  public static final int DEFAULT_INTERVAL_MILLIS = 300_000;

  private static final int LEAST_INTERVAL_MILLIS = 100;
  private static final int MOST_INTERVAL_MILLIS = 3_600_000;
  private static final int MOST_LIST_ITEMS = 100;
  private static final int MOST_ITEM_CHARS = 1000;

  /** In what respect clients are told apart. On the wire in lower case. */
  public enum Trait {
    CLIENT_INSTANCE_ID,
    CLIENT_ID,
    CLIENT_SOFTWARE_NAME,
    CLIENT_SOFTWARE_VERSION,
    CLIENT_SOURCE_ADDRESS,
    CLIENT_SOURCE_PORT;

    String of(UUID instance, TelemetryClient client) {
      return switch (this) {
        case CLIENT_INSTANCE_ID -> Instances.text(instance);
        case CLIENT_ID -> client.clientId();
        case CLIENT_SOFTWARE_NAME -> client.softwareName();
        case CLIENT_SOFTWARE_VERSION -> client.softwareVersion();
        case CLIENT_SOURCE_ADDRESS -> client.sourceAddress();
        case CLIENT_SOURCE_PORT -> Integer.toString(client.sourcePort());
      };
    }
  }

  /** All settings that a subscription can have, with their defaults. */
  public static final Map<String, String> DEFAULTS =
      Map.of(METRICS, "", INTERVAL_MS, Integer.toString(DEFAULT_INTERVAL_MILLIS), MATCH, "");

  /**
   * Reads its settings; what is not there has its default.
   *
   * @throws InvalidConfigurationException when they make no sense
   */
  public static Subscription parse(Map<String, String> settings) {
    settings
        .keySet()
        .forEach(
            name -> {
              if (!DEFAULTS.containsKey(name)) {
                throw new InvalidConfigurationException(
                    "client metrics have no setting "
                        + name
                        + "; allowed: metrics, interval.ms, match");
              }
            });
    return new Subscription(
        new LinkedHashSet<>(list(settings, METRICS)), interval(settings), match(settings));
  }

  private static int interval(Map<String, String> settings) {
    String text = settings.getOrDefault(INTERVAL_MS, Integer.toString(DEFAULT_INTERVAL_MILLIS));
    try {
      int millis = Integer.parseInt(text.trim());
      if (millis >= LEAST_INTERVAL_MILLIS && millis <= MOST_INTERVAL_MILLIS) {
        return millis;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new InvalidConfigurationException(
        "interval.ms is "
            + text
            + "; allowed: "
            + LEAST_INTERVAL_MILLIS
            + " to "
            + MOST_INTERVAL_MILLIS);
  }

  private static Map<Trait, Pattern> match(Map<String, String> settings) {
    Map<Trait, Pattern> match = new LinkedHashMap<>();
    for (String item : list(settings, MATCH)) {
      int equals = item.indexOf('=');
      if (equals < 1) {
        throw new InvalidConfigurationException("match has " + item + "; allowed: trait=pattern");
      }
      try {
        match.put(
            trait(item.substring(0, equals).trim()), Pattern.compile(item.substring(equals + 1)));
      } catch (PatternSyntaxException e) {
        throw new InvalidConfigurationException("match has " + item + ": " + e.getMessage());
      }
    }
    return Map.copyOf(match);
  }

  private static Trait trait(String name) {
    for (Trait trait : Trait.values()) {
      if (trait.name().toLowerCase(Locale.ROOT).equals(name)) {
        return trait;
      }
    }
    throw new InvalidConfigurationException(
        "match has the trait "
            + name
            + "; allowed: client_instance_id, client_id, client_software_name,"
            + " client_software_version, client_source_address, client_source_port");
  }

  /** The items of a setting that is a list, in order. */
  public static List<String> list(Map<String, String> settings, String name) {
    List<String> items = new ArrayList<>();
    for (String item : settings.getOrDefault(name, "").split(",", -1)) {
      if (!item.isBlank()) {
        items.add(item.trim());
      }
    }
    if (items.size() > MOST_LIST_ITEMS
        || items.stream().anyMatch(item -> item.length() > MOST_ITEM_CHARS)) {
      throw new InvalidConfigurationException(
          name
              + " is too long; allowed: "
              + MOST_LIST_ITEMS
              + " items of "
              + MOST_ITEM_CHARS
              + " characters");
    }
    return items;
  }

  boolean matches(UUID instance, TelemetryClient client) {
    return match.entrySet().stream()
        .allMatch(each -> each.getValue().matches(each.getKey().of(instance, client)));
  }
}
