package io.millrace.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace group …}. */
@Command(
    name = "group",
    mixinStandardHelpOptions = true,
    description = "Shows consumer groups and how far they are behind.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {GroupListCommand.class, GroupDescribeCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {"  millrace group list", "  millrace group describe billing --json"})
public final class GroupCommand implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "group needs one of: list, describe");
  }
}
