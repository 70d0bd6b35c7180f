package io.millrace.app.cli.config;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace config …}. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Shows and changes settings of brokers, topics and groups while they run.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ConfigShowCommand.class, ConfigAlterCommand.class, ConfigListCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace config show broker 1",
      "  millrace config alter broker --set log.retention.ms=3600000",
      "  millrace config alter topic orders --append cleanup.policy=compact",
      "  millrace config alter group billing --set consumer.session.timeout.ms=50000"
    })
public final class ConfigCommand extends CommandFamily {}
