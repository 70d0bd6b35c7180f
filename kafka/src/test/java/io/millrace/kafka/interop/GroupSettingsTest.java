package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.BrokerSettings;
import io.millrace.broker.group.ConsumerGroupSettings;
import io.millrace.broker.group.GroupSettings;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.kafka.net.RawClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups of the new protocol have times of their own, within the node's bounds. */
class GroupSettingsTest {

  private static final String SESSION = "consumer.session.timeout.ms";
  private static final String HEARTBEAT = "consumer.heartbeat.interval.ms";
  private static final ConfigResource GROUP =
      new ConfigResource(ConfigResource.Type.GROUP, "board");

  @TempDir Path folder;
  private NodeFixture node;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    ConsumerGroupSettings times =
        ConsumerGroupSettings.defaults()
            .withTimes(Duration.ofMillis(300), Duration.ofMillis(100))
            .withTimes(Duration.ofHours(1), Duration.ofSeconds(5));
    node =
        new NodeFixture(
            folder,
            KafkaSettings.defaults(),
            BrokerSettings.defaults().withGroups(GroupSettings.defaults().withConsumer(times)),
            0);
    admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
    admin.createTopics(List.of(new NewTopic("flights", 1, (short) 1))).all().get();
  }

  @AfterEach
  void stop() {
    admin.close();
    assertThat(node.server().metrics().failures()).isZero();
    node.close();
  }

  private void set(String name, @Nullable String value) throws Exception {
    OpType how = value == null ? OpType.DELETE : OpType.SET;
    admin
        .incrementalAlterConfigs(
            Map.of(GROUP, List.of(new AlterConfigOp(new ConfigEntry(name, value), how))))
        .all()
        .get();
  }

  private ConsumerGroupHeartbeatResponseData heartbeat(
      RawClient client, ConsumerGroupHeartbeatRequestData request) throws Exception {
    short version = 1;
    client.send(RawClient.frame(ApiKeys.CONSUMER_GROUP_HEARTBEAT, version, 1, request));
    ConsumerGroupHeartbeatResponseData answer =
        new ConsumerGroupHeartbeatResponseData(
            client.answer(ApiKeys.CONSUMER_GROUP_HEARTBEAT, version, 1), version);
    assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
    return answer;
  }

  private static ConsumerGroupHeartbeatRequestData join() {
    return new ConsumerGroupHeartbeatRequestData()
        .setGroupId(GROUP.name())
        .setMemberId("member")
        .setMemberEpoch(0)
        .setRebalanceTimeoutMs(10_000)
        .setSubscribedTopicNames(List.of("flights"))
        .setTopicPartitions(List.of());
  }

  private int members() throws Exception {
    return Objects.requireNonNull(
            admin.describeConsumerGroups(List.of(GROUP.name())).all().get().get(GROUP.name()))
        .members()
        .size();
  }

  @Test
  void membersAreToldTheirGroupsHeartbeatInterval() throws Exception {
    set(HEARTBEAT, "7000");
    try (RawClient client = new RawClient(node.port())) {
      ConsumerGroupHeartbeatResponseData joined = heartbeat(client, join());
      assertThat(joined.heartbeatIntervalMs()).isEqualTo(7000);
      set(HEARTBEAT, "8000");
      ConsumerGroupHeartbeatRequestData again =
          new ConsumerGroupHeartbeatRequestData()
              .setGroupId(GROUP.name())
              .setMemberId("member")
              .setMemberEpoch(joined.memberEpoch());
      assertThat(heartbeat(client, again).heartbeatIntervalMs()).isEqualTo(8000);
      set(HEARTBEAT, null);
      assertThat(heartbeat(client, again).heartbeatIntervalMs()).isEqualTo(5000);
    }
  }

  @Test
  void aSilentMemberGoesAfterItsGroupsSessionTimeout() throws Exception {
    set(HEARTBEAT, "100");
    set(SESSION, "300");
    try (RawClient client = new RawClient(node.port())) {
      heartbeat(client, join());
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> members() == 0);
  }

  @Test
  void whatIsOutsideTheNodesBoundsIsRefused() throws Exception {
    for (String[] each :
        new String[][] {
          {SESSION, "299"},
          {SESSION, "3600001"},
          {SESSION, "soon"},
          {HEARTBEAT, "99"},
          {HEARTBEAT, "15001"},
          {"consumer.assignment.interval.ms", "1000"},
          {"share.record.lock.duration.ms", "60001"},
          {"consumer.colour", "red"}
        }) {
      assertThatThrownBy(() -> set(each[0], each[1]))
          .hasCauseInstanceOf(InvalidConfigurationException.class)
          .hasMessageContaining(each[0]);
    }
    set(SESSION, "6000");
    assertThatThrownBy(() -> set(HEARTBEAT, "6000"))
        .as("a session that is no longer than the time between heartbeats")
        .hasCauseInstanceOf(InvalidConfigurationException.class);
  }

  @Test
  void aGroupsSettingStandsAboveTheNodes() throws Exception {
    set(HEARTBEAT, "7000");
    ConfigEntry entry =
        Objects.requireNonNull(
                admin
                    .describeConfigs(
                        List.of(GROUP), new DescribeConfigsOptions().includeSynonyms(true))
                    .all()
                    .get()
                    .get(GROUP))
            .get(HEARTBEAT);
    assertThat(
            entry.synonyms().stream()
                .map(each -> each.source() + ":" + each.name() + "=" + each.value()))
        .containsExactly(
            "DYNAMIC_GROUP_CONFIG:consumer.heartbeat.interval.ms=7000",
            "DEFAULT_CONFIG:group.consumer.heartbeat.interval.ms=5000");
  }
}
