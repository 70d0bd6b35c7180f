package io.millrace.app.cli.topic;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.CommandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic alter}. */
@Command(
    name = "alter",
    mixinStandardHelpOptions = true,
    description = "Changes a topic's settings, or gives it more partitions.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace topic alter orders -c retention.ms=3600000 -c cleanup.policy=delete",
      "  millrace topic alter orders --unset retention.ms",
      "  millrace topic alter orders --partitions 12"
    })
final class TopicAlterCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "TOPIC", description = "Its name.")
  private String topic = "";

  @Option(
      names = {"-c", "--config"},
      paramLabel = "NAME=VALUE",
      description = "A setting by Kafka's name and what it shall be.")
  private Map<String, String> settings = Map.of();

  @Option(
      names = {"-u", "--unset"},
      paramLabel = "NAME",
      description = "A setting that shall be the node's default again.")
  private List<String> unset = List.of();

  @Option(
      names = {"-p", "--partitions"},
      paramLabel = "N",
      description =
          "How many partitions it shall have, more than now. Records with a key may go to another"
              + " partition from then on.")
  private @Nullable Integer partitions;

  @Override
  public Integer call() throws Exception {
    if (settings.isEmpty() && unset.isEmpty() && partitions == null) {
      throw CommandException.usage("nothing to change: give --config, --unset or --partitions");
    }
    List<AlterConfigOp> changes = new ArrayList<>();
    settings.forEach(
        (name, value) ->
            changes.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
    unset.forEach(
        name ->
            changes.add(new AlterConfigOp(new ConfigEntry(name, ""), AlterConfigOp.OpType.DELETE)));
    try (Admin admin = cluster.admin()) {
      if (!changes.isEmpty()) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
      }
      if (partitions != null) {
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all().get();
      }
    }
    System.out.println("altered " + topic);
    return 0;
  }
}
