package io.millrace.app.cli.amqp;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp purge}. */
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    description = "Drops the messages that wait in queues.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace amqp purge tasks"})
final class AmqpPurgeCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(arity = "1..*", paramLabel = "QUEUE", description = "Their names.")
  private List<String> queues = List.of();

  @Override
  public Integer call() {
    try (ManagementClient client = management.open()) {
      for (String queue : queues) {
        var unused =
            client.delete(
                ManagementClient.path("queues", management.virtualHost(), queue, "contents"));
        System.out.println("purged " + queue);
      }
    }
    return 0;
  }
}
