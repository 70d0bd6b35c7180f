package io.millrace.kafka.control;

import io.millrace.broker.DynamicSettings;
import io.millrace.broker.TopicDefaults;
import io.millrace.broker.topic.TopicSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.jspecify.annotations.Nullable;

/**
 * All values that a setting of the node has, the one in force first: changed for the node while it
 * ran, changed for all nodes, what the node was started with where that is not the default, and the
 * default. Any thread.
 */
final class NodeValues {

  private final DynamicSettings changed;
  private final BrokerSettingTable started;
  private final BrokerSettingTable defaults;
  private final Map<String, String> startedForTopics;
  private final Map<String, String> topicDefaults =
      TopicSetting.all().stream()
          .collect(Collectors.toMap(TopicSetting::name, TopicSetting::defaultValue));

  /**
   * @param started what the node was started with
   * @param startedForTopics the same for topics, by the names that topics have for it
   * @param defaults what holds where the node is not told otherwise
   */
  NodeValues(
      DynamicSettings changed,
      BrokerSettingTable started,
      Map<String, String> startedForTopics,
      BrokerSettingTable defaults) {
    this.changed = changed;
    this.started = started;
    this.startedForTopics = startedForTopics;
    this.defaults = defaults;
  }

  /** Of a setting of that node; none when there is nothing that could be in force. */
  List<DescribeConfigsSynonym> of(String node, String name) {
    List<DescribeConfigsSynonym> values = changed(node, name);
    add(values, name, value(started, name), value(defaults, name));
    return values;
  }

  /** Of a setting of all nodes together. */
  List<DescribeConfigsSynonym> ofAllNodes(String name) {
    return changed(DynamicSettings.ALL_NODES, name);
  }

  /** Of a topic's setting, where the topic does not say otherwise. */
  List<DescribeConfigsSynonym> ofTopics(String setting) {
    String nodeName = TopicDefaults.nodeName(setting);
    String name = nodeName == null ? setting : nodeName;
    List<DescribeConfigsSynonym> values = changed(changed.node(), name);
    add(values, name, startedForTopics.get(setting), topicDefaults.get(setting));
    return values;
  }

  /** Of a group's setting, where the group does not say otherwise; none when nodes have none. */
  List<DescribeConfigsSynonym> ofGroups(String setting) {
    return of(changed.node(), "group." + setting);
  }

  private List<DescribeConfigsSynonym> changed(String node, String name) {
    List<DescribeConfigsSynonym> values = new ArrayList<>();
    String own = changed.given(node).get(name);
    if (own != null && !node.equals(DynamicSettings.ALL_NODES)) {
      values.add(ResourceConfigs.synonym(name, own, ResourceConfigs.FROM_NODE_CHANGED));
    }
    String ofAll = changed.given(DynamicSettings.ALL_NODES).get(name);
    if (ofAll != null) {
      values.add(ResourceConfigs.synonym(name, ofAll, ResourceConfigs.FROM_ALL_NODES_CHANGED));
    }
    return values;
  }

  private static void add(
      List<DescribeConfigsSynonym> values,
      String name,
      @Nullable String started,
      @Nullable String usual) {
    if (started != null && !started.equals(usual)) {
      values.add(ResourceConfigs.synonym(name, started, ResourceConfigs.FROM_NODE_STATIC));
    }
    if (usual != null) {
      values.add(ResourceConfigs.synonym(name, usual, ResourceConfigs.FROM_DEFAULT));
    }
  }

  private static @Nullable String value(BrokerSettingTable table, String name) {
    BrokerSettingTable.Entry entry = table.find(name);
    return entry == null ? null : entry.value();
  }
}
