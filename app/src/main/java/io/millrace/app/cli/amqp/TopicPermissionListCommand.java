package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.TextTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace amqp topic-permission list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists which routing keys users may use.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp topic-permission list")
final class TopicPermissionListCommand implements Callable<Integer> {

  @Mixin private final ManagementListing listing = new ManagementListing();

  @Override
  public Integer call() {
    listing.print(
        ManagementClient.path("topic-permissions"),
        new TextTable("USER", "VHOST", "EXCHANGE", "WRITE", "READ"),
        TopicPermissionListCommand::row);
    return 0;
  }

  private static Map<String, Object> row(JsonNode each) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("user", each.path("user").asText());
    row.put("vhost", each.path("vhost").asText());
    row.put("exchange", each.path("exchange").asText());
    row.put("write", each.path("write").asText());
    row.put("read", each.path("read").asText());
    return row;
  }
}
