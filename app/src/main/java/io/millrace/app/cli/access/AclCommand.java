package io.millrace.app.cli.access;

import io.millrace.app.cli.CommandFamily;
import picocli.CommandLine.Command;

/** {@code millrace acl …}. */
@Command(
    name = "acl",
    mixinStandardHelpOptions = true,
    description = "Shows and changes who may do what.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AclListCommand.class,
      AclAllowCommand.class,
      AclDenyCommand.class,
      AclRemoveCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace acl list",
      "  millrace acl allow User:alice read,describe topic:orders",
      "  millrace acl allow User:alice read group:billing- --prefix",
      "  millrace acl remove User:alice read topic:orders"
    })
public final class AclCommand extends CommandFamily {}
