package io.millrace.app.cli.amqp;

import io.millrace.app.cli.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Writes all definitions down, in the form that RabbitMQ has for them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp export definitions.json",
      "  millrace amqp export --only-vhost --vhost staging > staging.json"
    })
final class AmqpExportCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Where to (default: standard output).")
  private @Nullable Path file;

  @Option(names = "--only-vhost", description = "What is in the virtual host, and no users.")
  private boolean onlyHost;

  @Override
  public Integer call() {
    String path =
        onlyHost
            ? ManagementClient.path("definitions", management.virtualHost())
            : ManagementClient.path("definitions");
    String definitions;
    try (ManagementClient client = management.open()) {
      definitions = client.get(path).toPrettyString();
    }
    if (file == null) {
      System.out.println(definitions);
      return 0;
    }
    try {
      Path unused = Files.writeString(file, definitions + System.lineSeparator());
    } catch (IOException e) {
      throw CommandException.failed(file + " cannot be written: " + e.getMessage());
    }
    System.out.println("exported to " + file);
    return 0;
  }
}
