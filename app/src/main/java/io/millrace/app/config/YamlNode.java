package io.millrace.app.config;

import java.util.List;
import java.util.Map;

/** A piece of a file of settings, with the line that it begins on (from 1). */
sealed interface YamlNode {

  int line();

  /** A single value as it was written. */
  record Text(String text, int line) implements YamlNode {}

  /** A list. */
  record Items(List<YamlNode> items, int line) implements YamlNode {}

  /** Keys in the order of the file, each with the line it stands on. */
  record Entries(Map<String, Entry> entries, int line) implements YamlNode {}

  /** One key of {@link Entries}. */
  record Entry(int line, YamlNode value) {}
}
