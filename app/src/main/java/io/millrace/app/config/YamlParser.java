package io.millrace.app.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.millrace.app.config.YamlNode.Entries;
import io.millrace.app.config.YamlNode.Entry;
import io.millrace.app.config.YamlNode.Items;
import io.millrace.app.config.YamlNode.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads YAML into {@link YamlNode}s, which remember their lines. */
final class YamlParser {

  private static final int DEEPEST = 16;

  private final JsonParser parser;
  private final String file;

  private YamlParser(JsonParser parser, String file) {
    this.parser = parser;
    this.file = file;
  }

  /**
   * The whole text as one node; an empty text is a mapping without entries.
   *
   * @param file what to call it in messages
   */
  static YamlNode parse(String text, String file) throws IOException {
    try (JsonParser parser = new YAMLFactory().createParser(text)) {
      YamlParser reader = new YamlParser(parser, file);
      JsonToken first = parser.nextToken();
      return first == null || first == JsonToken.VALUE_NULL
          ? new Entries(Map.of(), 1)
          : reader.node(0);
    } catch (JsonProcessingException e) {
      JsonLocation where = e.getLocation();
      String place = where == null ? file : file + " line " + where.getLineNr();
      String problem = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
      throw new ConfigurationException(place + ": not valid YAML: " + problem);
    }
  }

  private YamlNode node(int depth) throws IOException {
    int line = line();
    if (depth > DEEPEST) {
      throw new ConfigurationException(
          file + " line " + line + ": nested deeper than " + DEEPEST + " levels");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> entries(line, depth);
      case START_ARRAY -> items(line, depth);
      case VALUE_NULL -> new Text("", line);
      default -> new Text(parser.getText(), line);
    };
  }

  private YamlNode entries(int line, int depth) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      int keyLine = line();
      parser.nextToken();
      if (entries.put(key, new Entry(keyLine, node(depth + 1))) != null) {
        throw new ConfigurationException(
            file + " line " + keyLine + ": " + key + " is there twice");
      }
    }
    return new Entries(entries, line);
  }

  private YamlNode items(int line, int depth) throws IOException {
    List<YamlNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(depth + 1));
    }
    return new Items(items, line);
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }
}
