package io.millrace.broker.group;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** What holds for each share group, read once when it changes. Any thread. */
public final class ShareGroupConfigs {

  private final Map<String, GroupSetting> table = new LinkedHashMap<>();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final ShareGroupConfig defaults;

  private record Entry(Map<String, String> given, ShareGroupConfig config) {}

  /** All groups have the node's settings. */
  public ShareGroupConfigs(ShareGroupSettings settings) {
    ShareGroupConfig.settings(settings).forEach(each -> table.put(each.name(), each));
    defaults = ShareGroupConfig.read(table, Map.of());
  }

  /** The table of settings. */
  public List<GroupSetting> settings() {
    return List.copyOf(table.values());
  }

  /** The groups that were given any, in the order of their names. */
  public Set<String> names() {
    return new TreeSet<>(entries.keySet());
  }

  /** What was given to the group. */
  public Map<String, String> given(String group) {
    Entry entry = entries.get(group);
    return entry == null ? Map.of() : entry.given;
  }

  /** What holds for the group. */
  public ShareGroupConfig of(String group) {
    Entry entry = entries.get(group);
    return entry == null ? defaults : entry.config;
  }

  /**
   * Checks settings.
   *
   * @throws io.millrace.broker.BrokerException with {@code INVALID_SETTING}
   */
  public void check(Map<String, String> given) {
    ShareGroupConfig unused = ShareGroupConfig.read(table, given);
  }

  /** The group has these settings from now on. */
  public void put(String group, Map<String, String> given) {
    if (given.isEmpty()) {
      entries.remove(group);
    } else {
      entries.put(group, new Entry(Map.copyOf(given), ShareGroupConfig.read(table, given)));
    }
  }
}
