package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.TextTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace amqp vhost list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the virtual hosts.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp vhost list --json")
final class VirtualHostListCommand implements Callable<Integer> {

  @Mixin private final ManagementListing listing = new ManagementListing();

  @Override
  public Integer call() {
    listing.print(
        ManagementClient.path("vhosts"),
        new TextTable("VHOST", "DESCRIPTION", "MESSAGES"),
        VirtualHostListCommand::row);
    return 0;
  }

  private static Map<String, Object> row(JsonNode each) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("vhost", each.path("name").asText());
    row.put("description", each.path("description").asText());
    row.put("messages", each.path("messages").asLong());
    return row;
  }
}
