package io.millrace.app.cli.amqp;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp topic-permission clear}. */
@Command(
    name = "clear",
    mixinStandardHelpOptions = true,
    description = "Takes a user's topic permissions in a virtual host away.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp topic-permission clear alice")
final class TopicPermissionClearCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(index = "0", paramLabel = "USER", description = "Its name.")
  private String user = "";

  @Override
  public Integer call() {
    String virtualHost = management.virtualHost();
    try (ManagementClient client = management.open()) {
      client.deletePresent(
          ManagementClient.path("topic-permissions", virtualHost, user),
          "user '" + user + "' has no topic permission in virtual host '" + virtualHost + "'");
    }
    System.out.println("cleared the topic permissions of " + user + " in " + virtualHost);
    return 0;
  }
}
