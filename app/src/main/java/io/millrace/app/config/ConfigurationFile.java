package io.millrace.app.config;

import io.millrace.app.config.YamlNode.Entries;
import io.millrace.app.config.YamlNode.Entry;
import io.millrace.app.config.YamlNode.Items;
import io.millrace.app.config.YamlNode.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code millrace.yaml}: every key is known, every value of its kind, or the file is bad. */
public final class ConfigurationFile {

  private static final long MOST_BYTES = 1 << 20;

  private final String file;
  private final Path folder;

  private ConfigurationFile(String file, Path folder) {
    this.file = file;
    this.folder = folder;
  }

  /**
   * Reads a file. Paths in it start at its folder.
   *
   * @throws ConfigurationException when it cannot be read or used; the message names the line
   */
  public static Configuration read(Path path) {
    String text;
    try {
      if (Files.size(path) > MOST_BYTES) {
        throw new ConfigurationException(path + " is larger than " + MOST_BYTES + " bytes");
      }
      text = Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("there is no file " + path);
    } catch (IOException e) {
      throw new ConfigurationException(path + " cannot be read: " + e.getMessage());
    }
    Path folder = path.toAbsolutePath().getParent();
    return parse(text, path.toString(), folder == null ? path : folder);
  }

  /**
   * Reads a text.
   *
   * @param file what to call it in messages
   * @param folder where paths in it start
   */
  public static Configuration parse(String text, String file, Path folder) {
    YamlNode top;
    try {
      top = YamlParser.parse(text, file);
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage());
    }
    return new ConfigurationFile(file, folder).item("", top, file);
  }

  /** A mapping that is the whole file or an item of a list. */
  private Configuration item(String prefix, YamlNode node, String place) {
    if (!(node instanceof Entries entries)) {
      String example = Keys.namesUnder(prefix).iterator().next();
      throw new ConfigurationException(
          place(node.line()) + ": keys are expected here, such as " + example);
    }
    Map<Key<?>, Object> values = new LinkedHashMap<>();
    Map<String, List<Configuration>> lists = new LinkedHashMap<>();
    read(prefix, entries, values, lists);
    return new Configuration(place, values, lists);
  }

  private void read(
      String prefix,
      Entries entries,
      Map<Key<?>, Object> values,
      Map<String, List<Configuration>> lists) {
    for (Map.Entry<String, Entry> each : entries.entries().entrySet()) {
      String path = prefix + each.getKey();
      Entry entry = each.getValue();
      Key<?> single = Keys.find(path);
      Key<?> item = Keys.find(path + "[]");
      if (single != null) {
        values.put(single, value(single, entry.value(), entry.line()));
      } else if (item != null) {
        lists.put(item.path(), singles(item, entry));
      } else if (!Keys.namesUnder(path + "[].").isEmpty()) {
        lists.put(path + "[]", mappings(path, entry));
      } else if (Keys.namesUnder(path + ".").isEmpty()) {
        throw ConfigurationException.unknownKey(place(entry.line()), path, Keys.namesUnder(prefix));
      } else if (entry.value() instanceof Entries inner) {
        read(path + ".", inner, values, lists);
      } else if (!isEmpty(entry.value())) {
        String example = Keys.namesUnder(path + ".").iterator().next();
        throw new ConfigurationException(
            place(entry.line()) + ": " + path + " has keys of its own, such as " + example);
      }
    }
  }

  private List<Configuration> singles(Key<?> key, Entry entry) {
    List<Configuration> read = new ArrayList<>();
    for (YamlNode node : items(key.path(), entry)) {
      Object value = value(key, node, node.line());
      read.add(new Configuration(place(node.line()), Map.of(key, value), Map.of()));
    }
    return read;
  }

  private List<Configuration> mappings(String path, Entry entry) {
    List<Configuration> read = new ArrayList<>();
    for (YamlNode node : items(path, entry)) {
      read.add(item(path + "[].", node, place(node.line())));
    }
    return read;
  }

  private List<YamlNode> items(String path, Entry entry) {
    if (entry.value() instanceof Items list) {
      return list.items();
    }
    if (isEmpty(entry.value())) {
      return List.of();
    }
    throw new ConfigurationException(
        place(entry.line()) + ": " + path + " is a list; begin each item with a dash");
  }

  private Object value(Key<?> key, YamlNode node, int line) {
    if (node instanceof Text text) {
      return Configuration.valueOf(key, text.text(), place(line), folder);
    }
    throw new ConfigurationException(
        place(line)
            + ": "
            + key.path()
            + " has more than one value; allowed: "
            + key.kind().allowed());
  }

  private static boolean isEmpty(@Nullable YamlNode node) {
    return node instanceof Text text && text.text().isEmpty();
  }

  private String place(int line) {
    return file + " line " + line;
  }
}
