package io.millrace.interop;

import static io.millrace.interop.KafkaTool.CONSOLE_CONSUMER;
import static io.millrace.interop.KafkaTool.CONSUMER_GROUPS;
import static io.millrace.interop.KafkaTool.GROUPS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kafka-consumer-groups} shows groups, moves their offsets, deletes them. */
@ExtendWith(SharedNode.class)
class ConsumerGroupsIT {

  private static final int PATIENCE_SECONDS = 60;

  @ParameterizedTest
  @CsvSource({"classic, Classic, range", "consumer, Consumer, uniform"})
  void aGroupIsShownWhileItHasMembersAndAfterwards(
      String protocol, String type, String assignor, Tools tools) throws Exception {
    String topic = "rides-" + protocol;
    String group = "drivers-" + protocol;
    Setup.create(tools.bootstrap(), topic, 2);
    Setup.write(tools.bootstrap(), topic, 0, "a", "b", "c");
    Setup.write(tools.bootstrap(), topic, 1, "d");
    try (Program consumer =
        tools.start(
            CONSOLE_CONSUMER,
            "--topic",
            topic,
            "--group",
            group,
            "--from-beginning",
            "--command-property",
            "group.protocol=" + protocol,
            "--command-property",
            "auto.commit.interval.ms=100")) {
      Awaitility.await()
          .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .untilAsserted(
              () ->
                  assertThat(describe(tools, group, "--offsets"))
                      .containsPattern(group + "\\s+" + topic + "\\s+0\\s+3\\s+3\\s+0\\s+\\S{10}")
                      .containsPattern(topic + "\\s+1\\s+1\\s+1\\s+0"));
      assertThat(consumer.output().lines()).containsExactlyInAnyOrder("a", "b", "c", "d");
      assertThat(describe(tools, group, "--members", "--verbose"))
          .containsPattern("127.0.0.1\\s+console-consumer\\s+2\\s")
          .contains(topic + ":0,1");
      assertThat(describe(tools, group, "--state"))
          .containsPattern("127.0.0.1:\\d+\\s+\\(1\\)\\s+" + assignor + "\\s+Stable\\s+1");
      assertThat(tools.call(CONSUMER_GROUPS, "--list", "--state", "--type").succeeded())
          .containsPattern(group + "\\s+" + type + "\\s+Stable");
      assertThat(tools.call(GROUPS, "--list", "--protocol", "consumer").succeeded())
          .containsPattern(group + "\\s+" + type + "\\s+consumer");
      assertThat(tools.call(CONSUMER_GROUPS, "--delete", "--group", group).out())
          .contains("GroupNotEmptyException");
      consumer.terminate();
    }

    Setup.write(tools.bootstrap(), topic, 0, "e", "f");
    assertThat(describe(tools, group, "--offsets"))
        .containsPattern(topic + "\\s+0\\s+3\\s+5\\s+2\\s+-");
    assertThat(describe(tools, group, "--state")).containsPattern("Empty\\s+0");
    assertThat(
            tools
                .call(
                    CONSUMER_GROUPS, "--delete-offsets", "--group", group, "--topic", topic + ":1")
                .succeeded())
        .containsPattern(topic + "\\s+1\\s+Successful");
    assertThat(describe(tools, group, "--offsets")).doesNotContainPattern(topic + "\\s+1\\s+1");
    assertThat(tools.call(CONSUMER_GROUPS, "--delete", "--group", group).succeeded())
        .contains("Deletion of requested consumer groups ('" + group + "') was successful.");
    assertThat(tools.call(CONSUMER_GROUPS, "--list").succeeded().lines()).doesNotContain(group);
  }

  private static String describe(Tools tools, String group, String... what) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--describe", "--group", group));
    arguments.addAll(List.of(what));
    return tools.call(CONSUMER_GROUPS, arguments.toArray(String[]::new)).succeeded();
  }

  @Test
  void offsetsAreMovedInEveryWayThatTheToolKnows(Tools tools, @TempDir Path folder)
      throws Exception {
    Setup.create(tools.bootstrap(), "moves", 1);
    Setup.write(tools.bootstrap(), "moves", 0, "a", "b", "c", "d", "e", "f");

    assertThat(reset(tools, "--to-latest", "--execute")).isEqualTo(6);
    assertThat(reset(tools, "--to-earliest", "--dry-run")).isEqualTo(0);
    assertThat(reset(tools, "--to-current", "--dry-run"))
        .as("a dry run moves nothing")
        .isEqualTo(6);
    assertThat(reset(tools, "--shift-by", "-2", "--execute")).isEqualTo(4);
    assertThat(reset(tools, "--to-offset", "3", "--execute")).isEqualTo(3);
    assertThat(reset(tools, "--by-duration", "PT1H", "--execute")).isEqualTo(0);
    assertThat(reset(tools, "--to-datetime", "2100-01-01T00:00:00.000", "--execute"))
        .as("after all records: the end")
        .isEqualTo(6);
    Path plan = folder.resolve("plan.csv");
    Files.writeString(plan, "moves,0,5\n");
    assertThat(reset(tools, "--from-file", plan.toString(), "--execute")).isEqualTo(5);
    String exported =
        tools
            .call(
                CONSUMER_GROUPS,
                "--reset-offsets",
                "--group",
                "movers",
                "--all-topics",
                "--to-current",
                "--export",
                "--dry-run")
            .succeeded();
    assertThat(exported.strip()).isEqualTo("moves,0,5");
  }

  private static long reset(Tools tools, String... how) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--reset-offsets", "--group", "movers"));
    if (!how[0].equals("--from-file")) {
      arguments.addAll(List.of("--topic", "moves"));
    }
    arguments.addAll(List.of(how));
    String printed = tools.call(CONSUMER_GROUPS, arguments.toArray(String[]::new)).succeeded();
    String row =
        printed.lines().filter(line -> line.startsWith("movers ")).findFirst().orElse(printed);
    assertThat(row).containsPattern("movers\\s+moves\\s+0\\s+\\d+");
    return Long.parseLong(row.strip().replaceFirst(".*\\s", ""));
  }

  @Test
  void aPatternIsCheckedByTheBroker(Tools tools) throws IOException {
    assertThat(tools.call(CONSUMER_GROUPS, "--validate-regex", "ord.*").succeeded())
        .contains("is valid");
  }
}
