package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * The names under which a response can be purged: Surrogate-Key (by spaces), Cache-Tag (commas).
 */
final class SurrogateKeys {

  private SurrogateKeys() {}

  static List<String> of(Fields fields) {
    List<String> keys = new ArrayList<>();
    fields.all("surrogate-key").forEach(value -> add(keys, value.split("[ \t]+")));
    fields.all("cache-tag").forEach(value -> add(keys, value.split(",")));
    return keys;
  }

  private static void add(List<String> keys, String[] members) {
    for (String member : members) {
      String key = member.strip();
      if (!key.isEmpty()) {
        keys.add(key);
      }
    }
  }
}
