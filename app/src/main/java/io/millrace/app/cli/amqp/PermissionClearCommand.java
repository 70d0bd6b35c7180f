package io.millrace.app.cli.amqp;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp permission clear}. */
@Command(
    name = "clear",
    mixinStandardHelpOptions = true,
    description = "Takes away what a user may do in a virtual host.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp permission clear alice")
final class PermissionClearCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(index = "0", paramLabel = "USER", description = "Its name.")
  private String user = "";

  @Override
  public Integer call() {
    String virtualHost = management.virtualHost();
    try (ManagementClient client = management.open()) {
      client.deletePresent(
          ManagementClient.path("permissions", virtualHost, user),
          "user '" + user + "' has no permission in virtual host '" + virtualHost + "'");
    }
    System.out.println("cleared the permission of " + user + " in " + virtualHost);
    return 0;
  }
}
