package io.millrace.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace topic …}. */
@Command(
    name = "topic",
    mixinStandardHelpOptions = true,
    description = "Makes, shows and deletes topics.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TopicCreateCommand.class,
      TopicListCommand.class,
      TopicDescribeCommand.class,
      TopicDeleteCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace topic create orders --partitions 6 --config durability=commit",
      "  millrace topic list --json",
      "  millrace topic describe orders",
      "  millrace topic delete orders"
    })
public final class TopicCommand implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "topic needs one of: create, list, describe, delete");
  }
}
