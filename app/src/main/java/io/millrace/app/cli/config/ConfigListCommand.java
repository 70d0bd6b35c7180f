package io.millrace.app.cli.config;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.config.ResourceArguments.Kind;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace config list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description =
        "Lists what has settings: all topics and brokers, and groups that were given any.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace config list group", "  millrace config list topic --json"})
final class ConfigListCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "KIND", description = "broker, topic or group.")
  private Kind kind = Kind.BROKER;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    List<String> names;
    try (Admin admin = cluster.admin()) {
      names =
          admin
              .listConfigResources(Set.of(kind.type()), new ListConfigResourcesOptions())
              .all()
              .get()
              .stream()
              .map(ConfigResource::name)
              .sorted()
              .toList();
    }
    if (json) {
      JsonOutput.print(names);
    } else {
      names.forEach(System.out::println);
    }
    return 0;
  }
}
