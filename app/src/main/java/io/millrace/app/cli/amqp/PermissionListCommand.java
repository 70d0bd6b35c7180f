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

/** {@code millrace amqp permission list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists what users may do in virtual hosts.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp permission list")
final class PermissionListCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  @Override
  public Integer call() {
    TextTable table = new TextTable("USER", "VHOST", "CONFIGURE", "WRITE", "READ");
    List<Object> rows = new ArrayList<>();
    try (ManagementClient client = management.open()) {
      for (JsonNode each : client.get(ManagementClient.path("permissions"))) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("user", each.path("user").asText());
        row.put("vhost", each.path("vhost").asText());
        row.put("configure", each.path("configure").asText());
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
