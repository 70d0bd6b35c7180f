package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.CommandException;
import io.millrace.app.cli.Passwords;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp user add}. */
@Command(
    name = "add",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a user, who may open no virtual host yet.",
      "The password is asked for, or is the first line of standard input: never an argument, which"
          + " others on the machine can see."
    },
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp user add alice --tags monitoring < password.txt")
final class UserAddCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(paramLabel = "USER", description = "Its name.")
  private String user = "";

  @Option(
      names = "--tags",
      defaultValue = "",
      paramLabel = "TAGS",
      description =
          "What the user may administer: administrator, monitoring, policymaker, management,"
              + " separated by commas.")
  private String tags = "";

  @Option(
      names = "--no-password",
      description = "For a user who logs in by a client certificate only.")
  private boolean noPassword;

  @Override
  public Integer call() throws Exception {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("tags", tags);
    document.put("password", noPassword ? "" : Passwords.read());
    try (ManagementClient client = management.open()) {
      if (client.find(ManagementClient.path("users", user)) != null) {
        throw CommandException.failed(
            "there is a user '" + user + "' already; millrace amqp user change changes it");
      }
      JsonNode unused = client.put(ManagementClient.path("users", user), document);
    }
    System.out.println("added user " + user);
    return 0;
  }
}
