package io.millrace.app.cli.amqp;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace amqp …}. */
@Command(
    name = "amqp",
    mixinStandardHelpOptions = true,
    description = "Shows and changes exchanges, queues, bindings and policies of the AMQP port.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AmqpListCommand.class,
      AmqpDeclareCommand.class,
      AmqpBindCommand.class,
      AmqpDeleteCommand.class,
      AmqpPurgeCommand.class,
      AmqpPolicyCommand.class,
      AmqpExportCommand.class,
      AmqpImportCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp list queues",
      "  millrace amqp declare queue tasks --argument x-max-length=1000",
      "  millrace amqp declare exchange orders --type topic",
      "  millrace amqp bind orders tasks 'eu.#'",
      "  millrace amqp policy short '^tasks$' max-length=1000",
      "  millrace amqp export definitions.json"
    })
public final class AmqpCommand extends CommandFamily {}
