package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerError;
import io.millrace.broker.group.GroupCoordinator.GroupType;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsHeartbeat.EndpointPartitions;
import io.millrace.broker.group.streams.StreamsMemberMetadata.Endpoint;
import io.millrace.broker.group.streams.StreamsStatus;
import io.millrace.broker.group.streams.StreamsStatus.Code;
import io.millrace.broker.group.streams.StreamsTopology;
import io.millrace.broker.group.streams.TaskId;
import io.millrace.broker.group.streams.Tasks;
import io.millrace.broker.group.streams.Topologies;
import io.millrace.broker.topic.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamsProtocolTest {

  private final Groups groups = new Groups();

  private void makeTopics(int partitions) {
    for (String topic : List.of("flights", "app-by-airport-repartition", "app-counts-changelog")) {
      groups.topics.set(topic, partitions);
    }
  }

  private void configure(String... settings) {
    Map<String, String> given = new java.util.HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      given.put(settings[i], settings[i + 1]);
    }
    groups.configs.put(Groups.GROUP, given);
  }

  private static List<Code> codes(StreamsClient client) {
    return client.statuses.stream().map(StreamsStatus::code).toList();
  }

  private static void settle(StreamsClient... clients) {
    for (int round = 0; round < 6; round++) {
      for (StreamsClient client : clients) {
        StreamsHeartbeat.Answer unused = client.beat();
      }
    }
  }

  // ---- joining ----

  @Test
  void aMemberGetsAllTasksOnceItsTopicsAreThere() {
    StreamsClient a = new StreamsClient(groups, "a");
    a.beat();
    assertThat(codes(a)).containsExactly(Code.MISSING_SOURCE_TOPICS);
    assertThat(a.describe().state()).isEqualTo(GroupState.NOT_READY);

    groups.topics.set("flights", 2);
    StreamsHeartbeat.Answer lacking = a.beat();
    assertThat(codes(a)).containsExactly(Code.MISSING_INTERNAL_TOPICS);
    assertThat(lacking.missing()).hasSize(2).allMatch(topic -> topic.partitions() == 2);
    assertThat(a.owned.isEmpty()).isTrue();

    makeTopics(2);
    a.beat();
    assertThat(codes(a)).isEmpty();
    assertThat(a.owned.active()).hasSize(4);
    assertThat(a.describe().state()).isEqualTo(GroupState.STABLE);
  }

  @Test
  void aSecondMemberGetsItsShareOnceTheFirstHasGivenItBack() {
    makeTopics(2);
    configure("streams.num.warmup.replicas", "0");
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    a.beat();
    b.beat();
    assertThat(b.owned.isEmpty()).as("all is with the first").isTrue();
    settle(a, b);
    assertThat(a.owned.active()).hasSize(2);
    assertThat(b.owned.active()).hasSize(2).doesNotContainAnyElementsOf(a.owned.active());
  }

  @Test
  void standbyTasksAreInTheOtherProcess() {
    makeTopics(2);
    configure("streams.num.standby.replicas", "1", "streams.num.warmup.replicas", "0");
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    settle(a, b);
    assertThat(a.owned.standby()).hasSize(1);
    assertThat(b.owned.active()).containsAll(a.owned.standby());
    assertThat(a.owned.active()).containsAll(b.owned.standby());
  }

  @Test
  void aTaskMovesOnceItsStateIsThere() {
    makeTopics(2);
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    b.tellsProgress = true;
    settle(a, b);
    assertThat(a.owned.active()).hasSize(3);
    TaskId moving = b.owned.warmup().iterator().next();
    assertThat(a.owned.active()).contains(moving);

    b.offsets.put(moving, 10L);
    b.ends.put(moving, 100_000L);
    settle(a, b);
    assertThat(b.owned.warmup()).as("it is far behind").containsExactly(moving);

    b.offsets.put(moving, 99_000L);
    settle(b, a);
    assertThat(b.owned.active()).contains(moving);
    assertThat(b.owned.warmup()).isEmpty();
    assertThat(a.owned.active()).doesNotContain(moving);
  }

  @Test
  void aWarmUpThatHadBegunGoesOnAfterARestart() {
    makeTopics(2);
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    b.tellsProgress = true;
    settle(a, b);
    Set<TaskId> warming = b.owned.warmup();
    groups.restart();
    configure("streams.num.standby.replicas", "0", "streams.heartbeat.interval.ms", "1000");
    settle(a, b);
    assertThat(b.owned.warmup()).isEqualTo(warming);
  }

  @Test
  void threadsOfOneProcessNeedNoWarmUp() {
    makeTopics(2);
    StreamsClient a = new StreamsClient(groups, "a", "p", null);
    StreamsClient b = new StreamsClient(groups, "b", "p", null);
    b.tellsProgress = true;
    settle(a, b);
    assertThat(b.owned.active()).hasSize(2);
    assertThat(b.owned.warmup()).isEmpty();
  }

  @Test
  void tasksOfANewGroupAreSharedOutAfterItsDelay() {
    makeTopics(2);
    configure("streams.initial.rebalance.delay.ms", "3000");
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    a.beat();
    b.beat();
    assertThat(codes(a)).containsExactly(Code.ASSIGNMENT_DELAYED);
    assertThat(a.epoch).isEqualTo(1);
    assertThat(a.owned.isEmpty()).isTrue();
    groups.time.pass(Duration.ofSeconds(3));
    settle(a, b);
    assertThat(codes(a)).isEmpty();
    assertThat(a.owned.active()).hasSize(2);
    assertThat(b.owned.active()).hasSize(2);
  }

  @Test
  void tasksAreNotSharedOutMoreOftenThanTheGroupSays() {
    makeTopics(2);
    configure("streams.assignment.interval.ms", "10000", "streams.num.warmup.replicas", "0");
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    settle(a, b);
    assertThat(codes(b)).containsExactly(Code.ASSIGNMENT_DELAYED);
    assertThat(a.owned.active()).hasSize(4);
    groups.time.pass(Duration.ofSeconds(10));
    settle(a, b);
    assertThat(codes(b)).isEmpty();
    assertThat(b.owned.active()).hasSize(2);
  }

  // ---- topology ----

  @Test
  void anotherTopologyOfTheSameEpochIsRefusedWhileOthersRunTheFirst() {
    makeTopics(2);
    groups.topics.set("gates", 2);
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    b.topology = Topologies.joining(0);
    a.beat();
    assertThat(Groups.error(b.send())).isEqualTo(BrokerError.INVALID_GROUP_REQUEST);
    a.leave(-1);
    b.beat();
    assertThat(b.describe().topology()).isEqualTo(Topologies.joining(0));
  }

  @Test
  void aLaterTopologyTakesTheTasksFromThoseThatRunAnEarlierOne() {
    makeTopics(2);
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    b.topology = Topologies.counting(1);
    a.beat();
    settle(b, a);
    assertThat(codes(a)).containsExactly(Code.STALE_TOPOLOGY);
    assertThat(a.owned.isEmpty()).isTrue();
    assertThat(b.owned.active()).hasSize(4);
  }

  @Test
  void whatATopologyCannotBeIsRefusedBeforeThereIsAGroup() {
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsTopology.Subtopology empty =
        new StreamsTopology.Subtopology(
            "0", List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    a.topology = new StreamsTopology(0, List.of(empty));
    assertThat(Groups.error(a.send())).isEqualTo(BrokerError.INVALID_TOPOLOGY);
    StreamsTopology.Subtopology wrong =
        new StreamsTopology.Subtopology(
            "0",
            List.of("flights"),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(new StreamsTopology.Copartitioned(List.of((short) 7), List.of(), List.of())));
    a.topology = new StreamsTopology(0, List.of(wrong));
    assertThat(Groups.error(a.send())).isEqualTo(BrokerError.INVALID_TOPOLOGY);
    assertThat(groups.describe()).isEmpty();
  }

  @Test
  void aTopicThatHasGoneTakesTheTasksAwayAndGivesThemBackWhenItIsThereAgain() {
    makeTopics(2);
    StreamsClient a = new StreamsClient(groups, "a");
    a.beat();
    groups.topics.delete("flights");
    settle(a);
    assertThat(codes(a)).containsExactly(Code.MISSING_SOURCE_TOPICS);
    assertThat(a.owned.isEmpty()).isTrue();
    makeTopics(2);
    settle(a);
    assertThat(a.owned.active()).hasSize(4);
  }

  // ---- members ----

  @Test
  void aMemberThatIsSilentLosesItsTasks() {
    makeTopics(2);
    configure("streams.session.timeout.ms", "6000", "streams.heartbeat.interval.ms", "1000");
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    settle(a, b);
    groups.time.pass(Duration.ofSeconds(4));
    b.beat();
    groups.time.pass(Duration.ofSeconds(4));
    settle(b);
    assertThat(b.owned.active()).hasSize(4);
    assertThat(Groups.error(a.send())).isEqualTo(BrokerError.UNKNOWN_MEMBER);
  }

  @Test
  void aMemberThatDoesNotGiveTasksBackInTimeIsPutOut() {
    makeTopics(2);
    configure("streams.num.warmup.replicas", "0");
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    a.beat();
    b.beat();
    Tasks all = a.owned;
    int patience = StreamsClient.REBALANCE_MILLIS / 1000;
    for (int second = 0; second < patience; second += 4) {
      groups.time.pass(Duration.ofSeconds(4));
      b.beat();
      a.take(Groups.now(a.send(a.epoch, all)));
    }
    groups.time.pass(Duration.ofSeconds(5));
    assertThat(Groups.error(a.send())).isEqualTo(BrokerError.UNKNOWN_MEMBER);
    settle(b);
    assertThat(b.owned.active()).hasSize(4);
  }

  @Test
  void aStaticMemberComesBackToItsTasksUnderAnotherId() {
    makeTopics(2);
    StreamsClient a = new StreamsClient(groups, "a", "p1", "one");
    StreamsClient b = new StreamsClient(groups, "b", "p2", null);
    configure("streams.num.warmup.replicas", "0");
    settle(a, b);
    Tasks before = a.owned;
    a.leave(-2);
    settle(b);
    StreamsClient again = new StreamsClient(groups, "a2", "p1", "one");
    settle(again, b);
    assertThat(again.owned).isEqualTo(before);
    assertThat(Groups.error(a.send(2, null))).isEqualTo(BrokerError.FENCED_INSTANCE_ID);
  }

  @Test
  void anOlderEpochPassesOnlyAsARetry() {
    makeTopics(2);
    configure("streams.num.warmup.replicas", "0");
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    settle(a, b);
    int before = a.epoch;
    b.leave(-1);
    Tasks owned = a.owned;
    StreamsHeartbeat.Answer lost = Groups.now(a.send());
    assertThat(lost.epoch()).isGreaterThan(before);
    StreamsHeartbeat.Answer retried = Groups.now(a.send(before, owned));
    assertThat(retried.tasks()).isEqualTo(lost.tasks());
    assertThat(Groups.error(a.send(before, null))).isEqualTo(BrokerError.FENCED_MEMBER_EPOCH);
    assertThat(Groups.error(a.send(before - 1, owned))).isEqualTo(BrokerError.FENCED_MEMBER_EPOCH);
  }

  @Test
  void allHearThatOneAsksThemToShutDownUntilAllHaveGone() {
    makeTopics(2);
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    settle(a, b);
    a.shutsDown = true;
    a.beat();
    b.beat();
    assertThat(codes(b)).containsExactly(Code.SHUTDOWN_APPLICATION);
    a.leave(-1);
    b.leave(-1);
    StreamsClient c = new StreamsClient(groups, "c");
    c.beat();
    assertThat(codes(c)).isEmpty();
  }

  @Test
  void aMemberThatLacksATagIsTold() {
    makeTopics(2);
    configure("streams.rack.aware.assignment.tags", "zone, cluster");
    StreamsClient a = new StreamsClient(groups, "a");
    a.tags = Map.of("zone", "1");
    a.beat();
    assertThat(codes(a)).containsExactly(Code.MISSING_CLIENT_TAGS);
    assertThat(a.statuses.getFirst().detail()).contains("cluster").doesNotContain("zone");
  }

  @Test
  void membersLearnWherePartitionsCanBeQueried() {
    makeTopics(2);
    configure("streams.num.standby.replicas", "1", "streams.num.warmup.replicas", "0");
    StreamsClient a = new StreamsClient(groups, "a");
    a.endpoint = new Endpoint("host-a", 1);
    StreamsClient b = new StreamsClient(groups, "b");
    b.endpoint = new Endpoint("host-b", 2);
    settle(a, b);
    int known = a.endpointEpoch;
    a.endpointEpoch = -1;
    List<EndpointPartitions> told = a.beat().endpoints();
    assertThat(told).hasSize(2);
    Set<TopicPartition> expected = new java.util.HashSet<>();
    for (TaskId task : b.owned.active()) {
      expected.add(
          new TopicPartition(
              task.subtopology().equals("0") ? "flights" : "app-by-airport-repartition",
              task.partition()));
    }
    assertThat(told)
        .filteredOn(each -> each.endpoint().host().equals("host-b"))
        .singleElement()
        .satisfies(each -> assertThat(each.active()).isEqualTo(expected))
        .satisfies(each -> assertThat(each.standby()).hasSize(1));
    assertThat(a.endpointEpoch).isEqualTo(known);
    assertThat(a.beat().endpoints()).as("it knows").isNull();
  }

  // ---- offsets ----

  @Test
  void offsetsAreForMembersInTheirEpochOrWithTheirTaskSinceBefore() {
    makeTopics(2);
    configure("streams.num.warmup.replicas", "0");
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    a.beat();
    int first = a.epoch;
    settle(b, a, b);
    TaskId kept =
        a.owned.active().stream()
            .filter(task -> task.subtopology().equals("0") && task.partition() == 0)
            .findFirst()
            .orElse(null);
    if (kept != null) {
      Groups.now(groups.commit(a.identity(first), "flights", 5));
    } else {
      assertThat(Groups.error(groups.commit(a.identity(first), "flights", 5)))
          .isEqualTo(BrokerError.STALE_MEMBER_EPOCH);
    }
    Groups.now(groups.commit(a.identity(a.epoch), "flights", 6));
    assertThat(Groups.error(groups.commit(a.identity(a.epoch + 1), "flights", 5)))
        .isEqualTo(BrokerError.STALE_MEMBER_EPOCH);
    assertThat(Groups.error(groups.commit(Groups.nobody(), "flights", 5)))
        .isEqualTo(BrokerError.UNKNOWN_MEMBER);
    assertThat(Groups.error(groups.deleteOffsets(List.of(new TopicPartition("flights", 0)))))
        .isEqualTo(BrokerError.GROUP_SUBSCRIBED_TO_TOPIC);
  }

  // ---- kinds ----

  @Test
  void aGroupIsDeletedOnceItIsEmptyAndItsRecordsWithIt() {
    makeTopics(2);
    StreamsClient a = new StreamsClient(groups, "a");
    a.beat();
    assertThat(Groups.error(groups.deleteGroup())).isEqualTo(BrokerError.NON_EMPTY_GROUP);
    a.leave(-1);
    Groups.now(groups.deleteGroup());
    assertThat(groups.describe()).isEmpty();
    groups.restart();
    assertThat(groups.describe()).isEmpty();
  }

  @Test
  void anEmptyGroupGoesFromTheClassicProtocolToThisOneAndBackWithItsOffsets() {
    makeTopics(2);
    Groups.now(groups.commit(Groups.nobody(), "flights", 7));
    StreamsClient a = new StreamsClient(groups, "a");
    a.beat();
    assertThat(groups.describe().orElseThrow().type()).isEqualTo(GroupType.STREAMS);
    assertThat(groups.committed()).hasSize(1);
    assertThat(Groups.error(groups.join(""))).isEqualTo(BrokerError.INCONSISTENT_GROUP_PROTOCOL);
    a.leave(-1);
    assertThat(Groups.now(groups.join("")).memberId()).isNotEmpty();
    assertThat(groups.describe().orElseThrow().type()).isEqualTo(GroupType.CLASSIC);
    assertThat(groups.committed()).hasSize(1);
  }

  @Test
  void consumersAreNoMembersOfAStreamsGroup() {
    makeTopics(2);
    new StreamsClient(groups, "a").beat();
    ConsumerClient consumer = new ConsumerClient(groups, "c", null);
    assertThat(Groups.error(consumer.send())).isEqualTo(BrokerError.GROUP_NOT_FOUND);
  }

  @Test
  void membersGoOnAfterARestartAsIfNothingHadBeen() {
    makeTopics(2);
    configure("streams.num.standby.replicas", "1", "streams.num.warmup.replicas", "0");
    StreamsClient a = new StreamsClient(groups, "a");
    StreamsClient b = new StreamsClient(groups, "b");
    settle(a, b);
    Tasks before = a.owned;
    int epoch = a.epoch;
    groups.restart();
    settle(a, b);
    assertThat(a.owned).isEqualTo(before);
    assertThat(a.epoch).isEqualTo(epoch);
    assertThat(a.describe().state()).isEqualTo(GroupState.STABLE);
  }
}
