package io.millrace.app.cli.amqp;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp user delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes a user with all permissions, and closes the user's connections.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp user delete alice")
final class UserDeleteCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(paramLabel = "USER", description = "Its name.")
  private String user = "";

  @Override
  public Integer call() {
    try (ManagementClient client = management.open()) {
      client.deletePresent(ManagementClient.path("users", user), "there is no user '" + user + "'");
    }
    System.out.println("deleted user " + user);
    return 0;
  }
}
