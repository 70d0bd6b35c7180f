package io.millrace.app.cli.queue;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace queue …}. */
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    description = "Acts upon AMQP queues.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {QueueReplayCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {"  millrace queue replay orders --from 2026-01-31T12:00:00Z"})
public final class QueueCommand extends CommandFamily {}
