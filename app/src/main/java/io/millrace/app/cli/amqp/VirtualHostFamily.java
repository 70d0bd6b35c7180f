package io.millrace.app.cli.amqp;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace amqp vhost}. */
@Command(
    name = "vhost",
    mixinStandardHelpOptions = true,
    description = "Shows and changes the virtual hosts.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      VirtualHostListCommand.class,
      VirtualHostAddCommand.class,
      VirtualHostLimitCommand.class,
      VirtualHostDeleteCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp vhost list",
      "  millrace amqp vhost add staging --description 'before production'",
      "  millrace amqp vhost limit staging --max-queues 100",
      "  millrace amqp vhost delete staging"
    })
final class VirtualHostFamily extends CommandFamily {}
