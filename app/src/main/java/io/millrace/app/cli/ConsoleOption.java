package io.millrace.app.cli;

import java.net.URI;
import picocli.CommandLine.Option;

/** Where the console of the node is that a command speaks to. */
public final class ConsoleOption {

  @Option(
      names = "--console",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8081",
      description = "The node's console (default: ${DEFAULT-VALUE}).")
  private URI console = URI.create("http://127.0.0.1:8081");

  /**
   * The console's address.
   *
   * @throws CommandException when what was given is none
   */
  public URI address() {
    if (console.getScheme() == null || console.getHost() == null) {
      throw CommandException.usage(
          "--console is \"" + console + "\"; allowed: a URL such as http://127.0.0.1:8081");
    }
    return console;
  }

  /** Why a command fails when nobody listens there. */
  public CommandException noAnswer() {
    return CommandException.failed(
        "no console answers at " + console + "; start a node (millrace start) or use --console");
  }
}
