package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp permission set}. */
@Command(
    name = "set",
    mixinStandardHelpOptions = true,
    description = {
      "Sets what a user may do in a virtual host: regular expressions that are looked for anywhere"
          + " in the names of exchanges and queues; an empty one allows nothing."
    },
    footerHeading = "%nExample:%n",
    footer =
        "  millrace amqp permission set alice --configure '' --write '^orders' --read '^orders'")
final class PermissionSetCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(index = "0", paramLabel = "USER", description = "Its name.")
  private String user = "";

  @Option(
      names = "--configure",
      defaultValue = ".*",
      paramLabel = "RE",
      description = "What the user may make and delete (default: ${DEFAULT-VALUE}).")
  private String configure = "";

  @Option(
      names = "--write",
      defaultValue = ".*",
      paramLabel = "RE",
      description = "What the user may send to (default: ${DEFAULT-VALUE}).")
  private String write = "";

  @Option(
      names = "--read",
      defaultValue = ".*",
      paramLabel = "RE",
      description = "What the user may receive from (default: ${DEFAULT-VALUE}).")
  private String read = "";

  @Override
  public Integer call() {
    String virtualHost = management.virtualHost();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("configure", configure);
    document.put("write", write);
    document.put("read", read);
    try (ManagementClient client = management.open()) {
      client.require(virtualHost, user);
      JsonNode unused =
          client.put(ManagementClient.path("permissions", virtualHost, user), document);
    }
    System.out.println("set the permission of " + user + " in " + virtualHost);
    return 0;
  }
}
