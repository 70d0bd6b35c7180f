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

/** {@code millrace amqp user list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the users.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp user list --json")
final class UserListCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  @Override
  public Integer call() {
    TextTable table = new TextTable("USER", "TAGS", "MAX-CONNECTIONS", "MAX-CHANNELS");
    List<Object> rows = new ArrayList<>();
    try (ManagementClient client = management.open()) {
      for (JsonNode each : client.get(ManagementClient.path("users"))) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("user", each.path("name").asText());
        row.put("tags", tags(each.path("tags")));
        row.put("maxConnections", limit(each, "max-connections"));
        row.put("maxChannels", limit(each, "max-channels"));
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

  private static String tags(JsonNode tags) {
    if (!tags.isArray()) {
      return tags.asText();
    }
    List<String> names = new ArrayList<>();
    tags.forEach(each -> names.add(each.asText()));
    return String.join(",", names);
  }

  /** As the user has it, or an empty text for none. */
  private static Object limit(JsonNode user, String name) {
    JsonNode limit = user.path("limits").path(name);
    return limit.isNumber() ? limit.asInt() : "";
  }
}
