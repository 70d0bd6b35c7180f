package io.millrace.broker.group;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What holds for each group: its own settings over the node's, read once when they change. A group
 * may be given settings of every kind, before it is known which it is of. Any thread.
 */
public final class ResolvedGroupConfigs {

  private final Map<String, GroupSetting> table = new LinkedHashMap<>();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final Entry defaults;

  private record Entry(
      Map<String, String> given,
      ConsumerGroupConfig consumer,
      ShareGroupConfig share,
      StreamsGroupConfig streams) {}

  /** All groups have the node's settings. */
  public ResolvedGroupConfigs(GroupSettings settings) {
    ConsumerGroupConfig.settings(settings.consumer()).forEach(each -> table.put(each.name(), each));
    ShareGroupConfig.settings(settings.share()).forEach(each -> table.put(each.name(), each));
    StreamsGroupConfig.settings(settings.streams()).forEach(each -> table.put(each.name(), each));
    defaults = read(Map.of());
  }

  private Entry read(Map<String, String> given) {
    GroupSettingValues values = new GroupSettingValues(table, given);
    return new Entry(
        Map.copyOf(given),
        ConsumerGroupConfig.read(values),
        ShareGroupConfig.read(values),
        StreamsGroupConfig.read(values));
  }

  private Entry entry(String group) {
    return entries.getOrDefault(group, defaults);
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
    return entry(group).given;
  }

  /** What holds for the group as one of the new protocol. */
  public ConsumerGroupConfig consumer(String group) {
    return entry(group).consumer;
  }

  /** What holds for the group as a share group. */
  public ShareGroupConfig share(String group) {
    return entry(group).share;
  }

  /** What holds for the group as a streams group. */
  public StreamsGroupConfig streams(String group) {
    return entry(group).streams;
  }

  /**
   * Checks settings.
   *
   * @throws io.millrace.broker.BrokerException with {@code INVALID_SETTING}
   */
  public void check(Map<String, String> given) {
    Entry unused = read(given);
  }

  /** The group has these settings from now on. */
  public void put(String group, Map<String, String> given) {
    if (given.isEmpty()) {
      entries.remove(group);
    } else {
      entries.put(group, read(given));
    }
  }
}
