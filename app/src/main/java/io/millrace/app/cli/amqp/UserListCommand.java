package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace amqp user list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the users.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp user list --json")
final class UserListCommand implements Callable<Integer> {

  @Mixin private final ManagementListing listing = new ManagementListing();

  @Override
  public Integer call() {
    listing.print(
        ManagementClient.path("users"),
        new TextTable("USER", "TAGS", "MAX-CONNECTIONS", "MAX-CHANNELS"),
        UserListCommand::row);
    return 0;
  }

  private static Map<String, Object> row(JsonNode each) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("user", each.path("name").asText());
    row.put("tags", tags(each.path("tags")));
    row.put("maxConnections", limit(each, "max-connections"));
    row.put("maxChannels", limit(each, "max-channels"));
    return row;
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
