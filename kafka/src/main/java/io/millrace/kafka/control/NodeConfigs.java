package io.millrace.kafka.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/**
 * The node's own settings, which can be read, and the levels of its loggers, which can be changed
 * (KIP-412).
 */
final class NodeConfigs {

  // Where a value comes from (Kafka's ConfigSource), and its type.
  private static final byte FROM_NODE = 4;
  private static final byte FROM_LOGGER = 6;
  private static final byte TYPE_STRING = 2;

  // What to do with a setting (KIP-339).
  private static final byte SET = 0;
  private static final byte DELETE = 1;

  private static final Set<String> LEVELS =
      Set.of("FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");

  private final BrokerSettingTable settings;
  private final LogLevels loggers;
  private final Supplier<NodeIdentity> node;

  NodeConfigs(BrokerSettingTable settings, LogLevels loggers, Supplier<NodeIdentity> node) {
    this.settings = settings;
    this.loggers = loggers;
    this.node = node;
  }

  private static boolean isWanted(DescribeConfigsResource asked, String name) {
    return asked.configurationKeys() == null || asked.configurationKeys().contains(name);
  }

  // ---- the node's settings ----

  List<DescribeConfigsResourceResult> describe(
      DescribeConfigsResource asked, DescribeConfigsRequestData request) {
    checkNode(asked.resourceName(), true);
    List<DescribeConfigsResourceResult> all = new ArrayList<>();
    for (BrokerSettingTable.Entry entry : settings.all()) {
      if (entry.value() != null && isWanted(asked, entry.name())) {
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

  /** The node's settings come from its configuration: each that is named is refused by name. */
  InvalidRequestException refuse(String resource, Iterable<String> names) {
    checkNode(resource, true);
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

  // ---- loggers ----

  List<DescribeConfigsResourceResult> describeLoggers(DescribeConfigsResource asked) {
    checkNode(asked.resourceName(), false);
    List<DescribeConfigsResourceResult> all = new ArrayList<>();
    new TreeMap<>(loggers.all())
        .forEach(
            (name, level) -> {
              if (isWanted(asked, name)) {
                all.add(
                    new DescribeConfigsResourceResult()
                        .setName(name)
                        .setValue(level)
                        .setConfigSource(FROM_LOGGER)
                        .setConfigType(TYPE_STRING));
              }
            });
    return all;
  }

  /** All of the changes, or none when one of them cannot be made. */
  void changeLoggers(String resource, Iterable<AlterableConfig> changes, boolean validateOnly) {
    checkNode(resource, false);
    Map<String, String> known = loggers.all();
    Map<String, @Nullable String> levels = new LinkedHashMap<>();
    for (AlterableConfig change : changes) {
      levels.put(change.name(), level(change, known));
    }
    if (!validateOnly) {
      levels.forEach(loggers::set);
    }
  }

  private static @Nullable String level(AlterableConfig change, Map<String, String> known) {
    if (!known.containsKey(change.name())) {
      throw new InvalidConfigurationException("Logger " + change.name() + " does not exist!");
    }
    return switch (change.configOperation()) {
      case SET -> level(change.name(), String.valueOf(change.value()).toUpperCase(Locale.ROOT));
      case DELETE -> {
        if (change.name().equals(LogLevels.ROOT)) {
          throw new InvalidRequestException(
              "Removing the log level of the " + LogLevels.ROOT + " logger is not allowed");
        }
        yield null;
      }
      default ->
          throw new InvalidRequestException(
              "Levels of loggers can be set or deleted, not appended to or subtracted from");
    };
  }

  private static String level(String logger, String level) {
    if (!LEVELS.contains(level)) {
      throw new InvalidConfigurationException(
          "Cannot set the log level of "
              + logger
              + " to "
              + level
              + " as it is not a supported log level. Valid log levels are "
              + String.join(", ", LEVELS.stream().sorted().toList()));
    }
    return level.equals("FATAL") ? "ERROR" : level;
  }

  private void checkNode(String name, boolean mayBeEmpty) {
    if (!(mayBeEmpty && name.isEmpty()) && !name.equals(Integer.toString(node.get().nodeId()))) {
      throw new InvalidRequestException(
          "there is no node " + name + "; this one is " + node.get().nodeId());
    }
  }
}
