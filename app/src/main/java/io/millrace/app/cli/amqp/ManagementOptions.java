package io.millrace.app.cli.amqp;

import io.millrace.app.cli.CommandException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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
      names = "--password-file",
      paramLabel = "FILE",
      description = "Whose first line is the password of a --user without one.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      defaultValue = "/",
      description = "The virtual host (default: ${DEFAULT-VALUE}).")
  private String virtualHost = "/";

  ManagementClient open() {
    return new ManagementClient(management, credentials());
  }

  private String credentials() {
    Path file = passwordFile;
    if (file == null) {
      return user;
    }
    try {
      return user + ":" + Files.readString(file).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw CommandException.usage(
          "--password-file is " + file + ", which cannot be read (" + e.getMessage() + ")");
    }
  }

  String virtualHost() {
    return virtualHost;
  }
}
