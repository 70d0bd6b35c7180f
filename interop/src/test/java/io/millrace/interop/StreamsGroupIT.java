package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupMemberAssignment;
import org.apache.kafka.clients.admin.StreamsGroupMemberDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kafka Streams with {@code group.protocol=streams}: the broker makes topics and shares tasks out.
 */
class StreamsGroupIT {

  private static final int LINES = 1000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String TOPICS = WordCount.APPLICATION + "-KSTREAM-AGGREGATE-STATE-STORE-";

  @TempDir private Path folder;

  @ParameterizedTest(name = "the newest: {0}")
  @ValueSource(booleans = {true, false})
  void everyWordIsCountedOnceThoughOneOfTwoInstancesIsKilled(boolean newest) throws Exception {
    try (MillraceNode node = MillraceNode.start(folder.resolve("data"));
        CountedWords words = new CountedWords(node.bootstrap());
        Admin admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()))) {
      configure(
          admin,
          Map.of(
              "streams.num.standby.replicas", "1",
              "streams.session.timeout.ms", "6000",
              "streams.heartbeat.interval.ms", "500"));
      try (Program first = start(newest, node, "first")) {
        words.write(LINES);
        try (Program second = start(newest, node, "second")) {
          words.awaitMore(LINES, first, second);
          StreamsGroupDescription group = awaitGroup(admin, StreamsGroupIT::isSpread);
          assertThat(group.members()).hasSize(2);
        }
        words.write(LINES);
        words.awaitMore(LINES, first);
        try (Program third = start(newest, node, "second")) {
          words.write(LINES);
          StreamsGroupDescription unused = awaitGroup(admin, StreamsGroupIT::isSpread);
          words.awaitAll(first, third);
        }
      }
      words.assertExact();
      assertThat(topicConfig(admin, "repartition").get("cleanup.policy").value())
          .isEqualTo("delete");
      assertThat(topicConfig(admin, "changelog").get("cleanup.policy").value())
          .isEqualTo("compact");
    }
  }

  private Program start(boolean newest, MillraceNode node, String instance) throws IOException {
    String[] arguments = {
      node.bootstrap(), folder.resolve(instance).toString(), "streams", "num.stream.threads=1"
    };
    return newest
        ? Program.startOnNewestStreams(WordCount.class, arguments)
        : Program.start(WordCount.class, arguments);
  }

  private static void configure(Admin admin, Map<String, String> settings)
      throws ExecutionException, InterruptedException {
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, WordCount.APPLICATION);
    Collection<AlterConfigOp> changes =
        settings.entrySet().stream()
            .map(
                each ->
                    new AlterConfigOp(
                        new ConfigEntry(each.getKey(), each.getValue()), AlterConfigOp.OpType.SET))
            .toList();
    admin.incrementalAlterConfigs(Map.of(group, changes)).all().get();
  }

  private static StreamsGroupDescription awaitGroup(
      Admin admin, Predicate<StreamsGroupDescription> condition) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                admin
                    .describeStreamsGroups(List.of(WordCount.APPLICATION))
                    .all()
                    .get()
                    .get(WordCount.APPLICATION),
            condition);
  }

  /** Two members share all tasks, and each keeps the other's state too. */
  private static boolean isSpread(StreamsGroupDescription group) {
    if (group.groupState() != GroupState.STABLE || group.members().size() != 2) {
      return false;
    }
    Set<String> active = new HashSet<>();
    Set<String> standby = new HashSet<>();
    for (StreamsGroupMemberDescription member : group.members()) {
      if (member.assignment().activeTasks().isEmpty()) {
        return false;
      }
      addAll(active, member.assignment().activeTasks());
      addAll(standby, member.assignment().standbyTasks());
    }
    return active.size() == 2 * CountedWords.PARTITIONS
        && standby.size() == CountedWords.PARTITIONS;
  }

  private static void addAll(
      Set<String> tasks, List<StreamsGroupMemberAssignment.TaskIds> described) {
    for (StreamsGroupMemberAssignment.TaskIds each : described) {
      each.partitions().forEach(partition -> tasks.add(each.subtopologyId() + "_" + partition));
    }
  }

  private static Config topicConfig(Admin admin, String kind)
      throws ExecutionException, InterruptedException {
    String name =
        admin.listTopics().names().get().stream()
            .filter(each -> each.startsWith(TOPICS) && each.endsWith("-" + kind))
            .findFirst()
            .orElseThrow();
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
    return admin.describeConfigs(List.of(topic)).all().get().get(topic);
  }
}
