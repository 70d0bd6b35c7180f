package io.millrace.app.cli.amqp;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes queues, exchanges and policies, or closes connections.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp delete queue tasks votes",
      "  millrace amqp delete policy short",
      "  millrace amqp delete connection '127.0.0.1:40000 -> 127.0.0.1:5672'"
    })
final class AmqpDeleteCommand implements Callable<Integer> {

  /** What can be deleted. */
  enum Kind {
    QUEUE("queues"),
    EXCHANGE("exchanges"),
    POLICY("policies"),
    OPERATOR_POLICY("operator-policies"),
    CONNECTION("connections");

    private final String segment;

    Kind(String segment) {
      this.segment = segment;
    }

    String path(String host, String name) {
      return this == CONNECTION
          ? ManagementClient.path(segment, name)
          : ManagementClient.path(segment, host, name);
    }
  }

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(index = "0", paramLabel = "KIND", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Kind kind = Kind.QUEUE;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME", description = "Their names.")
  private List<String> names = List.of();

  @Override
  public Integer call() {
    try (ManagementClient client = management.open()) {
      for (String name : names) {
        var unused = client.delete(kind.path(management.virtualHost(), name));
        System.out.println("deleted " + name);
      }
    }
    return 0;
  }
}
