package io.millrace.app.cli.access;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace quota …}. */
@Command(
    name = "quota",
    mixinStandardHelpOptions = true,
    description = "Shows and changes how much clients may take.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {QuotaListCommand.class, QuotaSetCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace quota list",
      "  millrace quota set --user alice producer_byte_rate=1048576",
      "  millrace quota set --client-id-default --unset consumer_byte_rate"
    })
public final class QuotaCommand extends CommandFamily {}
