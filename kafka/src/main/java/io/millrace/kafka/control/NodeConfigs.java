package io.millrace.kafka.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/** The node's own settings, which can be read: they are changed by its file and a restart. */
final class NodeConfigs implements ResourceConfigs {

  // Where a value comes from (Kafka's ConfigSource), and its type.
  private static final byte FROM_NODE = 4;
  private static final byte TYPE_STRING = 2;

  private final BrokerSettingTable settings;
  private final Supplier<NodeIdentity> node;

  NodeConfigs(BrokerSettingTable settings, Supplier<NodeIdentity> node) {
    this.settings = settings;
    this.node = node;
  }

  @Override
  public List<DescribeConfigsResourceResult> describe(
      DescribeConfigsResource asked, DescribeConfigsRequestData request) {
    checkNode(asked.resourceName());
    List<DescribeConfigsResourceResult> all = new ArrayList<>();
    for (BrokerSettingTable.Entry entry : settings.all()) {
      if (entry.value() != null && ResourceConfigs.isWanted(asked, entry.name())) {
        DescribeConfigsResourceResult result =
            new DescribeConfigsResourceResult()
                .setName(entry.name())
                .setValue(entry.value())
                .setReadOnly(true)
                .setConfigSource(FROM_NODE)
                .setConfigType(TYPE_STRING);
        if (request.includeDocumentation()) {
          result.setDocumentation(entry.how());
        }
        if (request.includeSynonyms()) {
          result
              .synonyms()
              .add(
                  new DescribeConfigsSynonym()
                      .setName(entry.name())
                      .setValue(entry.value())
                      .setSource(FROM_NODE));
        }
        all.add(result);
      }
    }
    return all;
  }

  @Override
  public CompletionStage<?> change(
      String resource, List<AlterableConfig> changes, boolean validateOnly) {
    if (changes.stream().allMatch(this::takesBackNothing)) {
      return CompletableFuture.completedFuture(null);
    }
    throw refusal(resource, changes.stream().map(AlterableConfig::name).toList());
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
      String resource, Map<String, @Nullable String> settings, boolean validateOnly) {
    throw refusal(resource, settings.keySet());
  }

  /** Each setting that is named is refused by name. */
  private InvalidRequestException refusal(String resource, Iterable<String> names) {
    checkNode(resource);
    List<String> reasons = new ArrayList<>();
    for (String name : names) {
      BrokerSettingTable.Entry entry = settings.find(name);
      reasons.add(
          entry == null
              ? name + " is not a setting of a broker."
              : entry.value() == null
                  ? name + " cannot be set. " + entry.how()
                  : name + " cannot be changed while the node runs. " + entry.how());
    }
    return new InvalidRequestException(
        reasons.isEmpty()
            ? "the node's settings are changed in its configuration file and by a restart"
            : String.join(" ", reasons));
  }

  private void checkNode(String name) {
    if (!name.isEmpty() && !name.equals(Integer.toString(node.get().nodeId()))) {
      throw new InvalidRequestException(
          "there is no node " + name + "; this one is " + node.get().nodeId());
    }
  }
}
