package io.millrace.app.cli.group;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.CommandException;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.Place;
import io.millrace.app.cli.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace group reset}. */
@Command(
    name = "reset",
    mixinStandardHelpOptions = true,
    description = "Has a group without members go on from another place of a topic.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace group reset billing orders --to beginning --dry-run",
      "  millrace group reset billing orders --to 2026-01-31T12:00:00Z",
      "  millrace group reset billing orders --partition 3 --to 1500"
    })
final class GroupResetCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(index = "0", paramLabel = "GROUP", description = "Its id.")
  private String group = "";

  @Parameters(index = "1", paramLabel = "TOPIC", description = "The topic that it reads.")
  private String topic = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "PLACE",
      description =
          Place.ALLOWED + ". What lies before the first or after the last record becomes that one.")
  private String to = "";

  @Option(
      names = {"-p", "--partition"},
      paramLabel = "N",
      description = "Only this partition; may be given several times.")
  private List<Integer> partitions = List.of();

  @Option(names = "--dry-run", description = "Only show what would change.")
  private boolean dryRun;

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  /** A partition, where the group stood, and where it stands afterwards. */
  private record Move(TopicPartition partition, @Nullable Long from, long to) {}

  @Override
  public Integer call() throws Exception {
    Place place = Place.parse("--to", to);
    List<Move> moves;
    try (Admin admin = cluster.admin()) {
      moves = moves(admin, place);
      if (!dryRun) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new LinkedHashMap<>();
        moves.forEach(move -> offsets.put(move.partition(), new OffsetAndMetadata(move.to())));
        admin.alterConsumerGroupOffsets(group, offsets).all().get();
      }
    }
    print(moves);
    return 0;
  }

  private List<Move> moves(Admin admin, Place place)
      throws ExecutionException, InterruptedException {
    List<TopicPartition> asked = asked(admin);
    Map<TopicPartition, OffsetAndMetadata> before =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    Map<TopicPartition, Long> starts = offsets(admin, asked, OffsetSpec.earliest());
    Map<TopicPartition, Long> ends = offsets(admin, asked, OffsetSpec.latest());
    Map<TopicPartition, Long> wanted =
        switch (place) {
          case Place.Beginning beginning -> starts;
          case Place.End end -> ends;
          case Place.Offset at -> {
            Map<TopicPartition, Long> same = new LinkedHashMap<>();
            asked.forEach(partition -> same.put(partition, at.offset()));
            yield same;
          }
          case Place.Time time -> offsets(admin, asked, OffsetSpec.forTimestamp(time.millis()));
        };
    List<Move> moves = new ArrayList<>();
    for (TopicPartition partition : asked) {
      long start = starts.getOrDefault(partition, 0L);
      long end = ends.getOrDefault(partition, start);
      long offset = wanted.getOrDefault(partition, end);
      OffsetAndMetadata committed = before.get(partition);
      moves.add(
          new Move(
              partition,
              committed == null ? null : committed.offset(),
              // A time after the last record is found nowhere, which is told as -1.
              offset < 0 ? end : Math.clamp(offset, start, end)));
    }
    return moves;
  }

  private List<TopicPartition> asked(Admin admin) throws ExecutionException, InterruptedException {
    TopicDescription described =
        admin.describeTopics(List.of(topic)).allTopicNames().get().values().iterator().next();
    List<Integer> known =
        described.partitions().stream().map(TopicPartitionInfo::partition).toList();
    for (int partition : partitions) {
      if (!known.contains(partition)) {
        throw CommandException.failed(
            topic + " has no partition " + partition + ", only 0 to " + (known.size() - 1));
      }
    }
    return (partitions.isEmpty() ? known : partitions)
        .stream().map(partition -> new TopicPartition(topic, partition)).toList();
  }

  private static Map<TopicPartition, Long> offsets(
      Admin admin, List<TopicPartition> partitions, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new LinkedHashMap<>();
    partitions.forEach(partition -> asked.put(partition, spec));
    Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> each :
        admin.listOffsets(asked).all().get().entrySet()) {
      offsets.put(each.getKey(), each.getValue().offset());
    }
    return offsets;
  }

  private void print(List<Move> moves) {
    if (json) {
      List<Object> rows = new ArrayList<>();
      for (Move move : moves) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("topic", move.partition().topic());
        row.put("partition", move.partition().partition());
        row.put("from", move.from());
        row.put("to", move.to());
        rows.add(row);
      }
      JsonOutput.print(rows);
      return;
    }
    TextTable table = new TextTable("TOPIC", "PARTITION", "FROM", "TO");
    for (Move move : moves) {
      Long from = move.from();
      table.row(
          move.partition().topic(),
          move.partition().partition(),
          from == null ? "-" : from.toString(),
          move.to());
    }
    table.print(System.out);
  }
}
