package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerSettings;
import io.millrace.broker.group.GroupSettings;
import io.millrace.broker.group.StreamsGroupSettings;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeStreamsGroupsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListStreamsGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupMemberDescription;
import org.apache.kafka.clients.admin.StreamsGroupSubtopologyDescription;
import org.apache.kafka.clients.admin.StreamsGroupTopologyDescription;
import org.apache.kafka.clients.admin.StreamsGroupTopologyDescriptionStatus;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams groups (KIP-1071) with the consumer of Kafka Streams, and what administrators see. */
class StreamsGroupTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String GROUP = StreamsGroupMember.GROUP;

  @TempDir Path folder;
  private NodeFixture node;
  private Admin admin;

  @BeforeEach
  void start() {
    node = open(0);
    admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
  }

  private NodeFixture open(int port) {
    GroupSettings groups =
        GroupSettings.defaults()
            .withStreams(
                StreamsGroupSettings.defaults()
                    .withTimes(Duration.ofSeconds(10), Duration.ofMillis(200)));
    return new NodeFixture(
        folder.resolve("data"),
        KafkaSettings.defaults(),
        BrokerSettings.defaults().withGroups(groups),
        port);
  }

  @AfterEach
  void stop() {
    admin.close();
    assertThat(node.server().metrics().failures()).isZero();
    node.close();
  }

  private StreamsGroupMember member(String endpoint) {
    return new StreamsGroupMember(Map.of("bootstrap.servers", node.bootstrap()), endpoint);
  }

  private void makeSource(int partitions) throws Exception {
    admin
        .createTopics(List.of(new NewTopic(StreamsGroupMember.SOURCE, partitions, (short) 1)))
        .all()
        .get();
  }

  private void configure(String name, String value) throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.GROUP, GROUP),
                List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  private static void await(Callable<Boolean> condition, StreamsGroupMember... members) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              for (StreamsGroupMember member : members) {
                member.poll();
              }
              return condition.call();
            });
  }

  private StreamsGroupDescription describe() throws Exception {
    return admin
        .describeStreamsGroups(
            List.of(GROUP), new DescribeStreamsGroupsOptions().includeAuthorizedOperations(true))
        .all()
        .get()
        .get(GROUP);
  }

  private static List<Integer> both(StreamsGroupMember a, StreamsGroupMember b) {
    return Stream.concat(a.active().stream(), b.active().stream()).sorted().toList();
  }

  @Test
  void aGroupWaitsForItsSourceTopicAndHasItsChangelogMade() throws Exception {
    try (StreamsGroupMember member = member("a")) {
      await(() -> member.statuses().contains(1), member);
      assertThat(describe().groupState()).isEqualTo(GroupState.NOT_READY);
      makeSource(2);
      await(() -> member.active().equals(List.of(0, 1)), member);
      assertThat(member.statuses()).isEmpty();
      var changelog =
          admin
              .describeTopics(List.of(StreamsGroupMember.CHANGELOG))
              .allTopicNames()
              .get()
              .get(StreamsGroupMember.CHANGELOG);
      assertThat(changelog.partitions()).hasSize(2);
      ConfigResource resource =
          new ConfigResource(ConfigResource.Type.TOPIC, StreamsGroupMember.CHANGELOG);
      assertThat(
              admin
                  .describeConfigs(List.of(resource))
                  .all()
                  .get()
                  .get(resource)
                  .get("cleanup.policy")
                  .value())
          .isEqualTo("compact");
    }
  }

  @Test
  void administratorsSeeTheInnerNodesThatAMemberHasDescribedAndDescribesAgainAfterARestart()
      throws Exception {
    makeSource(1);
    try (StreamsGroupMember member = member("a")) {
      await(() -> described().isPresent(), member);
      assertThat(describe().topologyDescriptionStatus())
          .isEqualTo(StreamsGroupTopologyDescriptionStatus.NOT_REQUESTED);
      var nodes = described().orElseThrow().subtopologies().iterator().next().nodes();
      assertThat(nodes)
          .extracting(StreamsGroupTopologyDescription.Node::name)
          .containsExactlyInAnyOrder("departures", "counting");
      assertThat(nodes)
          .filteredOn(StreamsGroupTopologyDescription.Processor.class::isInstance)
          .map(StreamsGroupTopologyDescription.Processor.class::cast)
          .singleElement()
          .satisfies(
              counting -> {
                assertThat(counting.stores()).containsExactly("counts");
                assertThat(counting.predecessors()).containsExactly("departures");
              });
      int port = node.server().port();
      node.close();
      node = open(port);
      await(() -> described().isPresent(), member);
    }
  }

  private Optional<StreamsGroupTopologyDescription> described() throws Exception {
    return admin
        .describeStreamsGroups(
            List.of(GROUP), new DescribeStreamsGroupsOptions().includeTopologyDescription(true))
        .all()
        .get()
        .get(GROUP)
        .topologyDescription();
  }

  @Test
  void administratorsSeeMembersTasksAndTopology() throws Exception {
    makeSource(2);
    configure("streams.num.standby.replicas", "1");
    try (StreamsGroupMember a = member("a");
        StreamsGroupMember b = member("b")) {
      await(
          () ->
              a.active().size() == 1
                  && b.active().equals(a.standby())
                  && a.active().equals(b.standby()),
          a,
          b);
      await(() -> describe().groupState() == GroupState.STABLE, a, b);
      StreamsGroupDescription group = describe();
      assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
      assertThat(group.assignorName()).contains("sticky");
      assertThat(group.authorizedOperations())
          .containsExactlyInAnyOrder(AclOperation.READ, AclOperation.DESCRIBE, AclOperation.DELETE);
      assertThat(group.targetAssignmentEpoch()).isEqualTo(group.groupEpoch());
      StreamsGroupSubtopologyDescription part = group.subtopologies().iterator().next();
      assertThat(part.sourceTopics()).containsExactly(StreamsGroupMember.SOURCE);
      assertThat(part.stateChangelogTopics()).containsKey(StreamsGroupMember.CHANGELOG);
      assertThat(group.members()).hasSize(2);
      for (StreamsGroupMemberDescription member : group.members()) {
        assertThat(member.assignment()).isEqualTo(member.targetAssignment());
        assertThat(member.memberEpoch()).isEqualTo(group.groupEpoch());
        assertThat(member.clientTags()).containsKey("zone");
        assertThat(member.userEndpoint()).isPresent();
        assertThat(member.isClassic()).isFalse();
      }
      assertThat(admin.listGroups(ListGroupsOptions.forStreamsGroups()).all().get())
          .singleElement()
          .isEqualTo(
              new GroupListing(
                  GROUP,
                  java.util.Optional.of(GroupType.STREAMS),
                  "streams",
                  java.util.Optional.of(GroupState.STABLE)));
    }
  }

  @Test
  void membersLearnFromEachOtherWhatCanBeQueriedWhere() throws Exception {
    makeSource(2);
    try (StreamsGroupMember a = member("a");
        StreamsGroupMember b = member("b")) {
      await(() -> a.active().size() == 1 && both(a, b).equals(List.of(0, 1)), a, b);
      await(
          () ->
              a.endpoints().size() == 2
                  && a.endpoints().values().stream()
                      .allMatch(each -> each.activePartitions().size() == 1),
          a,
          b);
      assertThat(
              a.endpoints().entrySet().stream()
                  .filter(each -> each.getKey().host().equals("b"))
                  .findFirst()
                  .orElseThrow()
                  .getValue()
                  .activePartitions())
          .extracting(TopicPartition::partition)
          .isEqualTo(b.active());
    }
  }

  @Test
  void offsetsAreListedChangedAndDeletedByAdministrators() throws Exception {
    makeSource(2);
    TopicPartition partition = new TopicPartition(StreamsGroupMember.SOURCE, 0);
    try (StreamsGroupMember member = member("a")) {
      await(() -> member.active().size() == 2, member);
      member.commit(0, 5);
      assertThat(offsets()).containsEntry(partition, new OffsetAndMetadata(5));
      assertThatThrownBy(() -> admin.deleteStreamsGroups(List.of(GROUP)).all().get())
          .hasCauseInstanceOf(GroupNotEmptyException.class);
    }
    await(() -> describe().groupState() == GroupState.EMPTY);
    admin.alterStreamsGroupOffsets(GROUP, Map.of(partition, new OffsetAndMetadata(3))).all().get();
    assertThat(offsets()).containsEntry(partition, new OffsetAndMetadata(3));
    admin.deleteStreamsGroupOffsets(GROUP, Set.of(partition)).all().get();
    assertThat(offsets()).doesNotContainKey(partition);
    admin.deleteStreamsGroups(List.of(GROUP)).all().get();
    assertThatThrownBy(this::describe).hasCauseInstanceOf(GroupIdNotFoundException.class);
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets() throws Exception {
    return admin
        .listStreamsGroupOffsets(Map.of(GROUP, new ListStreamsGroupOffsetsSpec()))
        .partitionsToOffsetAndMetadata(GROUP)
        .get();
  }

  @Test
  void membersGoOnWithTheirTasksAfterARestartOfTheNode() throws Exception {
    makeSource(4);
    try (StreamsGroupMember a = member("a");
        StreamsGroupMember b = member("b")) {
      await(() -> a.active().size() == 2 && both(a, b).equals(List.of(0, 1, 2, 3)), a, b);
      List<Integer> before = a.active();
      int epoch = describe().groupEpoch();
      int port = node.port();
      node.close();
      node = open(port);
      await(() -> describe().groupState() == GroupState.STABLE, a, b);
      a.commit(before.getFirst(), 7);
      assertThat(a.active()).isEqualTo(before);
      assertThat(describe().groupEpoch()).isEqualTo(epoch);
    }
  }

  @Test
  void settingsThatAStreamsGroupCannotHaveAreRefusedByName() {
    assertThatThrownBy(() -> configure("streams.num.standby.replicas", "3"))
        .hasCauseInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("0 to 2");
    assertThatThrownBy(() -> configure("streams.assignor.name", "own"))
        .hasCauseInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("sticky");
    assertThatThrownBy(() -> configure("streams.assignor.offload.enable", "true"))
        .hasCauseInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("not known");
  }
}
