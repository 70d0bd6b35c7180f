package io.millrace.app.cli.amqp;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace amqp topic-permission}. */
@Command(
    name = "topic-permission",
    mixinStandardHelpOptions = true,
    description = "Shows and changes which routing keys users may use with topic exchanges.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TopicPermissionListCommand.class,
      TopicPermissionSetCommand.class,
      TopicPermissionClearCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp topic-permission list",
      "  millrace amqp topic-permission set alice amq.topic --write '^{username}\\\\.' --read '.*'",
      "  millrace amqp topic-permission clear alice"
    })
final class TopicPermissionFamily extends CommandFamily {}
