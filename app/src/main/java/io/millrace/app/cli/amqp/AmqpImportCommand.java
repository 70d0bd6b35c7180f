package io.millrace.app.cli.amqp;

import io.millrace.app.cli.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp import}. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Makes what definitions describe, exported here or by RabbitMQ.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp import definitions.json",
      "  millrace amqp import staging.json --only-vhost --vhost staging"
    })
final class AmqpImportCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(paramLabel = "FILE", description = "The definitions.")
  private Path file = Path.of("");

  @Option(names = "--only-vhost", description = "All of it goes into the virtual host.")
  private boolean onlyHost;

  @Override
  public Integer call() {
    String definitions;
    try {
      definitions = Files.readString(file);
    } catch (IOException e) {
      throw CommandException.failed(file + " cannot be read: " + e.getMessage());
    }
    String path =
        onlyHost
            ? ManagementClient.path("definitions", management.virtualHost())
            : ManagementClient.path("definitions");
    try (ManagementClient client = management.open()) {
      var unused = client.post(path, definitions);
    }
    System.out.println("imported " + file);
    return 0;
  }
}
