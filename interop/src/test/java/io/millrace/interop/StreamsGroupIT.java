package io.millrace.interop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
import org.junit.jupiter.api.Test;
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
  void everyWordIsCountedOnceThoughAnInstanceAndTheNodeAreKilled(boolean newest) throws Exception {
    MillraceNode node = MillraceNode.start(folder.resolve("data"));
    String bootstrap = node.bootstrap();
    try (CountedWords words = new CountedWords(bootstrap);
        Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      configure(
          admin,
          Map.of(
              "streams.num.standby.replicas", "1",
              "streams.session.timeout.ms", "6000",
              "streams.heartbeat.interval.ms", "500"));
      try (Program first = start(newest, bootstrap, "first")) {
        words.write(LINES);
        try (Program second = start(newest, bootstrap, "second")) {
          words.awaitMore(LINES, first, second);
          StreamsGroupDescription unused = awaitGroup(admin, StreamsGroupIT::isSpread);
        }
        words.write(LINES);
        words.awaitMore(LINES, first);
        try (Program third = start(newest, bootstrap, "second")) {
          words.write(LINES);
          StreamsGroupDescription unused = awaitGroup(admin, StreamsGroupIT::isSpread);
          node.close();
          node = MillraceNode.startOn(node.port(), folder.resolve("data"));
          words.write(LINES);
          words.awaitAll(first, third);
          assertThat(awaitGroup(admin, StreamsGroupIT::isSpread).members()).hasSize(2);
        }
      }
      words.assertExact();
      assertThat(topicConfig(admin, "repartition").get("cleanup.policy").value())
          .isEqualTo("delete");
      assertThat(topicConfig(admin, "changelog").get("cleanup.policy").value())
          .isEqualTo("compact");
    } finally {
      node.close();
    }
  }

  @Test
  void itsGroupIsShownMovedAndDeletedByKafkasTool() throws Exception {
    try (MillraceNode node = MillraceNode.start(folder.resolve("data"));
        CountedWords words = new CountedWords(node.bootstrap());
        Admin admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()))) {
      configure(admin, Map.of("streams.heartbeat.interval.ms", "500"));
      Tools tools = new Tools(node.bootstrap());
      try (Program program = start(false, node.bootstrap(), "only")) {
        words.write(10);
        words.awaitAll(program);
        assertThat(groups(tools, "--list", "--state"))
            .containsPattern(WordCount.APPLICATION + "\\s+Stable");
        assertThat(groups(tools, "--describe", "--group", WordCount.APPLICATION, "--offsets"))
            .containsPattern(CountedWords.INPUT + "\\s+0\\s+0");
        assertThat(groups(tools, "--describe", "--group", WordCount.APPLICATION, "--members"))
            .containsPattern("0:\\[0,1];\\s+1:\\[0,1];");
        assertThat(groups(tools, "--describe", "--group", WordCount.APPLICATION, "--state"))
            .containsPattern("127.0.0.1:\\d+.*Stable\\s+1");
        program.terminate();
      }
      StreamsGroupDescription unused =
          awaitGroup(admin, group -> group.groupState() == GroupState.EMPTY);
      String[] reset = {
        "--reset-offsets",
        "--group",
        WordCount.APPLICATION,
        "--input-topic",
        CountedWords.INPUT,
        "--to-earliest",
        "--execute"
      };
      assertThat(groups(tools, reset)).containsPattern(CountedWords.INPUT + "\\s+0\\s+0");
      assertThat(groups(tools, "--delete", "--group", WordCount.APPLICATION))
          .contains("was successful");
      assertThat(groups(tools, "--list")).doesNotContain(WordCount.APPLICATION);
      node.terminate();
      assertThat(dumped(node.data()))
          .contains("\"subtopologyId\":\"1\"", "\"activeTasks\":", "\"processId\":")
          .doesNotContain("Error at");
    }
  }

  private static String groups(Tools tools, String... arguments) throws IOException {
    return tools.call(KafkaTool.STREAMS_GROUPS, arguments).succeeded();
  }

  /** The records of groups as Kafka's own code reads them. */
  private static String dumped(Path data) throws IOException {
    List<String> logs;
    try (Stream<Path> files = Files.walk(data)) {
      logs =
          files
              .map(Path::toString)
              .filter(name -> name.matches(".*/__consumer_offsets-[0-9]+/[0-9]+\\.log"))
              .toList();
    }
    return Program.run(
            KafkaTool.DUMP_LOG.mainClass,
            "",
            List.of("--files", String.join(",", logs), "--offsets-decoder"))
        .succeeded();
  }

  private Program start(boolean newest, String bootstrap, String instance) throws IOException {
    String[] arguments = {
      bootstrap, folder.resolve(instance).toString(), "streams", "num.stream.threads=1"
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
    return requireNonNull(admin.describeConfigs(List.of(topic)).values().get(topic)).get();
  }
}
