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

  GroupResourceConfigs(GroupConfigs configs) {
    this.configs = configs;
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

  private static DescribeConfigsResourceResult describe(
      GroupSetting setting, @Nullable String given, DescribeConfigsRequestData request) {
    DescribeConfigsResourceResult result =
        new DescribeConfigsResourceResult()
            .setName(setting.name())
            .setValue(given == null ? setting.defaultValue() : given)
            .setConfigSource(given == null ? FROM_DEFAULT : FROM_GROUP)
            .setConfigType(type(setting));
    if (request.includeSynonyms()) {
      if (given != null) {
        result.synonyms().add(synonym(setting, given, FROM_GROUP));
      }
      result.synonyms().add(synonym(setting, setting.defaultValue(), FROM_DEFAULT));
    }
    if (request.includeDocumentation()) {
      result.setDocumentation(setting.doc() + " Allowed: " + setting.allowed() + ".");
    }
    return result;
  }

  private static DescribeConfigsSynonym synonym(GroupSetting setting, String value, byte source) {
    return new DescribeConfigsSynonym().setName(setting.name()).setValue(value).setSource(source);
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
        group, given -> ResourceConfigs.changed(given, settings, this::usual), validateOnly);
  }

  /** See {@link ResourceConfigs.Lists}. */
  private @Nullable String usual(String name) {
    return configs.settings().stream()
        .filter(each -> each.name().equals(name) && each.type() == GroupSetting.Type.LIST)
        .map(GroupSetting::defaultValue)
        .findFirst()
        .orElse(null);
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
