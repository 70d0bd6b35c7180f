package io.millrace.kafka.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/** The levels of the node's loggers (KIP-412). */
final class LoggerConfigs implements ResourceConfigs {

  // Where a value comes from (Kafka's ConfigSource), and its type.
  private static final byte FROM_LOGGER = 6;
  private static final byte TYPE_STRING = 2;

  private static final Set<String> LEVELS =
      Set.of("FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");

  private final LogLevels loggers;
  private final Supplier<NodeIdentity> node;

  LoggerConfigs(LogLevels loggers, Supplier<NodeIdentity> node) {
    this.loggers = loggers;
    this.node = node;
  }

  @Override
  public List<DescribeConfigsResourceResult> describe(
      DescribeConfigsResource asked, DescribeConfigsRequestData request) {
    checkNode(asked.resourceName());
    List<DescribeConfigsResourceResult> all = new ArrayList<>();
    new TreeMap<>(loggers.all())
        .forEach(
            (name, level) -> {
              if (ResourceConfigs.isWanted(asked, name)) {
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

  @Override
  public CompletionStage<?> change(
      String resource, List<AlterableConfig> changes, boolean validateOnly) {
    checkNode(resource);
    Map<String, String> known = loggers.all();
    Map<String, @Nullable String> levels = new LinkedHashMap<>();
    for (AlterableConfig change : changes) {
      levels.put(change.name(), level(change, known));
    }
    if (!validateOnly) {
      levels.forEach(loggers::set);
    }
    return CompletableFuture.completedFuture(levels);
  }

  /** As Kafka has it: levels are changed one by one (KIP-412). */
  @Override
  public CompletionStage<?> replace(
      String resource, Map<String, @Nullable String> settings, boolean validateOnly) {
    throw new InvalidRequestException(
        "levels of loggers are changed by IncrementalAlterConfigs, not replaced as a whole");
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

  private void checkNode(String name) {
    if (!name.equals(Integer.toString(node.get().nodeId()))) {
      throw new InvalidRequestException(
          "there is no node " + name + "; this one is " + node.get().nodeId());
    }
  }
}
