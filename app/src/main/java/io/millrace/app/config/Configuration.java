package io.millrace.app.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a person set, by key. The whole configuration is one, and so is each item of its lists.
 * Immutable.
 *
 * @param place where it was written, to begin a message with, such as {@code millrace.yaml line 4}
 * @param values of the keys that were set
 * @param lists the items of lists, by the path of the list, such as {@code edge.routes[]}
 */
public record Configuration(
    String place, Map<Key<?>, Object> values, Map<String, List<Configuration>> lists) {

  /** Nothing set: every key has its usual value. */
  public static final Configuration USUAL = new Configuration("the defaults", Map.of(), Map.of());

  /** Copies the maps. */
  public Configuration {
    values = Map.copyOf(values);
    lists = Map.copyOf(lists);
  }

  /** The value of a key that always has one, because the key has a usual one. */
  public <T> T get(Key<T> key) {
    return Objects.requireNonNull(find(key), key.path());
  }

  /** The value of a key, or null when it is absent and has no usual one. */
  public <T> @Nullable T find(Key<T> key) {
    // A key is only ever put with a value that its own kind made.
    @SuppressWarnings("unchecked")
    T value = (T) values.get(key);
    if (value != null) {
      return value;
    }
    String usual = key.usual();
    return usual == null ? null : key.parse(usual, "the default");
  }

  /** The value of a key that has to be there. */
  public <T> T require(Key<T> key) {
    T value = find(key);
    if (value == null) {
      throw new ConfigurationException(
          place + ": " + key.path() + " is missing; allowed: " + key.kind().allowed());
    }
    return value;
  }

  /** The items of a list, in the order of the file. */
  public List<Configuration> list(String path) {
    return lists.getOrDefault(path, List.of());
  }

  /** Another one, in which the key has the value that the text stands for. */
  public <T> Configuration with(Key<T> key, String text, String writtenIn) {
    Map<Key<?>, Object> more = new LinkedHashMap<>(values);
    more.put(key, key.parse(text, writtenIn));
    return new Configuration(place, more, lists);
  }

  /**
   * Another one, changed by an assignment as in {@code kafka.threads=4}.
   *
   * @param flag where it was written, to begin a message with
   */
  public Configuration assign(String assignment, String flag) {
    int equals = assignment.indexOf('=');
    String path = equals < 0 ? assignment : assignment.substring(0, equals);
    Key<?> key = Keys.find(path);
    if (key == null || path.contains("[]")) {
      TreeSet<String> paths = new TreeSet<>();
      Keys.ALL.stream().map(Key::path).filter(each -> !each.contains("[]")).forEach(paths::add);
      throw ConfigurationException.unknownKey(flag, path, paths);
    }
    if (equals < 0) {
      throw new ConfigurationException(
          flag + " " + assignment + " has no value; allowed: " + path + "=VALUE");
    }
    return with(key, assignment.substring(equals + 1), flag);
  }

  /** The value that a key of a file has; a path in it starts at the file's folder. */
  static <T> Object valueOf(Key<T> key, String text, String place, Path folder) {
    T value = key.parse(text, place);
    return value instanceof Path path ? folder.resolve(path) : value;
  }
}
