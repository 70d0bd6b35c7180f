package io.millrace.app.cli.topic;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace topic …}. */
@Command(
    name = "topic",
    mixinStandardHelpOptions = true,
    description = "Makes, shows, changes and deletes topics.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TopicCreateCommand.class,
      TopicListCommand.class,
      TopicDescribeCommand.class,
      TopicAlterCommand.class,
      TopicDeleteCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace topic create orders --partitions 6 --config durability=commit",
      "  millrace topic list --json",
      "  millrace topic describe orders",
      "  millrace topic alter orders --config retention.ms=3600000",
      "  millrace topic delete orders"
    })
public final class TopicCommand extends CommandFamily {}
