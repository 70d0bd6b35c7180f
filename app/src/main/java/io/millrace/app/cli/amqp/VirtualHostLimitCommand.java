package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.CommandException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp vhost limit}. */
@Command(
    name = "limit",
    mixinStandardHelpOptions = true,
    description = "Limits what there may be in a virtual host.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp vhost limit staging --max-connections 100 --max-queues 1000")
final class VirtualHostLimitCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(paramLabel = "VHOST", description = "Its name.")
  private String virtualHost = "";

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Most open connections; -1 for no limit.")
  private @Nullable Integer maxConnections;

  @Option(names = "--max-queues", paramLabel = "N", description = "Most queues; -1 for no limit.")
  private @Nullable Integer maxQueues;

  @Override
  public Integer call() {
    if (maxConnections == null && maxQueues == null) {
      throw CommandException.usage("no limit is given; give --max-connections or --max-queues");
    }
    try (ManagementClient client = management.open()) {
      if (client.find(ManagementClient.path("vhosts", virtualHost)) == null) {
        throw CommandException.failed("there is no virtual host '" + virtualHost + "'");
      }
      limit(client, "max-connections", maxConnections);
      limit(client, "max-queues", maxQueues);
    }
    System.out.println("limited virtual host " + virtualHost);
    return 0;
  }

  private void limit(ManagementClient client, String name, @Nullable Integer limit) {
    if (limit != null) {
      JsonNode unused =
          client.put(
              ManagementClient.path("vhost-limits", virtualHost, name), Map.of("value", limit));
    }
  }
}
