package io.millrace.interop;

import static io.millrace.interop.KafkaTool.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code kafka-topics} makes, shows, changes and deletes topics. */
@ExtendWith(SharedNode.class)
class TopicsIT {

  @Test
  void aTopicIsMadeShownGrownAndDeleted(Tools tools) throws IOException {
    assertThat(
            tools
                .call(
                    TOPICS,
                    "--create",
                    "--topic",
                    "orders",
                    "--partitions",
                    "3",
                    "--config",
                    "cleanup.policy=compact")
                .succeeded())
        .contains("Created topic orders.");
    assertThat(tools.call(TOPICS, "--describe", "--topic", "orders").succeeded())
        .containsPattern(
            "Topic: orders\\s+TopicId: \\S{22}\\s+PartitionCount: 3\\s+ReplicationFactor: 1\\s+"
                + "Configs: cleanup.policy=compact")
        .containsPattern("Topic: orders\\s+Partition: 2\\s+Leader: 1\\s+Replicas: 1\\s+Isr: 1");

    tools.call(TOPICS, "--alter", "--topic", "orders", "--partitions", "5").succeeded();
    assertThat(tools.call(TOPICS, "--describe", "--topic", "orders").succeeded())
        .contains("PartitionCount: 5");
    assertThat(tools.call(TOPICS, "--alter", "--topic", "orders", "--partitions", "2").failed())
        .contains("5");

    assertThat(tools.call(TOPICS, "--list", "--exclude-internal").succeeded().lines())
        .contains("orders")
        .noneMatch(name -> name.startsWith("__"));
    tools.call(TOPICS, "--delete", "--topic", "orders").succeeded();
    assertThat(tools.call(TOPICS, "--list").succeeded().lines()).doesNotContain("orders");
  }

  @Test
  void whatCannotBeMadeIsToldInOneSentence(Tools tools) throws IOException {
    tools.call(TOPICS, "--create", "--topic", "taken").succeeded();
    assertThat(tools.call(TOPICS, "--create", "--topic", "taken").failed())
        .contains("topic taken exists already");
    tools.call(TOPICS, "--create", "--topic", "taken", "--if-not-exists").succeeded();
    assertThat(
            tools
                .call(TOPICS, "--create", "--topic", "three", "--replication-factor", "3")
                .failed())
        .contains("a replication factor of 3 needs as many nodes");
  }

  @Test
  void partitionsMayBePlacedByHandWhereTheyCanStand(Tools tools) throws IOException {
    tools.call(TOPICS, "--create", "--topic", "placed", "--replica-assignment", "1,1").succeeded();
    assertThat(tools.call(TOPICS, "--describe", "--topic", "placed").succeeded())
        .contains("PartitionCount: 2");
  }

  @Test
  void noPartitionIsUnderReplicatedOrUnavailable(Tools tools) throws IOException {
    assertThat(
            tools
                .call(
                    TOPICS,
                    "--describe",
                    "--under-replicated-partitions",
                    "--unavailable-partitions",
                    "--under-min-isr-partitions")
                .succeeded())
        .isBlank();
  }
}
