package io.millrace.kafka.control;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one kind of resource. Each method refuses by an exception of Kafka's, at once or
 * through what it returns, or by one of the broker.
 */
interface ResourceConfigs {

  // Kinds of resource (Kafka's ConfigResource).
  byte TOPIC = 2;
  byte NODE = 4;
  byte LOGGERS = 8;
  byte CLIENT_METRICS = 16;
  byte GROUP = 32;

  // What to do with a setting (KIP-339).
  byte SET = 0;
  byte DELETE = 1;

  /** The settings that are asked for, as they are in force. */
  List<DescribeConfigsResourceResult> describe(
      DescribeConfigsResource asked, DescribeConfigsRequestData request);

  /** Makes the changes, all or none; with {@code validateOnly} only looks whether they can be. */
  CompletionStage<?> change(String resource, List<AlterableConfig> changes, boolean validateOnly);

  /** The same, where settings that are not named get their default. */
  CompletionStage<?> replace(
      String resource, Map<String, @Nullable String> settings, boolean validateOnly);

  /** Whether a request wants to know a setting. */
  static boolean isWanted(DescribeConfigsResource asked, String setting) {
    return asked.configurationKeys() == null || asked.configurationKeys().contains(setting);
  }

  /**
   * Changes of settings that are no lists.
   *
   * @return null for what gets its default
   */
  static Map<String, @Nullable String> wholeChanges(
      String resource, List<AlterableConfig> configs) {
    Map<String, @Nullable String> changes = new LinkedHashMap<>();
    for (AlterableConfig config : configs) {
      if (changes.containsKey(config.name())) {
        throw new InvalidRequestException(config.name() + " is named twice");
      }
      switch (config.configOperation()) {
        case SET -> {
          if (config.value() == null) {
            throw new InvalidConfigurationException(config.name() + " has no value");
          }
          changes.put(config.name(), config.value());
        }
        case DELETE -> changes.put(config.name(), null);
        default ->
            throw new InvalidConfigurationException(
                config.name()
                    + " of "
                    + resource
                    + " can be set or deleted as a whole, not appended to");
      }
    }
    return changes;
  }

  /** The changes that a replacement comes to, where these settings were given before. */
  static Map<String, @Nullable String> replacement(
      Iterable<String> given, Map<String, @Nullable String> settings) {
    Map<String, @Nullable String> changes = new LinkedHashMap<>();
    given.forEach(name -> changes.put(name, null));
    changes.putAll(settings);
    return changes;
  }
}
