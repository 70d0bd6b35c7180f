package io.millrace.kafka.control;

import io.millrace.broker.GroupConfigs;
import io.millrace.broker.group.GroupSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/** The settings of groups. */
final class GroupResourceConfigs implements ResourceConfigs {

  private final GroupConfigs configs;
  private final NodeValues node;

  GroupResourceConfigs(GroupConfigs configs, NodeValues node) {
    this.configs = configs;
    this.node = node;
  }

  private static void check(String group) {
    if (group.isEmpty()) {
      throw new InvalidRequestException("a group's name cannot be empty");
    }
  }

  @Override
  public List<DescribeConfigsResourceResult> describe(
      DescribeConfigsResource asked, DescribeConfigsRequestData request) {
    check(asked.resourceName());
    Map<String, String> given = configs.given(asked.resourceName());
    List<DescribeConfigsResourceResult> all = new ArrayList<>();
    for (GroupSetting setting : configs.settings()) {
      if (ResourceConfigs.isWanted(asked, setting.name())) {
        all.add(describe(setting, given.get(setting.name()), request));
      }
    }
    return all;
  }

  private DescribeConfigsResourceResult describe(
      GroupSetting setting, @Nullable String given, DescribeConfigsRequestData request) {
    List<DescribeConfigsSynonym> values = new ArrayList<>();
    if (given != null) {
      values.add(ResourceConfigs.synonym(setting.name(), given, FROM_GROUP));
    }
    List<DescribeConfigsSynonym> ofNode = node.ofGroups(setting.name());
    values.addAll(
        ofNode.isEmpty()
            ? List.of(ResourceConfigs.synonym(setting.name(), setting.defaultValue(), FROM_DEFAULT))
            : ofNode);
    DescribeConfigsResourceResult result =
        ResourceConfigs.result(setting.name(), values, request).setConfigType(type(setting));
    if (request.includeDocumentation()) {
      result.setDocumentation(setting.doc() + " Allowed: " + setting.allowed() + ".");
    }
    return result;
  }

  private @Nullable String usualList(String name) {
    return configs.settings().stream()
        .filter(each -> each.name().equals(name) && each.type() == GroupSetting.Type.LIST)
        .findFirst()
        .map(GroupSetting::defaultValue)
        .orElse(null);
  }

  /** As Kafka's DescribeConfigsResponse numbers them. */
  private static byte type(GroupSetting setting) {
    return switch (setting.type()) {
      case BOOLEAN -> 1;
      case STRING -> 2;
      case INT -> 3;
      case LONG -> 5;
      case LIST -> 7;
    };
  }

  @Override
  public CompletionStage<?> change(
      String group, List<AlterableConfig> settings, boolean validateOnly) {
    check(group);
    return change(
        group, given -> ResourceConfigs.changed(given, settings, this::usualList), validateOnly);
  }

  @Override
  public CompletionStage<?> replace(
      String group, Map<String, @Nullable String> settings, boolean validateOnly) {
    check(group);
    return change(group, given -> ResourceConfigs.replaced(settings), validateOnly);
  }

  private CompletionStage<?> change(
      String group, UnaryOperator<Map<String, String>> change, boolean validateOnly) {
    if (validateOnly) {
      configs.validate(change.apply(configs.given(group)));
      return CompletableFuture.completedFuture(null);
    }
    return configs.configure(group, change);
  }
}
