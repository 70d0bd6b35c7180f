package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.TextTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace amqp permission list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists what users may do in virtual hosts.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp permission list")
final class PermissionListCommand implements Callable<Integer> {

  @Mixin private final ManagementListing listing = new ManagementListing();

  @Override
  public Integer call() {
    listing.print(
        ManagementClient.path("permissions"),
        new TextTable("USER", "VHOST", "CONFIGURE", "WRITE", "READ"),
        PermissionListCommand::row);
    return 0;
  }

  private static Map<String, Object> row(JsonNode each) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("user", each.path("user").asText());
    row.put("vhost", each.path("vhost").asText());
    row.put("configure", each.path("configure").asText());
    row.put("write", each.path("write").asText());
    row.put("read", each.path("read").asText());
    return row;
  }
}
