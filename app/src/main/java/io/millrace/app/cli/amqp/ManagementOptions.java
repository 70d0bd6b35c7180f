package io.millrace.app.cli.amqp;

import java.net.URI;
import picocli.CommandLine.Option;

/** Where the management API is that a command asks, and for whom. */
final class ManagementOptions {

  @Option(
      names = {"-m", "--management"},
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:15672",
      description = "The management API (default: ${DEFAULT-VALUE}).")
  private URI management = URI.create("http://127.0.0.1:15672");

  @Option(
      names = {"-u", "--user"},
      paramLabel = "NAME:PASSWORD",
      defaultValue = "guest:guest",
      description = "Who asks (default: guest with the password guest).")
  private String user = "";

  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      defaultValue = "/",
      description = "The virtual host (default: ${DEFAULT-VALUE}).")
  private String virtualHost = "/";

  ManagementClient open() {
    return new ManagementClient(management, user);
  }

  String virtualHost() {
    return virtualHost;
  }
}
