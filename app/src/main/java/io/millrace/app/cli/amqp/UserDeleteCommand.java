package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.CommandException;
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
      String path = ManagementClient.path("users", user);
      if (client.find(path) == null) {
        throw CommandException.failed("there is no user '" + user + "'");
      }
      JsonNode unused = client.delete(path);
    }
    System.out.println("deleted user " + user);
    return 0;
  }
}
