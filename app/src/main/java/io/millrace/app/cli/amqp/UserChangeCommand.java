package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.CommandException;
import io.millrace.app.cli.Passwords;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp user change}. */
@Command(
    name = "change",
    mixinStandardHelpOptions = true,
    description = "Gives a user another password, other tags or limits; the rest stays.",
    footerHeading = "%nExample:%n",
    footer = "  millrace amqp user change alice --password < password.txt")
final class UserChangeCommand implements Callable<Integer> {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(paramLabel = "USER", description = "Its name.")
  private String user = "";

  @Option(
      names = "--password",
      description = "Asks for a new password, or reads it from standard input.")
  private boolean password;

  @Option(names = "--no-password", description = "Only a client certificate lets the user in.")
  private boolean noPassword;

  @Option(
      names = "--tags",
      paramLabel = "TAGS",
      description = "In place of those of before; an empty text for none.")
  private @Nullable String tags;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Most open connections; -1 for no limit.")
  private @Nullable Integer maxConnections;

  @Option(
      names = "--max-channels",
      paramLabel = "N",
      description = "Most open channels; -1 for no limit.")
  private @Nullable Integer maxChannels;

  @Override
  public Integer call() throws Exception {
    if (!password && !noPassword && tags == null && maxConnections == null && maxChannels == null) {
      throw CommandException.usage(
          "nothing is to be changed; give --password, --no-password, --tags, --max-connections or"
              + " --max-channels");
    }
    try (ManagementClient client = management.open()) {
      JsonNode present = client.find(ManagementClient.path("users", user));
      if (present == null) {
        throw CommandException.failed("there is no user '" + user + "'");
      }
      if (password || noPassword || tags != null) {
        JsonNode unused = client.put(ManagementClient.path("users", user), changed(present));
      }
      limit(client, "max-connections", maxConnections);
      limit(client, "max-channels", maxChannels);
    }
    System.out.println("changed user " + user);
    return 0;
  }

  private Map<String, Object> changed(JsonNode present) throws Exception {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("tags", tags == null ? present.path("tags") : tags);
    if (password) {
      document.put("password", Passwords.read());
    } else if (!noPassword) {
      document.put("password_hash", present.path("password_hash").asText());
      document.put("hashing_algorithm", present.path("hashing_algorithm").asText());
    }
    return document;
  }

  private void limit(ManagementClient client, String name, @Nullable Integer limit) {
    if (limit != null) {
      JsonNode unused =
          client.put(ManagementClient.path("user-limits", user, name), Map.of("value", limit));
    }
  }
}
