package io.millrace.app.cli.group;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace group …}. */
@Command(
    name = "group",
    mixinStandardHelpOptions = true,
    description = "Shows consumer groups and how far they are behind, and has them read again.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      GroupListCommand.class,
      GroupDescribeCommand.class,
      GroupResetCommand.class,
      GroupDeleteCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace group list",
      "  millrace group describe billing --json",
      "  millrace group reset billing orders --to beginning"
    })
public final class GroupCommand extends CommandFamily {}
