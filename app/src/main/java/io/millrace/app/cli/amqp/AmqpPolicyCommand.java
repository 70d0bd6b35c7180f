package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp policy}. */
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    description = "Sets a policy for the queues and exchanges whose names match a pattern.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp policy short '^tasks$' max-length=1000 overflow=reject-publish",
      "  millrace amqp policy lost '^orders' alternate-exchange=unrouted --apply-to exchanges",
      "  millrace amqp policy cap '.*' max-length=100000 --operator"
    })
final class AmqpPolicyCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
  private String name = "";

  @Parameters(index = "1", paramLabel = "PATTERN", description = "A regular expression.")
  private String pattern = "";

  @Parameters(
      index = "2..*",
      arity = "1..*",
      paramLabel = "KEY=VALUE",
      description = "What it sets.")
  private List<String> definition = List.of();

  @Option(
      names = {"-p", "--priority"},
      paramLabel = "N",
      defaultValue = "0",
      description = "Of those that match the highest holds (default: ${DEFAULT-VALUE}).")
  private long priority;

  @Option(
      names = "--apply-to",
      paramLabel = "KIND",
      defaultValue = "all",
      description = "all, queues, classic_queues, quorum_queues, streams or exchanges.")
  private String applyTo = "all";

  @Option(names = "--operator", description = "An operator policy, which bounds what others ask.")
  private boolean isOperators;

  @Override
  public Integer call() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("pattern", pattern);
    body.put("priority", priority);
    body.put("apply-to", applyTo);
    body.set("definition", ManagementClient.object("the definition", definition));
    String segment = isOperators ? "operator-policies" : "policies";
    try (ManagementClient client = management.open()) {
      var unused = client.put(ManagementClient.path(segment, management.virtualHost(), name), body);
    }
    System.out.println("set policy " + name);
    return 0;
  }
}
