package io.millrace.app.cli.amqp;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists something of the whole node, as the management API has it: a table, or JSON. */
final class ManagementListing {

  @Mixin private final ManagementOptions management = new ManagementOptions();

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  /**
   * Prints the list.
   *
   * @param path where it is asked for
   * @param table has the headings of a row's values
   * @param row the shown values of an entry, in order, by their names in JSON
   */
  void print(String path, TextTable table, Function<JsonNode, Map<String, Object>> row) {
    List<Object> rows = new ArrayList<>();
    try (ManagementClient client = management.open()) {
      for (JsonNode each : client.get(path)) {
        Map<String, Object> shown = row.apply(each);
        rows.add(shown);
        table.row(shown.values().toArray());
      }
    }
    if (json) {
      JsonOutput.print(rows);
    } else {
      table.print(System.out);
    }
  }
}
