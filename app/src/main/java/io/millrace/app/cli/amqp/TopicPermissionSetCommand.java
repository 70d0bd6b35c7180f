package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp topic-permission set}. */
@Command(
    name = "set",
    mixinStandardHelpOptions = true,
    description = {
      "Sets which routing keys a user may use with a topic exchange: regular expressions in which"
          + " {username} and {vhost} stand for these names."
    },
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp topic-permission set alice amq.topic --write '^{username}'")
final class TopicPermissionSetCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(index = "0", paramLabel = "USER", description = "Its name.")
  private String user = "";

  @Parameters(index = "1", paramLabel = "EXCHANGE", description = "Its name.")
  private String exchange = "";

  @Option(
      names = "--write",
      defaultValue = ".*",
      paramLabel = "RE",
      description = "Routing keys that the user may publish with (default: ${DEFAULT-VALUE}).")
  private String write = "";

  @Option(
      names = "--read",
      defaultValue = ".*",
      paramLabel = "RE",
      description = "Binding keys that the user may bind with (default: ${DEFAULT-VALUE}).")
  private String read = "";

  @Override
  public Integer call() {
    String virtualHost = management.virtualHost();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("exchange", exchange);
    document.put("write", write);
    document.put("read", read);
    try (ManagementClient client = management.open()) {
      client.require(virtualHost, user);
      JsonNode unused =
          client.put(ManagementClient.path("topic-permissions", virtualHost, user), document);
    }
    System.out.println(
        "set the topic permission of " + user + " for " + exchange + " in " + virtualHost);
    return 0;
  }
}
