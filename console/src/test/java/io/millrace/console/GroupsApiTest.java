package io.millrace.console;

import static io.millrace.console.ConsoleFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.group.GroupCoordinator.JoinCommand;
import io.millrace.broker.group.GroupCoordinator.JoinResult;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.GroupCoordinator.OfferedProtocol;
import io.millrace.broker.group.GroupCoordinator.SyncCommand;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupsApiTest {

  @TempDir Path folder;
  private ConsoleFixture node;

  @BeforeEach
  void start() throws Exception {
    node = new ConsoleFixture(folder);
    node.topic("orders", 2);
    for (int i = 0; i < 10; i++) {
      node.append("orders", 0, "k", "v" + i);
    }
    node.append("orders", 1, "k", "v");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void aGroupShowsHowFarItIsBehindInEachPartition() throws Exception {
    node.commit("billing", "orders", 0, 4);
    node.commit("billing", "orders", 1, 1);

    JsonNode group = json(node.get("/api/groups/billing"));

    assertThat(group.get("lag").asLong()).isEqualTo(6);
    assertThat(group.at("/offsets/0/partition").asInt()).isZero();
    assertThat(group.at("/offsets/0/committedOffset").asLong()).isEqualTo(4);
    assertThat(group.at("/offsets/0/endOffset").asLong()).isEqualTo(10);
    assertThat(group.at("/offsets/0/lag").asLong()).isEqualTo(6);
    assertThat(group.at("/offsets/1/lag").asLong()).isZero();
    JsonNode listed = json(node.get("/api/groups")).at("/groups/0");
    assertThat(listed.get("group").asText()).isEqualTo("billing");
    assertThat(listed.get("lag").asLong()).isEqualTo(6);
  }

  @Test
  void aMemberShowsWhichPartitionsItReads() throws Exception {
    join("readers");

    JsonNode group = json(node.get("/api/groups/readers"));

    assertThat(group.get("state").asText()).isEqualTo("STABLE");
    assertThat(group.at("/members/0/clientId").asText()).isEqualTo("test-client");
    assertThat(group.at("/members/0/assignment/orders").toString()).isEqualTo("[0,1]");
  }

  @Test
  void aGroupWhoseNameHasASlashIsFound() throws Exception {
    String name = "team/a b";
    node.commit(name, "orders", 0, 10);

    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    JsonNode group = json(node.get("/api/groups/" + encoded));

    assertThat(group.get("group").asText()).isEqualTo(name);
  }

  @Test
  void anUnknownGroupIsNotFoundAndAnEmptyOneIsDeleted() throws Exception {
    node.commit("old", "orders", 0, 1);

    assertThat(node.get("/api/groups/none").statusCode()).isEqualTo(404);
    assertThat(node.send(node.request("/api/groups/old").DELETE()).statusCode()).isEqualTo(204);
    assertThat(node.get("/api/groups/old").statusCode()).isEqualTo(404);
  }

  /** Joins as a consumer that is its own leader and takes both partitions. */
  private void join(String group) throws Exception {
    byte[] subscription =
        bytes(ConsumerProtocol.serializeSubscription(new Subscription(List.of("orders"))));
    JoinResult joined =
        node.broker
            .groups()
            .join(
                new JoinCommand(
                    group,
                    "",
                    null,
                    "test-client",
                    "/127.0.0.1",
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    "consumer",
                    List.of(new OfferedProtocol("range", subscription)),
                    false,
                    null))
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    byte[] assignment =
        bytes(
            ConsumerProtocol.serializeAssignment(
                new Assignment(
                    List.of(new TopicPartition("orders", 0), new TopicPartition("orders", 1)))));
    node.broker
        .groups()
        .sync(
            new SyncCommand(
                new MemberIdentity(group, joined.generation(), joined.memberId(), null),
                "consumer",
                "range",
                Map.of(joined.memberId(), assignment)))
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
