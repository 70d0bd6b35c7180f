package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace amqp topic-permission list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists which routing keys users may use.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp topic-permission list")
final class TopicPermissionListCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  @Override
  public Integer call() {
    TextTable table = new TextTable("USER", "VHOST", "EXCHANGE", "WRITE", "READ");
    List<Object> rows = new ArrayList<>();
    try (ManagementClient client = management.open()) {
      for (JsonNode each : client.get(ManagementClient.path("topic-permissions"))) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("user", each.path("user").asText());
        row.put("vhost", each.path("vhost").asText());
        row.put("exchange", each.path("exchange").asText());
        row.put("write", each.path("write").asText());
        row.put("read", each.path("read").asText());
        rows.add(row);
        table.row(row.values().toArray());
      }
    }
    if (json) {
      JsonOutput.print(rows);
    } else {
      table.print(System.out);
    }
    return 0;
  }
}
