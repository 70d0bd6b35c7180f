package io.millrace.app.cli.config;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.CommandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.ConfigEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace config alter}. */
@Command(
    name = "alter",
    mixinStandardHelpOptions = true,
    description = "Changes settings, all or none of them; they count at once and stay changed.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace config alter broker --set log.retention.ms=3600000 --dry-run",
      "  millrace config alter broker 1 --unset max.connections.per.ip",
      "  millrace config alter topic orders --append cleanup.policy=compact",
      "  millrace config alter group billing --set consumer.heartbeat.interval.ms=6000"
    })
final class ConfigAlterCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();
  @Mixin private final ResourceArguments about = new ResourceArguments();

  @Option(
      names = {"-s", "--set"},
      paramLabel = "NAME=VALUE",
      description = "A setting by Kafka's name and what it shall be.")
  private Map<String, String> set = Map.of();

  @Option(
      names = "--append",
      paramLabel = "NAME=ITEMS",
      description = "A setting that is a list, and what is added to it.")
  private Map<String, String> append = Map.of();

  @Option(
      names = "--subtract",
      paramLabel = "NAME=ITEMS",
      description = "A setting that is a list, and what is taken out of it.")
  private Map<String, String> subtract = Map.of();

  @Option(
      names = {"-u", "--unset"},
      paramLabel = "NAME",
      description = "A setting that shall be what it is without this.")
  private List<String> unset = List.of();

  @Option(names = "--dry-run", description = "Only say whether it could be done.")
  private boolean dryRun;

  @Override
  public Integer call() throws Exception {
    List<AlterConfigOp> changes = new ArrayList<>();
    add(changes, set, OpType.SET);
    add(changes, append, OpType.APPEND);
    add(changes, subtract, OpType.SUBTRACT);
    unset.forEach(
        name -> changes.add(new AlterConfigOp(new ConfigEntry(name, null), OpType.DELETE)));
    if (changes.isEmpty()) {
      throw CommandException.usage(
          "nothing to change: give --set, --append, --subtract or --unset");
    }
    try (Admin admin = cluster.admin()) {
      admin
          .incrementalAlterConfigs(
              Map.of(about.resource(), changes), new AlterConfigsOptions().validateOnly(dryRun))
          .all()
          .get();
    }
    System.out.println((dryRun ? "could alter " : "altered ") + about.text());
    return 0;
  }

  private static void add(List<AlterConfigOp> to, Map<String, String> values, OpType how) {
    values.forEach((name, value) -> to.add(new AlterConfigOp(new ConfigEntry(name, value), how)));
  }
}
