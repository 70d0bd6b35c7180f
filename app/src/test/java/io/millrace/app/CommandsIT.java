package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.app.Launcher.Result;
import io.millrace.app.Launcher.RunningNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The commands against one node, each topic used by one test. */
@TestInstance(Lifecycle.PER_CLASS)
class CommandsIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private RunningNode node;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Path settings =
        Files.writeString(
            folder.resolve("millrace.yaml"),
            "kafka: {authorizer: {enabled: true, super-users: \"User:ANONYMOUS\"}}\n");
    node = RunningNode.start(folder.resolve("data"), "--config", settings.toString());
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private Result millrace(String... arguments) throws Exception {
    return feed("", arguments);
  }

  private Result feed(String input, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap", node.bootstrap()));
    return Launcher.run(input, all.toArray(String[]::new));
  }

  @Test
  void aTopicIsMadeListedDescribedAndDeleted() throws Exception {
    millrace("topic", "create", "made", "-p", "3", "-c", "retention.ms=3600000").succeeded();
    assertThat(millrace("topic", "list").succeeded().out()).containsPattern("made +3");
    JsonNode described =
        JSON.readTree(millrace("topic", "describe", "made", "--json").succeeded().out());
    assertThat(described.path("partitions")).hasSize(3);
    assertThat(described.path("settings").path("retention.ms").asText()).isEqualTo("3600000");
    millrace("topic", "delete", "made").succeeded();
    assertThat(millrace("topic", "list").succeeded().out()).doesNotContain("made");
  }

  @Test
  void aTopicThatExistsIsRefusedUnlessThatIsFine() throws Exception {
    millrace("topic", "create", "twice").succeeded();
    Result second = millrace("topic", "create", "twice");
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.err()).contains("twice").hasLineCount(1);
    millrace("topic", "create", "twice", "--if-not-exists").succeeded();
  }

  @Test
  void aTopicThatIsNotThereIsReported() throws Exception {
    Result described = millrace("topic", "describe", "nowhere");
    assertThat(described.exitCode()).isEqualTo(1);
    assertThat(described.err()).hasLineCount(1);
    assertThat(millrace("consume", "nowhere", "-e").err())
        .isEqualToIgnoringNewLines("millrace: there is no topic nowhere");
  }

  @Test
  void linesWithKeysAreSentAndPrinted() throws Exception {
    feed("k1:one\nk2:two\n", "produce", "lines", "--key-separator", ":").succeeded();
    Result read = millrace("consume", "lines", "--from", "beginning", "-e", "--keys").succeeded();
    assertThat(read.out().lines()).containsExactly("k1\tone", "k2\ttwo");
    Result last = millrace("consume", "lines", "--from", "1", "-n", "1").succeeded();
    assertThat(last.out().lines()).containsExactly("two");
  }

  @Test
  void onlyWhatTheFilterFindsIsPrinted() throws Exception {
    feed("k1:one\nk2:two\nk3:three\n", "produce", "sifted", "--key-separator", ":").succeeded();
    Result read = millrace("consume", "sifted", "--from", "beginning", "-e", "--filter", "k1|thr");
    assertThat(read.succeeded().out().lines()).containsExactly("one", "three");
    assertThat(millrace("consume", "sifted", "-e", "--filter", "(").exitCode()).isEqualTo(2);
  }

  @Test
  void jsonThatConsumeWritesIsWhatProduceReads() throws Exception {
    feed("v\n", "produce", "source", "-k", "key", "-H", "trace=42", "-z", "zstd").succeeded();
    String first =
        millrace("consume", "source", "--from", "beginning", "-e", "-f", "json").succeeded().out();
    feed(first, "produce", "copy", "--format", "json").succeeded();
    String second =
        millrace("consume", "copy", "--from", "beginning", "-e", "-f", "json").succeeded().out();
    JsonNode copied = JSON.readTree(second);
    assertThat(copied.path("key").asText()).isEqualTo("key");
    assertThat(copied.path("value").asText()).isEqualTo("v");
    assertThat(copied.path("headers").path(0).path("value").asText()).isEqualTo("42");
  }

  @Test
  void aGroupRemembersAndShowsHowFarItIsBehind() throws Exception {
    feed("a\nb\nc\n", "produce", "queue").succeeded();
    Result read = millrace("consume", "queue", "-g", "billing", "--from", "beginning", "-n", "2");
    assertThat(read.succeeded().out().lines()).containsExactly("a", "b");
    JsonNode group =
        JSON.readTree(millrace("group", "describe", "billing", "--json").succeeded().out());
    assertThat(group.path("partitions").path(0).path("committed").asLong()).isEqualTo(2);
    assertThat(group.path("partitions").path(0).path("lag").asLong()).isEqualTo(1);
    assertThat(millrace("group", "list").succeeded().out()).contains("billing");
    Result rest = millrace("consume", "queue", "-g", "billing", "-n", "1").succeeded();
    assertThat(rest.out().lines()).containsExactly("c");
  }

  @Test
  void settingsOfBrokersTopicsAndGroupsAreChangedAndShown() throws Exception {
    millrace("topic", "create", "tuned").succeeded();
    millrace("config", "alter", "broker", "--set", "log.retention.ms=5000000").succeeded();
    millrace("config", "alter", "topic", "tuned", "--append", "cleanup.policy=compact").succeeded();
    assertThat(millrace("config", "show", "broker").succeeded().out())
        .containsPattern("log.retention.ms +5000000 +all brokers +yes");
    JsonNode shown =
        JSON.readTree(millrace("config", "show", "topic", "tuned", "--json").succeeded().out());
    assertThat(shown.findValuesAsText("name")).contains("cleanup.policy", "log.retention.ms");
    millrace("config", "alter", "broker", "--unset", "log.retention.ms").succeeded();
    assertThat(millrace("config", "show", "broker").succeeded().out()).contains("--all");
    String times = "consumer.heartbeat.interval.ms=6000";
    millrace("config", "alter", "group", "slow", "--set", times, "--dry-run").succeeded();
    assertThat(millrace("config", "list", "group").succeeded().out()).doesNotContain("slow");
    millrace("config", "alter", "group", "slow", "--set", times).succeeded();
    assertThat(millrace("config", "list", "group").succeeded().out()).contains("slow");
    Result refused = millrace("config", "alter", "broker", "1", "--set", "num.partitions=7");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("num.partitions").hasLineCount(1);
    assertThat(millrace("config", "alter", "broker", "1").exitCode()).isEqualTo(2);
  }

  @Test
  void aTopicIsGivenSettingsAndPartitions() throws Exception {
    millrace("topic", "create", "grown", "-p", "1").succeeded();
    millrace("topic", "alter", "grown", "-c", "retention.ms=1000000", "-p", "3").succeeded();
    JsonNode grown =
        JSON.readTree(millrace("topic", "describe", "grown", "--json").succeeded().out());
    assertThat(grown.path("partitions")).hasSize(3);
    assertThat(grown.path("settings").path("retention.ms").asText()).isEqualTo("1000000");
    millrace("topic", "alter", "grown", "--unset", "retention.ms").succeeded();
    assertThat(millrace("topic", "describe", "grown", "--json").succeeded().out())
        .doesNotContain("retention.ms");
    assertThat(millrace("topic", "alter", "grown").err()).contains("--config");
  }

  @Test
  void aGroupReadsAgainFromWhereItIsPutAndIsDeleted() throws Exception {
    feed("a\nb\nc\n", "produce", "again").succeeded();
    millrace("consume", "again", "-g", "reader", "--from", "beginning", "-n", "3").succeeded();
    JsonNode tried =
        JSON.readTree(
            millrace("group", "reset", "reader", "again", "--to", "1", "--dry-run", "--json")
                .succeeded()
                .out());
    assertThat(tried.path(0).path("from").asLong()).isEqualTo(3);
    assertThat(tried.path(0).path("to").asLong()).isEqualTo(1);
    millrace("group", "reset", "reader", "again", "--to", "1").succeeded();
    Result rest = millrace("consume", "again", "-g", "reader", "-n", "2").succeeded();
    assertThat(rest.out().lines()).containsExactly("b", "c");
    assertThat(millrace("group", "reset", "reader", "again", "--to", "soon").err())
        .contains("--to")
        .contains("beginning");
    millrace("group", "delete", "reader").succeeded();
    assertThat(millrace("group", "list").succeeded().out()).doesNotContain("reader");
  }

  @Test
  void aUserIsMadeListedAndDeleted() throws Exception {
    feed("wonder\n", "user", "set", "alice").succeeded();
    assertThat(millrace("user", "list").succeeded().out())
        .containsPattern("alice +SCRAM-SHA-512 +8192");
    millrace("user", "delete", "alice").succeeded();
    assertThat(millrace("user", "list").succeeded().out()).doesNotContain("alice");
    assertThat(millrace("user", "set", "alice").err()).contains("no password");
  }

  @Test
  void whoMayDoWhatIsAllowedDeniedListedAndTakenBack() throws Exception {
    millrace("acl", "allow", "User:bob", "read,describe", "topic:or", "--prefix").succeeded();
    millrace("acl", "deny", "User:bob", "write", "topic:orders", "--host", "10.0.0.7").succeeded();
    JsonNode entries =
        JSON.readTree(
            millrace("acl", "list", "--principal", "User:bob", "--json").succeeded().out());
    assertThat(entries)
        .extracting(
            entry -> entry.path("permission").asText() + " " + entry.path("operation").asText())
        .containsExactlyInAnyOrder("allow read", "allow describe", "deny write");
    millrace("acl", "remove", "User:bob", "read,describe", "topic:or", "--prefix").succeeded();
    assertThat(millrace("acl", "list").succeeded().out())
        .containsPattern("User:bob +10.0.0.7 +deny +write +topic:orders")
        .doesNotContain("allow");
    assertThat(millrace("acl", "allow", "bob", "read", "topic:a").err()).contains("User:NAME");
    assertThat(millrace("acl", "allow", "User:bob", "drink", "topic:a").err())
        .contains("describe_configs");
  }

  @Test
  void aNodeThatIsNotThereIsReportedAtOnce() throws Exception {
    Result result = Launcher.run("", "topic", "list", "-b", "127.0.0.1:1");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .isEqualToIgnoringNewLines(
            "millrace: no broker answers at 127.0.0.1:1; start one (millrace start) or use"
                + " --bootstrap");
  }
}
