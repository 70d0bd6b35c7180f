package io.millrace.app.cli.group;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.TextTable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace group list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the groups, what protocol they speak and how they are.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace group list", "  millrace group list --json"})
final class GroupListCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    List<GroupListing> groups;
    try (Admin admin = cluster.admin()) {
      groups =
          admin.listGroups().all().get().stream()
              .sorted(Comparator.comparing(GroupListing::groupId))
              .toList();
    }
    if (json) {
      JsonOutput.print(groups.stream().map(GroupListCommand::asMap).toList());
      return 0;
    }
    TextTable table = new TextTable("GROUP", "TYPE", "STATE");
    for (GroupListing group : groups) {
      table.row(group.groupId(), type(group), state(group));
    }
    table.print(System.out);
    return 0;
  }

  private static Map<String, Object> asMap(GroupListing group) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("group", group.groupId());
    map.put("type", type(group));
    map.put("state", state(group));
    return map;
  }

  /** Which protocol it speaks: classic, consumer, share. */
  private static String type(GroupListing group) {
    return group.type().map(type -> type.toString().toLowerCase(Locale.ROOT)).orElse("unknown");
  }

  private static String state(GroupListing group) {
    return group.groupState().map(Object::toString).orElse("Unknown");
  }
}
