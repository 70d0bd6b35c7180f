package io.millrace.app.cli.group;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.CommandException;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.TextTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace group describe}. */
@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    description = "Shows a group's members, and for each partition how far it is behind.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace group describe billing", "  millrace group describe billing --json"})
final class GroupDescribeCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "GROUP", description = "Its id.")
  private String group = "";

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    ConsumerGroupDescription description;
    List<Row> rows;
    try (Admin admin = cluster.admin()) {
      var described = admin.describeConsumerGroups(List.of(group)).describedGroups().get(group);
      if (described == null) {
        throw CommandException.failed("there is no group " + group);
      }
      description = described.get();
      rows = rows(admin, description);
    }
    if (json) {
      printJson(description, rows);
    } else {
      printText(description, rows);
    }
    return 0;
  }

  /** One partition that the group has committed or that a member reads. */
  private record Row(
      TopicPartition partition,
      @Nullable Long committed,
      long end,
      @Nullable MemberDescription member) {

    @Nullable Long lag() {
      return committed == null ? null : Math.max(0, end - committed);
    }
  }

  private List<Row> rows(Admin admin, ConsumerGroupDescription description)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    Map<TopicPartition, MemberDescription> readers = new HashMap<>();
    for (MemberDescription member : description.members()) {
      member.assignment().topicPartitions().forEach(partition -> readers.put(partition, member));
    }
    var order =
        Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);
    var partitions = new TreeSet<TopicPartition>(order);
    partitions.addAll(committed.keySet());
    partitions.addAll(readers.keySet());
    Map<TopicPartition, OffsetSpec> asked = new LinkedHashMap<>();
    partitions.forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    var ends = admin.listOffsets(asked).all().get();
    List<Row> rows = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata offset = committed.get(partition);
      var end = ends.get(partition);
      rows.add(
          new Row(
              partition,
              offset == null ? null : offset.offset(),
              end == null ? -1 : end.offset(),
              readers.get(partition)));
    }
    return rows;
  }

  private void printText(ConsumerGroupDescription description, List<Row> rows) {
    long behind = 0;
    TextTable table =
        new TextTable("TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "MEMBER", "HOST");
    for (Row row : rows) {
      Long lag = row.lag();
      behind += lag == null ? 0 : lag;
      MemberDescription member = row.member();
      table.row(
          row.partition().topic(),
          row.partition().partition(),
          shown(row.committed()),
          row.end(),
          shown(lag),
          member == null ? "-" : member.consumerId(),
          member == null ? "-" : member.host());
    }
    System.out.println(
        group
            + ": "
            + description.groupState()
            + ", "
            + description.members().size()
            + " members, "
            + behind
            + " records behind");
    table.print(System.out);
  }

  private static String shown(@Nullable Long number) {
    return number == null ? "-" : number.toString();
  }

  private void printJson(ConsumerGroupDescription description, List<Row> rows) {
    List<Object> partitions = new ArrayList<>();
    for (Row row : rows) {
      MemberDescription member = row.member();
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      map.put("topic", row.partition().topic());
      map.put("partition", row.partition().partition());
      map.put("committed", row.committed());
      map.put("end", row.end());
      map.put("lag", row.lag());
      map.put("member", member == null ? null : member.consumerId());
      map.put("host", member == null ? null : member.host());
      partitions.add(map);
    }
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("group", group);
    whole.put("state", description.groupState().toString());
    whole.put("members", description.members().size());
    whole.put("partitions", partitions);
    JsonOutput.print(whole);
  }
}
