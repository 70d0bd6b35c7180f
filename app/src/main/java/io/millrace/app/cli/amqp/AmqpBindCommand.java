package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp bind}. */
@Command(
    name = "bind",
    mixinStandardHelpOptions = true,
    description = "Binds an exchange to a queue, or to another exchange.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp bind orders tasks 'eu.#'",
      "  millrace amqp bind orders audit --to-exchange",
      "  millrace amqp bind inner votes --argument x-match=any --argument express=true"
    })
final class AmqpBindCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(index = "0", paramLabel = "EXCHANGE", description = "Where messages come from.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "DESTINATION", description = "Where they go.")
  private String destination = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "KEY",
      defaultValue = "",
      description = "Binding key (default: an empty one).")
  private String routingKey = "";

  @Option(names = "--to-exchange", description = "The destination is an exchange.")
  private boolean toExchange;

  @Option(
      names = {"-a", "--argument"},
      paramLabel = "KEY=VALUE",
      description = "An argument; may be given again.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("routing_key", routingKey);
    body.set("arguments", ManagementClient.object("--argument", arguments));
    String path =
        ManagementClient.path(
            "bindings", management.virtualHost(), "e", source, toExchange ? "e" : "q", destination);
    try (ManagementClient client = management.open()) {
      var unused = client.post(path, body.toString());
    }
    System.out.println("bound " + source + " to " + destination);
    return 0;
  }
}
