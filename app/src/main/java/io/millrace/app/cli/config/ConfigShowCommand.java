package io.millrace.app.cli.config;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.TextTable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace config show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows settings that were given, or all of them, and where each comes from.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace config show broker",
      "  millrace config show broker 1 --all",
      "  millrace config show topic orders --json"
    })
final class ConfigShowCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();
  @Mixin private final ResourceArguments about = new ResourceArguments();

  @Option(
      names = {"-a", "--all"},
      description = "Also what comes from the configuration file or is a default.")
  private boolean all;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    ConfigResource resource = about.resource();
    List<ConfigEntry> entries;
    try (Admin admin = cluster.admin()) {
      Config config =
          Objects.requireNonNull(
              admin
                  .describeConfigs(
                      List.of(resource), new DescribeConfigsOptions().includeSynonyms(true))
                  .all()
                  .get()
                  .get(resource));
      entries =
          config.entries().stream()
              .filter(entry -> all || isGiven(entry.source()))
              .sorted(Comparator.comparing(ConfigEntry::name))
              .toList();
    }
    if (json) {
      JsonOutput.print(entries.stream().map(ConfigShowCommand::map).toList());
    } else if (entries.isEmpty()) {
      System.out.println("no setting was given to " + about.text() + "; --all shows the others");
    } else {
      TextTable table = new TextTable("SETTING", "VALUE", "FROM", "CHANGEABLE");
      entries.forEach(
          entry ->
              table.row(
                  entry.name(),
                  String.valueOf(entry.value()),
                  from(entry.source()),
                  entry.isReadOnly() ? "no" : "yes"));
      table.print(System.out);
    }
    return 0;
  }

  private static boolean isGiven(ConfigSource source) {
    return switch (source) {
      case DYNAMIC_TOPIC_CONFIG,
          DYNAMIC_BROKER_CONFIG,
          DYNAMIC_DEFAULT_BROKER_CONFIG,
          DYNAMIC_GROUP_CONFIG,
          DYNAMIC_CLIENT_METRICS_CONFIG,
          DYNAMIC_BROKER_LOGGER_CONFIG ->
          true;
      case STATIC_BROKER_CONFIG, DEFAULT_CONFIG, UNKNOWN -> false;
    };
  }

  private static String from(ConfigSource source) {
    return switch (source) {
      case DYNAMIC_TOPIC_CONFIG -> "topic";
      case DYNAMIC_BROKER_CONFIG -> "broker";
      case DYNAMIC_DEFAULT_BROKER_CONFIG -> "all brokers";
      case DYNAMIC_GROUP_CONFIG -> "group";
      case STATIC_BROKER_CONFIG -> "configuration file";
      case DEFAULT_CONFIG -> "default";
      case DYNAMIC_CLIENT_METRICS_CONFIG, DYNAMIC_BROKER_LOGGER_CONFIG, UNKNOWN ->
          source.name().toLowerCase(Locale.ROOT);
    };
  }

  private static Map<String, @Nullable Object> map(ConfigEntry entry) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("name", entry.name());
    map.put("value", entry.value());
    map.put("from", from(entry.source()));
    map.put("changeable", !entry.isReadOnly());
    map.put(
        "values",
        entry.synonyms().stream()
            .map(
                each ->
                    Map.of(
                        "name",
                        each.name(),
                        "value",
                        String.valueOf(each.value()),
                        "from",
                        from(each.source())))
            .toList());
    return map;
  }
}
