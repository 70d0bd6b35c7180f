package io.millrace.broker;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is given to a topic, a group or a node once changes were made. */
public final class ChangedSettings {

  private ChangedSettings() {}

  /** The given settings with changes made; a null value takes one away. */
  public static Map<String, String> of(
      Map<String, String> given, Map<String, @Nullable String> changes) {
    Map<String, String> after = new TreeMap<>(given);
    changes.forEach(
        (name, value) -> {
          if (value == null) {
            after.remove(name);
          } else {
            after.put(name, value);
          }
        });
    return after;
  }
}
