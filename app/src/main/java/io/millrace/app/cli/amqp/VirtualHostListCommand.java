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

/** {@code millrace amqp vhost list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the virtual hosts.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp vhost list --json")
final class VirtualHostListCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  @Override
  public Integer call() {
    TextTable table = new TextTable("VHOST", "DESCRIPTION", "MESSAGES");
    List<Object> rows = new ArrayList<>();
    try (ManagementClient client = management.open()) {
      for (JsonNode each : client.get(ManagementClient.path("vhosts"))) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("vhost", each.path("name").asText());
        row.put("description", each.path("description").asText());
        row.put("messages", each.path("messages").asLong());
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
