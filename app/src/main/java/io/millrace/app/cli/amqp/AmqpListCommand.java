package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace amqp list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists what there is in a virtual host.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace amqp list queues",
      "  millrace amqp list exchanges --vhost staging",
      "  millrace amqp list connections --json"
    })
final class AmqpListCommand implements Callable<Integer> {

  /** What can be listed, where it is asked for, and what of it is shown. */
  enum Kind {
    QUEUES("queues", "name", "type", "messages_ready", "messages_unacknowledged", "consumers"),
    EXCHANGES("exchanges", "name", "type", "durable", "internal"),
    BINDINGS("bindings", "source", "destination_type", "destination", "routing_key"),
    CONNECTIONS("connections", "name", "user", "state", "channels"),
    CHANNELS("channels", "name", "user", "consumer_count", "messages_unacknowledged"),
    CONSUMERS("consumers", "queue.name", "consumer_tag", "prefetch_count", "ack_required"),
    POLICIES("policies", "name", "pattern", "apply-to", "priority", "definition"),
    OPERATOR_POLICIES("operator-policies", "name", "pattern", "apply-to", "priority", "definition");

    private final String segment;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is.
    private final List<String> columns;

    Kind(String segment, String... columns) {
      this.segment = segment;
      this.columns = List.of(columns);
    }

    String path(String host) {
      return switch (this) {
        case CONNECTIONS, CHANNELS -> ManagementClient.path("vhosts", host, segment);
        default -> ManagementClient.path(segment, host);
      };
    }
  }

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Parameters(paramLabel = "KIND", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Kind kind = Kind.QUEUES;

  @Option(names = "--json", description = "One JSON array, with all members.")
  private boolean json;

  @Override
  public Integer call() {
    JsonNode list;
    try (ManagementClient client = management.open()) {
      list = client.get(kind.path(management.virtualHost()));
    }
    if (json) {
      System.out.println(list);
      return 0;
    }
    TextTable table =
        new TextTable(
            kind.columns.stream()
                .map(each -> each.toUpperCase(Locale.ROOT).replace('_', ' '))
                .toArray(String[]::new));
    for (JsonNode each : list) {
      table.row(kind.columns.stream().map(column -> cell(each, column)).toArray());
    }
    table.print(System.out);
    return 0;
  }

  private static String cell(JsonNode item, String column) {
    JsonNode value = item.at("/" + column.replace('.', '/'));
    return value.isContainerNode() ? value.toString() : value.asText("");
  }
}
