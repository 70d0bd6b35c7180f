package io.millrace.app.cli.amqp;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp vhost delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes a virtual host with all exchanges, queues and permissions in it.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp vhost delete staging")
final class VirtualHostDeleteCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(paramLabel = "VHOST", description = "Its name.")
  private String virtualHost = "";

  @Override
  public Integer call() {
    try (ManagementClient client = management.open()) {
      client.deletePresent(
          ManagementClient.path("vhosts", virtualHost),
          "there is no virtual host '" + virtualHost + "'");
    }
    System.out.println("deleted virtual host " + virtualHost);
    return 0;
  }
}
