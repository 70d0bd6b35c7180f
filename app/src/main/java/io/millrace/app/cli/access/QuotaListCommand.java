package io.millrace.app.cli.access;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.TextTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace quota list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the quotas of users, client ids and addresses.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace quota list", "  millrace quota list --json"})
final class QuotaListCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  /** An entity as it is shown, and its limits by name. */
  private record Row(String entity, Map<String, Double> limits) {}

  @Override
  public Integer call() throws Exception {
    List<Row> rows;
    try (Admin admin = cluster.admin()) {
      rows =
          admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get().entrySet().stream()
              .map(each -> new Row(shown(each.getKey()), new TreeMap<>(each.getValue())))
              .sorted((one, other) -> one.entity().compareTo(other.entity()))
              .toList();
    }
    if (json) {
      JsonOutput.print(
          rows.stream()
              .map(
                  row -> {
                    Map<String, Object> map = new LinkedHashMap<>();
                    map.put("entity", row.entity());
                    map.put("limits", row.limits());
                    return map;
                  })
              .toList());
      return 0;
    }
    TextTable table = new TextTable("ENTITY", "QUOTA", "LIMIT");
    for (Row row : rows) {
      row.limits().forEach((name, limit) -> table.row(row.entity(), name, number(limit)));
    }
    table.print(System.out);
    return 0;
  }

  private static String shown(ClientQuotaEntity entity) {
    return new TreeMap<>(entity.entries())
        .entrySet().stream()
            .map(
                each ->
                    each.getKey() + ":" + (each.getValue() == null ? "default" : each.getValue()))
            .collect(Collectors.joining(" "));
  }

  private static String number(double limit) {
    return limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
  }
}
