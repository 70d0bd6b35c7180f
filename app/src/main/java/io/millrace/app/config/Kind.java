package io.millrace.app.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the value of a key may look like, and how its text becomes a value.
 *
 * @param allowed in words, as in "… is 70000; allowed: a number from 0 to 65535"
 * @param parser gives null for a text that is not allowed
 */
public record Kind<T>(String allowed, Parser<T> parser) {

  /** Reads a text. */
  @FunctionalInterface
  public interface Parser<T> {
    /** The value, or null when the text does not stand for one. */
    @Nullable T parse(String text);
  }

  private static final Pattern AMOUNT = Pattern.compile("(\\d{1,18})\\s*([A-Za-z]*)");

  private static final Pattern HOST_NAME =
      Pattern.compile("[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?");

  /** A TCP port. */
  public static final Kind<Integer> PORT = count(0, 65_535);

  /** Yes or no. */
  public static final Kind<Boolean> SWITCH =
      new Kind<>(
          "true or false",
          text ->
              switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> null;
              });

  /** Any text that is not empty. */
  public static final Kind<String> TEXT =
      new Kind<>("a text", text -> text.isEmpty() ? null : text);

  /** A file or folder; relative to the process's folder, in a file of settings to that file's. */
  public static final Kind<Path> PATH = new Kind<>("a path", Kind::parsePath);

  /** Names of hosts, without ports, in lower case. */
  public static final Kind<Set<String>> HOST_NAMES =
      new Kind<>("host names, separated by commas", Kind::parseHostNames);

  /** The address of an HTTP server. */
  public static final Kind<URI> HTTP_SERVER =
      new Kind<>("an address such as http://127.0.0.1:3000", Kind::parseServer);

  /** A time span. */
  public static final Kind<Duration> DURATION =
      new Kind<>("a time such as 500ms, 30s, 10m, 12h or 7d", Kind::parseDuration);

  /** An amount of memory or disk, in bytes. */
  public static final Kind<Long> BYTES =
      new Kind<>("a size such as 65536, 512KiB, 64MiB or 2GiB", Kind::parseBytes);

  /** A whole number in a range, both ends included. */
  public static Kind<Integer> count(int least, int most) {
    return new Kind<>(
        "a number from " + least + " to " + most,
        text -> {
          Long value = parseNumber(text);
          return value == null || value < least || value > most ? null : value.intValue();
        });
  }

  /** An amount of memory or disk in bytes, from 1 KiB to that much. */
  public static Kind<Long> bytesTo(long most) {
    return new Kind<>(
        BYTES.allowed() + ", from 1KiB to " + most + " bytes",
        text -> {
          Long value = BYTES.parse(text);
          return value == null || value < 1024 || value > most ? null : value;
        });
  }

  /** One of the constants, written in lower case with dashes. */
  public static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    return new Kind<>(
        constants.stream().map(Kind::spelled).collect(Collectors.joining(", ")),
        text -> {
          for (E constant : constants) {
            if (spelled(constant).equals(text)) {
              return constant;
            }
          }
          return null;
        });
  }

  /** The value that the text stands for, or null. */
  public @Nullable T parse(String text) {
    return parser.parse(text);
  }

  /** How a constant is written in a file. */
  static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static @Nullable Path parsePath(String text) {
    try {
      return text.isEmpty() ? null : Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static @Nullable Set<String> parseHostNames(String text) {
    Set<String> names = new TreeSet<>();
    for (String each : text.split(",", -1)) {
      String name = each.strip().toLowerCase(Locale.ROOT);
      if (!HOST_NAME.matcher(name).matches()) {
        return null;
      }
      names.add(name);
    }
    return names;
  }

  private static @Nullable URI parseServer(String text) {
    try {
      URI uri = new URI(text);
      boolean bare = uri.getRawPath() == null || uri.getRawPath().matches("/?");
      return "http".equals(uri.getScheme()) && uri.getHost() != null && bare ? uri : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static @Nullable Long parseNumber(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Duration parseDuration(String text) {
    Matcher amount = AMOUNT.matcher(text);
    if (!amount.matches()) {
      return null;
    }
    long number = Long.parseLong(amount.group(1));
    try {
      return switch (amount.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        case "h" -> Duration.ofHours(number);
        case "d" -> Duration.ofDays(number);
        default -> null;
      };
    } catch (ArithmeticException e) {
      return null;
    }
  }

  private static @Nullable Long parseBytes(String text) {
    Matcher amount = AMOUNT.matcher(text);
    if (!amount.matches()) {
      return null;
    }
    long number = Long.parseLong(amount.group(1));
    int shift =
        switch (amount.group(2)) {
          case "", "B" -> 0;
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case "TiB" -> 40;
          default -> -1;
        };
    return shift < 0 || number > Long.MAX_VALUE >> shift ? null : number << shift;
  }
}
