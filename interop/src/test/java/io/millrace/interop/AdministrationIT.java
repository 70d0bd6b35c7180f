package io.millrace.interop;

import static io.millrace.interop.KafkaTool.CONFIGS;
import static io.millrace.interop.KafkaTool.FEATURES;
import static io.millrace.interop.KafkaTool.LEADER_ELECTION;
import static io.millrace.interop.KafkaTool.LOG_DIRS;
import static io.millrace.interop.KafkaTool.METADATA_QUORUM;
import static io.millrace.interop.KafkaTool.REASSIGN_PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The tools of those who run a cluster: folders, leaders, features, quotas. */
@ExtendWith(SharedNode.class)
class AdministrationIT {

  @Test
  void theFolderOfThePartitionsAndTheirSizeAreShown(Tools tools, MillraceNode node)
      throws Exception {
    Setup.create(tools.bootstrap(), "sized", 1);
    Setup.write(tools.bootstrap(), "sized", 0, "a");
    assertThat(
            tools
                .call(LOG_DIRS, "--describe", "--topic-list", "sized", "--broker-list", "1")
                .succeeded())
        .containsPattern("\"partition\":\"sized-0\",\"size\":[1-9]\\d*,\"offsetLag\":0")
        .contains("\"logDir\":\"" + node.data() + "\"");
  }

  @Test
  void featuresAreShownAndTheQuorumIsTheNode(Tools tools) throws Exception {
    assertThat(tools.call(FEATURES, "describe").succeeded())
        .containsPattern("group.version .*FinalizedVersionLevel: 1")
        .containsPattern("transaction.version .*FinalizedVersionLevel: 2");
    assertThat(tools.call(FEATURES, "downgrade", "--feature", "group.version=0").failed())
        .contains("Could not downgrade group.version");
    assertThat(tools.call(METADATA_QUORUM, "describe", "--status").succeeded())
        .containsPattern("ClusterId:\\s+\\S{22}")
        .containsPattern("LeaderId:\\s+1");
  }

  @Test
  void theLeaderIsElectedAlready(Tools tools) throws Exception {
    Setup.create(tools.bootstrap(), "led", 1);
    assertThat(
            tools
                .call(
                    LEADER_ELECTION,
                    "--election-type",
                    "preferred",
                    "--topic",
                    "led",
                    "--partition",
                    "0")
                .succeeded())
        .contains("Valid replica already elected for partitions led-0");
  }

  @Test
  void aReassignmentToTheNodeThatHasThePartitionIsComplete(Tools tools, @TempDir Path folder)
      throws Exception {
    Setup.create(tools.bootstrap(), "moved", 1);
    Path topics =
        Files.writeString(
            folder.resolve("topics.json"),
            "{\"version\": 1, \"topics\": [{\"topic\": \"moved\"}]}");
    String proposed =
        tools
            .call(
                REASSIGN_PARTITIONS,
                "--generate",
                "--topics-to-move-json-file",
                topics.toString(),
                "--broker-list",
                "1")
            .succeeded()
            .lines()
            .filter(line -> line.startsWith("{"))
            .toList()
            .getLast();
    String plan = Files.writeString(folder.resolve("plan.json"), proposed).toString();
    assertThat(
            tools
                .call(REASSIGN_PARTITIONS, "--execute", "--reassignment-json-file", plan)
                .succeeded())
        .contains("Successfully started partition reassignment for moved-0");
    assertThat(
            tools
                .call(REASSIGN_PARTITIONS, "--verify", "--reassignment-json-file", plan)
                .succeeded())
        .contains("Reassignment of partition moved-0 is completed.");
    assertThat(tools.call(REASSIGN_PARTITIONS, "--list").succeeded())
        .contains("No partition reassignments found.");
  }

  @Test
  void quotasAndCredentialsOfAUserAreShownTogether(Tools tools) throws Exception {
    for (String given : new String[] {"producer_byte_rate=1048576", "SCRAM-SHA-256=[password=x]"}) {
      tools
          .call(
              CONFIGS,
              "--alter",
              "--entity-type",
              "users",
              "--entity-name",
              "limited",
              "--add-config",
              given)
          .succeeded();
    }
    assertThat(
            tools
                .call(CONFIGS, "--describe", "--entity-type", "users", "--entity-name", "limited")
                .succeeded())
        .contains("Quota configs for user-principal 'limited' are producer_byte_rate=1048576.0")
        .contains("SCRAM credential configs for user-principal 'limited' are SCRAM-SHA-256=");
    tools
        .call(
            CONFIGS,
            "--alter",
            "--entity-type",
            "clients",
            "--entity-default",
            "--add-config",
            "consumer_byte_rate=104857600")
        .succeeded();
    assertThat(
            tools
                .call(CONFIGS, "--describe", "--entity-type", "clients", "--entity-default")
                .succeeded())
        .contains("Quota configs for the default client-id are consumer_byte_rate=1.048576E8");
  }
}
