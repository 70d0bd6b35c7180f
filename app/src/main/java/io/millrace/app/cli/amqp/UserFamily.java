package io.millrace.app.cli.amqp;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace amqp user}. */
@Command(
    name = "user",
    mixinStandardHelpOptions = true,
    description = "Shows and changes the users of the AMQP ports.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UserListCommand.class,
      UserAddCommand.class,
      UserChangeCommand.class,
      UserDeleteCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp user list",
      "  millrace amqp user add alice --tags monitoring < password.txt",
      "  millrace amqp user change alice --max-connections 100",
      "  millrace amqp user delete alice"
    })
final class UserFamily extends CommandFamily {}
