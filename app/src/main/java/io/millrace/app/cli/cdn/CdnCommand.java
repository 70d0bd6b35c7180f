package io.millrace.app.cli.cdn;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace cdn …}. */
@Command(
    name = "cdn",
    mixinStandardHelpOptions = true,
    description = "Acts upon the HTTP edge and its cache.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CdnPurgeCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {"  millrace cdn purge http://www.example.com/index.html"})
public final class CdnCommand extends CommandFamily {}
