package io.millrace.kafka.control;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.DynamicSettings;
import io.millrace.broker.NodeSetting;
import io.millrace.broker.topic.TopicSetting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/**
 * The node's own settings. Those that Kafka has as dynamic ones and that something here acts on are
 * changed while the node runs, for the node or, under the empty name, for all nodes (KIP-226); the
 * others by the node's file and a restart. Refused is as Kafka's ConfigAdminManager does it, with
 * {@code INVALID_REQUEST}.
 */
final class NodeConfigs implements ResourceConfigs {

  private static final byte TYPE_STRING = 2;

  private final BrokerSettingTable settings;
  private final DynamicSettings changed;
  private final NodeValues values;

  NodeConfigs(BrokerSettingTable settings, DynamicSettings changed, NodeValues values) {
    this.settings = settings;
    this.changed = changed;
    this.values = values;
  }

  /** Of all nodes together only what was changed, as with Kafka. */
  @Override
  public List<DescribeConfigsResourceResult> describe(
      DescribeConfigsResource asked, DescribeConfigsRequestData request) {
    String node = asked.resourceName();
    checkNode(node);
    Collection<String> names = new TreeSet<>(changed.given(node).keySet());
    if (!node.equals(DynamicSettings.ALL_NODES)) {
      names.addAll(changed.given(DynamicSettings.ALL_NODES).keySet());
      settings.all().forEach(entry -> names.add(entry.name()));
    }
    List<DescribeConfigsResourceResult> all = new ArrayList<>();
    for (String name : names) {
      if (ResourceConfigs.isWanted(asked, name)) {
        List<DescribeConfigsSynonym> present =
            node.equals(DynamicSettings.ALL_NODES)
                ? values.ofAllNodes(name)
                : values.of(node, name);
        if (!present.isEmpty()) {
          all.add(describe(name, present, request));
        }
      }
    }
    return all;
  }

  private DescribeConfigsResourceResult describe(
      String name, List<DescribeConfigsSynonym> present, DescribeConfigsRequestData request) {
    NodeSetting dynamic = changed.find(name);
    DescribeConfigsResourceResult result =
        ResourceConfigs.result(name, present, request)
            .setReadOnly(dynamic == null)
            .setConfigType(dynamic == null ? TYPE_STRING : ResourceConfigs.number(dynamic.type()));
    if (request.includeDocumentation()) {
      BrokerSettingTable.Entry entry = settings.find(name);
      String how = entry == null ? "" : " " + entry.how();
      result.setDocumentation(
          dynamic == null
              ? how.strip()
              : dynamic.doc() + " Allowed: " + dynamic.allowed() + "." + how);
    }
    return result;
  }

  @Override
  public CompletionStage<?> change(
      String node, List<AlterableConfig> changes, boolean validateOnly) {
    checkNode(node);
    checkCanChange(
        changes.stream()
            .filter(each -> !takesBackNothing(each))
            .map(AlterableConfig::name)
            .toList());
    return change(
        node, given -> ResourceConfigs.changed(given, changes, this::usualList), validateOnly);
  }

  /**
   * Whether a setting is taken back that the node does not have. Kafka's tool for reassignments
   * does so with limits on replication, given or not.
   */
  private boolean takesBackNothing(AlterableConfig change) {
    BrokerSettingTable.Entry entry = settings.find(change.name());
    return change.configOperation() == DELETE && (entry == null || entry.value() == null);
  }

  @Override
  public CompletionStage<?> replace(
      String node, Map<String, @Nullable String> settings, boolean validateOnly) {
    checkNode(node);
    checkCanChange(settings.keySet());
    return change(node, given -> ResourceConfigs.replaced(settings), validateOnly);
  }

  private CompletionStage<?> change(
      String node, UnaryOperator<Map<String, String>> change, boolean validateOnly) {
    return changed
        .change(node, change, validateOnly)
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(refusal(failure)));
  }

  /** Kafka has no error of its own for values of a node's settings that are not allowed. */
  private static Throwable refusal(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof BrokerException refused
            && refused.error() == BrokerError.INVALID_SETTING
        ? new InvalidRequestException(refused.getMessage())
        : failure;
  }

  private @Nullable String usualList(String name) {
    NodeSetting setting = changed.find(name);
    if (setting == null || setting.type() != TopicSetting.Type.LIST) {
      return null;
    }
    return values.of(changed.node(), name).getFirst().value();
  }

  /** Each setting that cannot be changed is refused by name. */
  private void checkCanChange(Collection<String> names) {
    List<String> reasons = new ArrayList<>();
    for (String name : names) {
      if (changed.find(name) == null) {
        BrokerSettingTable.Entry entry = settings.find(name);
        reasons.add(
            entry == null
                ? name + " is not a setting of a broker."
                : entry.value() == null
                    ? name + " cannot be set. " + entry.how()
                    : name + " cannot be changed while the node runs. " + entry.how());
      }
    }
    if (!reasons.isEmpty()) {
      throw new InvalidRequestException(
          "Cannot update these configs dynamically: " + String.join(" ", reasons));
    }
  }

  private void checkNode(String name) {
    if (!name.equals(DynamicSettings.ALL_NODES) && !name.equals(changed.node())) {
      throw new InvalidRequestException(
          "Unexpected broker id, expected "
              + changed.node()
              + " or empty string, but received "
              + name);
    }
  }
}
