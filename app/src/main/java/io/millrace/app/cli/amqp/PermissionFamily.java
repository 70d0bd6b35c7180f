package io.millrace.app.cli.amqp;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace amqp permission}. */
@Command(
    name = "permission",
    mixinStandardHelpOptions = true,
    description = "Shows and changes what users may do in virtual hosts.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PermissionListCommand.class,
      PermissionSetCommand.class,
      PermissionClearCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp permission list",
      "  millrace amqp permission set alice --vhost staging --write '^orders' --read '^orders'",
      "  millrace amqp permission clear alice"
    })
final class PermissionFamily extends CommandFamily {}
