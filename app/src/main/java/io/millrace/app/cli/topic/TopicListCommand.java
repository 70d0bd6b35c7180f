package io.millrace.app.cli.topic;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.TextTable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicCollection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace topic list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the topics.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace topic list", "  millrace topic list --internal --json"})
final class TopicListCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Option(names = "--internal", description = "Also those that hold the broker's own state.")
  private boolean internal;

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    List<TopicDescription> topics;
    try (Admin admin = cluster.admin()) {
      var names = admin.listTopics(new ListTopicsOptions().listInternal(internal)).names().get();
      topics =
          admin
              .describeTopics(TopicCollection.ofTopicNames(names))
              .allTopicNames()
              .get()
              .values()
              .stream()
              .sorted(Comparator.comparing(TopicDescription::name))
              .toList();
    }
    if (json) {
      JsonOutput.print(topics.stream().map(TopicListCommand::asMap).toList());
      return 0;
    }
    TextTable table = new TextTable("TOPIC", "PARTITIONS");
    for (TopicDescription topic : topics) {
      table.row(topic.name(), topic.partitions().size());
    }
    table.print(System.out);
    return 0;
  }

  private static Map<String, Object> asMap(TopicDescription topic) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", topic.name());
    map.put("id", topic.topicId().toString());
    map.put("partitions", topic.partitions().size());
    map.put("internal", topic.isInternal());
    return map;
  }
}
