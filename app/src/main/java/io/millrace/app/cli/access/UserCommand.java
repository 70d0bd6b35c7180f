package io.millrace.app.cli.access;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace user …}. */
@Command(
    name = "user",
    mixinStandardHelpOptions = true,
    description = "Shows and changes the users that log in by SASL SCRAM.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {UserListCommand.class, UserSetCommand.class, UserDeleteCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace user list",
      "  millrace user set alice < password.txt",
      "  millrace user delete alice"
    })
public final class UserCommand extends CommandFamily {}
