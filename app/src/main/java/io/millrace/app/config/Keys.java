package io.millrace.app.config;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configuration's keys that belong to no section, and all keys of all sections: each section's
 * are in a class of its own.
 */
public final class Keys {

  /** How the log of the program looks. */
  public enum LogFormat {
    TEXT,
    JSON
  }

  /** What the log of the program leaves out. */
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  public static final Key<Path> DATA =
      new Key<>("data", Kind.PATH, "data", "Folder of all that is stored. One process at a time.");
  public static final Key<String> HOST =
      new Key<>(
          "host",
          Kind.TEXT,
          "127.0.0.1",
          "Address that all ports listen on. `0.0.0.0` opens them to the network: see"
              + " docs/security.md first.");
  public static final Key<LogFormat> LOG_FORMAT =
      new Key<>(
          "log.format",
          Kind.oneOf(LogFormat.class),
          "text",
          "How the program's log looks: lines to read, or one JSON object a line.");
  public static final Key<LogLevel> LOG_LEVEL =
      new Key<>("log.level", Kind.oneOf(LogLevel.class), "info", "The least that is logged.");

  /** A file of SQL, an item of the list of them. */
  public static final Key<Path> JOB =
      new Key<>(
          "jobs[]", Kind.PATH, null, "Files of SQL whose jobs run from the start of the node.");

  /** All keys, in the order of the page. */
  public static final List<Key<?>> ALL =
      Stream.of(
              List.<Key<?>>of(DATA, HOST, LOG_FORMAT, LOG_LEVEL),
              KafkaKeys.ALL,
              KafkaSecurityKeys.ALL,
              TopicKeys.ALL,
              GroupKeys.ALL,
              TransactionKeys.ALL,
              AmqpKeys.ALL,
              AmqpBridgeKeys.ALL,
              AmqpSecurityKeys.ALL,
              ResourceKeys.ALL,
              AmqpManagementKeys.ALL,
              EdgeKeys.ALL,
              EdgeTlsKeys.ALL,
              ConsoleKeys.ALL,
              List.<Key<?>>of(JOB))
          .<Key<?>>flatMap(Collection::stream)
          .toList();

  private Keys() {}

  /** The key with that path, or null. */
  static @Nullable Key<?> find(String path) {
    for (Key<?> key : ALL) {
      if (key.path().equals(path)) {
        return key;
      }
    }
    return null;
  }

  /** Paths of what may stand right under a prefix: keys, sections and lists. */
  static SortedSet<String> namesUnder(String prefix) {
    SortedSet<String> names = new TreeSet<>();
    for (Key<?> key : ALL) {
      String path = key.path();
      if (path.startsWith(prefix) && path.length() > prefix.length()) {
        int dot = path.indexOf('.', prefix.length());
        int bracket = path.indexOf('[', prefix.length());
        int end = Math.min(dot < 0 ? path.length() : dot, bracket < 0 ? path.length() : bracket);
        names.add(path.substring(0, end));
      }
    }
    return names;
  }
}
