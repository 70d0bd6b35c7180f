package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp declare}. */
@Command(
    name = "declare",
    mixinStandardHelpOptions = true,
    description = "Makes a queue or an exchange; durable unless told otherwise.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp declare queue tasks",
      "  millrace amqp declare queue votes --type quorum --argument x-max-length=1000",
      "  millrace amqp declare exchange orders --type topic"
    })
final class AmqpDeclareCommand implements Callable<Integer> {

  /** What can be declared. */
  enum Kind {
    QUEUE,
    EXCHANGE
  }

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(index = "0", paramLabel = "KIND", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Kind kind = Kind.QUEUE;

  @Parameters(index = "1", paramLabel = "NAME", description = "Its name.")
  private String name = "";

  @Option(
      names = {"-t", "--type"},
      paramLabel = "TYPE",
      defaultValue = "",
      description =
          "Of a queue: classic, quorum, stream; of an exchange: direct, fanout, topic, headers …")
  private String type = "";

  @Option(names = "--transient", description = "It does not outlive the node.")
  private boolean isTransient;

  @Option(names = "--auto-delete", description = "It goes with its last consumer or binding.")
  private boolean autoDelete;

  @Option(
      names = {"-a", "--argument"},
      paramLabel = "KEY=VALUE",
      description = "An argument, such as x-message-ttl=60000; may be given again.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("durable", !isTransient);
    body.put("auto_delete", autoDelete);
    ObjectNode given = ManagementClient.object("--argument", arguments);
    if (kind == Kind.EXCHANGE) {
      body.put("type", type.isEmpty() ? "direct" : type);
    } else if (!type.isEmpty()) {
      given.put("x-queue-type", type);
    }
    body.set("arguments", given);
    String segment = kind == Kind.QUEUE ? "queues" : "exchanges";
    try (ManagementClient client = management.open()) {
      var unused = client.put(ManagementClient.path(segment, management.virtualHost(), name), body);
    }
    System.out.println("declared " + kind.name().toLowerCase(Locale.ROOT) + " " + name);
    return 0;
  }
}
