package io.millrace.app.cli.topic;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.CommandException;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic describe}. */
@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    description = "Shows a topic's partitions, how much they hold, and its settings.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace topic describe orders", "  millrace topic describe orders --json"})
final class TopicDescribeCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "TOPIC", description = "Its name.")
  private String topic = "";

  @Option(names = "--all", description = "All settings, not only those that were given.")
  private boolean all;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    try (Admin admin = cluster.admin()) {
      TopicDescription description =
          admin.describeTopics(List.of(topic)).allTopicNames().get().values().iterator().next();
      Map<TopicPartition, ListOffsetsResultInfo> earliest =
          offsets(admin, description, OffsetSpec.earliest());
      Map<TopicPartition, ListOffsetsResultInfo> latest =
          offsets(admin, description, OffsetSpec.latest());
      Map<String, String> settings = settings(admin);
      List<Map<String, Object>> partitions = new ArrayList<>();
      for (TopicPartitionInfo partition : description.partitions()) {
        TopicPartition key = new TopicPartition(topic, partition.partition());
        ListOffsetsResultInfo start = earliest.get(key);
        ListOffsetsResultInfo end = latest.get(key);
        if (start == null || end == null) {
          throw CommandException.failed("the node told no offsets of " + key);
        }
        Node leader = partition.leader();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("partition", partition.partition());
        row.put("leader", leader == null ? -1 : leader.id());
        row.put("replicas", partition.replicas().stream().map(Node::id).toList());
        row.put("inSync", partition.isr().stream().map(Node::id).toList());
        row.put("startOffset", start.offset());
        row.put("endOffset", end.offset());
        partitions.add(row);
      }
      print(description, partitions, settings);
    }
    return 0;
  }

  private static Map<TopicPartition, ListOffsetsResultInfo> offsets(
      Admin admin, TopicDescription description, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new LinkedHashMap<>();
    for (TopicPartitionInfo partition : description.partitions()) {
      asked.put(new TopicPartition(description.name(), partition.partition()), spec);
    }
    return admin.listOffsets(asked).all().get();
  }

  private Map<String, String> settings(Admin admin)
      throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Map<String, String> settings = new TreeMap<>();
    var answer = admin.describeConfigs(List.of(resource)).values().get(resource);
    if (answer != null) {
      for (ConfigEntry entry : answer.get().entries()) {
        if (all || entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
          settings.put(entry.name(), String.valueOf(entry.value()));
        }
      }
    }
    return settings;
  }

  private void print(
      TopicDescription description,
      List<Map<String, Object>> partitions,
      Map<String, String> settings) {
    if (json) {
      Map<String, Object> whole = new LinkedHashMap<>();
      whole.put("name", topic);
      whole.put("id", description.topicId().toString());
      whole.put("internal", description.isInternal());
      whole.put("partitions", partitions);
      whole.put("settings", settings);
      JsonOutput.print(whole);
      return;
    }
    System.out.println(topic + " (" + description.topicId() + ")");
    settings.forEach((name, value) -> System.out.println("  " + name + "=" + value));
    TextTable table =
        new TextTable("PARTITION", "LEADER", "REPLICAS", "IN SYNC", "START", "END", "RECORDS");
    for (Map<String, Object> row : partitions) {
      long start = ((Number) row.getOrDefault("startOffset", 0)).longValue();
      long end = ((Number) row.getOrDefault("endOffset", 0)).longValue();
      table.row(
          String.valueOf(row.get("partition")),
          String.valueOf(row.get("leader")),
          String.valueOf(row.get("replicas")),
          String.valueOf(row.get("inSync")),
          start,
          end,
          end - start);
    }
    table.print(System.out);
  }
}
