package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.CommandException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp vhost add}. */
@Command(
    name = "add",
    mixinStandardHelpOptions = true,
    description = "Makes a virtual host, in which nobody has a permission yet.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp vhost add staging")
final class VirtualHostAddCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(paramLabel = "VHOST", description = "Its name.")
  private String virtualHost = "";

  @Option(
      names = "--description",
      defaultValue = "",
      paramLabel = "TEXT",
      description = "For people.")
  private String description = "";

  @Option(
      names = "--default-queue-type",
      paramLabel = "TYPE",
      description =
          "classic, quorum or stream: of durable queues that are declared without a type.")
  private @Nullable String queueType;

  @Override
  public Integer call() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("description", description);
    if (queueType != null) {
      document.put("default_queue_type", queueType);
    }
    try (ManagementClient client = management.open()) {
      if (client.find(ManagementClient.path("vhosts", virtualHost)) != null) {
        throw CommandException.failed("there is a virtual host '" + virtualHost + "' already");
      }
      JsonNode unused = client.put(ManagementClient.path("vhosts", virtualHost), document);
    }
    System.out.println("added virtual host " + virtualHost);
    return 0;
  }
}
