package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerError;
import io.millrace.broker.group.GroupCoordinator.GroupType;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.TopicIdPartition;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The new group protocol (KIP-848), heartbeat by heartbeat. */
class ConsumerProtocolTest {

  private final Groups groups = new Groups();
  private final UUID flights = groups.topics.set("flights", 4);
  private final ConsumerClient ann = new ConsumerClient(groups, "ann", null);
  private final ConsumerClient ben = new ConsumerClient(groups, "ben", null);

  private static Set<TopicIdPartition> partitions(UUID topic, int... numbers) {
    return IntStream.of(numbers)
        .mapToObj(each -> new TopicIdPartition(topic, each))
        .collect(Collectors.toSet());
  }

  @Test
  void theFirstMemberGetsAllPartitionsAtOnce() {
    ann.beat();
    assertThat(ann.epoch).isEqualTo(1);
    assertThat(ann.owned).isEqualTo(partitions(flights, 0, 1, 2, 3));
    assertThat(ann.describe().state()).isEqualTo(GroupState.STABLE);
  }

  @Test
  void aHeartbeatThatChangesNothingIsAnsweredWithoutAssignment() {
    ann.beat();
    ConsumerHeartbeat.Answer answer = Groups.now(ann.sendNothingNew());
    assertThat(answer.epoch()).isEqualTo(1);
    assertThat(answer.assignment()).isNull();
    assertThat(answer.intervalMillis()).isEqualTo(5000);
  }

  @Test
  void aNewMemberGetsPartitionsOnceTheOtherHasGivenThemBack() {
    ann.beat();
    ben.beat();
    assertThat(ben.epoch).isEqualTo(2);
    assertThat(ben.owned).isEmpty();

    ConsumerHeartbeat.Answer revoked = Groups.now(ann.sendNothingNew());
    assertThat(revoked.epoch()).isEqualTo(1);
    assertThat(revoked.assignment()).hasSize(2);
    assertThat(Groups.now(ben.sendNothingNew()).assignment()).isNull();

    ann.take(revoked);
    ann.beat();
    assertThat(ann.epoch).isEqualTo(2);
    ben.beat();
    assertThat(ben.owned).hasSize(2).doesNotContainAnyElementsOf(ann.owned);
    assertThat(ann.describe().state()).isEqualTo(GroupState.STABLE);
  }

  @Test
  void aMemberThatDoesNotGiveBackInTimeIsFenced() {
    ann.beat();
    ben.beat();
    ConsumerHeartbeat.Answer unused = Groups.now(ann.sendNothingNew());
    for (int second = 0; second < 30; second++) {
      groups.time.pass(Duration.ofSeconds(1));
      CompletableFuture<ConsumerHeartbeat.Answer> ignored = ann.sendNothingNew();
      ben.beat();
    }
    assertThat(Groups.error(ann.sendNothingNew())).isEqualTo(BrokerError.UNKNOWN_MEMBER);
    assertThat(ben.owned).hasSize(4);
  }

  @Test
  void aSilentMembersPartitionsGoToTheOthers() {
    ann.beat();
    ben.beat();
    ann.beat();
    ann.beat();
    for (int second = 0; second < 50; second++) {
      groups.time.pass(Duration.ofSeconds(1));
      ben.beat();
    }
    assertThat(ben.owned).hasSize(4);
    assertThat(Groups.error(ann.send())).isEqualTo(BrokerError.UNKNOWN_MEMBER);
  }

  @Test
  void aMemberThatLeavesFreesItsPartitionsAtOnce() {
    ann.beat();
    ben.beat();
    ann.leave(-1);
    ben.beat();
    assertThat(ben.owned).hasSize(4);
    ben.leave(-1);
    assertThat(ann.describe().state()).isEqualTo(GroupState.EMPTY);
  }

  @Test
  void topicsMadeWidenedAndDeletedReachTheMembers() {
    ann.topics = Set.of("flights", "gates");
    ann.beat();
    UUID gates = groups.topics.set("gates", 1);
    ann.beat();
    assertThat(ann.owned).hasSize(5).contains(new TopicIdPartition(gates, 0));
    groups.topics.set("gates", 3);
    ann.beat();
    assertThat(ann.owned).hasSize(7);
    groups.topics.delete("gates");
    ann.beat();
    ann.beat();
    assertThat(ann.owned).isEqualTo(partitions(flights, 0, 1, 2, 3));
    assertThat(ann.epoch).isEqualTo(4);
  }

  @Test
  void aTopicOfAnotherKindDoesNotDisturbTheGroup() {
    ann.beat();
    groups.topics.set("weather", 3);
    ann.beat();
    assertThat(ann.epoch).isEqualTo(1);
  }

  @Test
  void aPatternFollowsTheTopics() {
    ann.topics = Set.of();
    ann.regex = "fl.*|ga.*";
    ann.beat();
    assertThat(ann.owned).hasSize(4);
    groups.topics.set("gates", 2);
    groups.topics.set("weather", 2);
    ann.beat();
    assertThat(ann.owned).hasSize(6);
    ann.regex = "";
    ann.beat();
    ann.beat();
    assertThat(ann.owned).isEmpty();
  }

  @Test
  void patternsThatAreNoneOrCostTooMuchAreRefused() {
    for (String regex :
        new String[] {"(", "a".repeat(1001), "(a{900}){900}", "((x{1,500}){1,2}){1,2}.*"}) {
      assertThat(Groups.error(ann.send(0, Set.of(), regex, Set.of())))
          .isEqualTo(BrokerError.INVALID_REGULAR_EXPRESSION);
    }
    assertThat(groups.describe()).isEmpty();
  }

  @Test
  void epochsThatAreNotTheMembersAreFenced() {
    ann.beat();
    assertThat(Groups.error(ann.send(7, null, null, null)))
        .isEqualTo(BrokerError.FENCED_MEMBER_EPOCH);
    ben.beat();
    ann.beat();
    ann.beat();
    assertThat(ann.epoch).isEqualTo(2);
    // The answer was lost: the epoch before, with nothing that it should not have.
    ConsumerHeartbeat.Answer again = Groups.now(ann.send(1, null, null, ann.owned));
    assertThat(again.epoch()).isEqualTo(2);
    assertThat(again.assignment()).isEqualTo(ann.owned);
    assertThat(Groups.error(ann.send(1, null, null, partitions(flights, 0, 1, 2, 3))))
        .isEqualTo(BrokerError.FENCED_MEMBER_EPOCH);
  }

  @Test
  void aFencedMemberJoinsAgain() {
    ann.beat();
    assertThat(Groups.error(ann.send(7, null, null, null)))
        .isEqualTo(BrokerError.FENCED_MEMBER_EPOCH);
    ann.forget();
    ann.beat();
    assertThat(ann.owned).hasSize(4);
  }

  @Test
  void requestsThatMakeNoSenseAreRefused() {
    assertThat(Groups.error(ann.sendNothingNew())).isEqualTo(BrokerError.INVALID_GROUP_REQUEST);
    assertThat(Groups.error(ann.send(0, null, null, Set.of())))
        .isEqualTo(BrokerError.INVALID_GROUP_REQUEST);
    assertThat(Groups.error(ann.send(-3, null, null, null)))
        .isEqualTo(BrokerError.INVALID_GROUP_REQUEST);
    assertThat(Groups.error(ann.send(-2, null, null, null)))
        .isEqualTo(BrokerError.INVALID_GROUP_REQUEST);
    assertThat(Groups.error(ann.send(5, null, null, null))).isEqualTo(BrokerError.GROUP_NOT_FOUND);
    ann.assignor = "sideways";
    assertThat(Groups.error(ann.send())).isEqualTo(BrokerError.UNSUPPORTED_ASSIGNOR);
  }

  @Test
  void aGroupTakesNoMoreMembersThanAllowed() {
    Groups small =
        new Groups(
            GroupSettings.defaults()
                .withOffsetsPartitions(1)
                .withConsumer(ConsumerGroupSettings.defaults().withMaxSize(1)));
    new ConsumerClient(small, "ann", null).beat();
    assertThat(Groups.error(new ConsumerClient(small, "ben", null).send()))
        .isEqualTo(BrokerError.GROUP_FULL);
  }

  @Test
  void aStaticMemberThatComesBackHasWhatItHadWithoutARebalance() {
    ConsumerClient first = new ConsumerClient(groups, "first", "desk-1");
    ConsumerClient desk2 = new ConsumerClient(groups, "desk-two", "desk-2");
    first.beat();
    desk2.beat();
    first.beat();
    first.beat();
    desk2.beat();
    Set<TopicIdPartition> had = Set.copyOf(first.owned);
    int groupEpoch = first.describe().epoch();

    ConsumerClient second = new ConsumerClient(groups, "second", "desk-1");
    assertThat(Groups.error(second.send())).isEqualTo(BrokerError.UNRELEASED_INSTANCE_ID);
    first.leave(-2);
    desk2.beat();
    assertThat(desk2.owned).hasSize(2);
    second.beat();
    assertThat(second.owned).isEqualTo(had);
    assertThat(second.describe().epoch()).isEqualTo(groupEpoch);
    first.epoch = groupEpoch;
    assertThat(Groups.error(first.sendNothingNew())).isEqualTo(BrokerError.FENCED_INSTANCE_ID);
  }

  @Test
  void aStaticMemberThatDoesNotComeBackLosesItsPlace() {
    ConsumerClient desk = new ConsumerClient(groups, "first", "desk-1");
    desk.beat();
    ben.beat();
    desk.leave(-2);
    for (int second = 0; second < 50; second++) {
      groups.time.pass(Duration.ofSeconds(1));
      ben.beat();
    }
    assertThat(ben.owned).hasSize(4);
  }

  @Test
  void theGroupSurvivesARestart() {
    ann.beat();
    ben.beat();
    ann.beat();
    ann.beat();
    ben.beat();
    var before = ann.describe();
    groups.restart();
    assertThat(ann.describe()).isEqualTo(before);
    assertThat(Groups.now(ann.sendNothingNew()).epoch()).isEqualTo(ann.epoch);
    assertThat(ann.describe()).isEqualTo(before);
    for (int second = 0; second < 50; second++) {
      groups.time.pass(Duration.ofSeconds(1));
      ann.beat();
    }
    assertThat(ann.owned).hasSize(4);
  }

  @Test
  void offsetsAreForMembersOfThePresentEpoch() {
    ann.beat();
    MemberIdentity member = new MemberIdentity(Groups.GROUP, ann.epoch, "ann", null);
    assertThat(groups.commit(member, "flights", 5)).isCompleted();
    assertThat(Groups.error(groups.commit(Groups.nobody(), "flights", 6)))
        .isEqualTo(BrokerError.UNKNOWN_MEMBER);
    assertThat(
            Groups.error(
                groups.commit(new MemberIdentity(Groups.GROUP, 9, "ann", null), "flights", 6)))
        .isEqualTo(BrokerError.STALE_MEMBER_EPOCH);
    assertThat(Groups.now(ann.committed(ann.epoch))).hasSize(1);
    assertThat(Groups.error(ann.committed(9))).isEqualTo(BrokerError.STALE_MEMBER_EPOCH);
    assertThat(Groups.error(ben.committed(1))).isEqualTo(BrokerError.UNKNOWN_MEMBER);
    ann.leave(-1);
    assertThat(groups.commit(Groups.nobody(), "flights", 6)).isCompleted();
  }

  @Test
  void anEmptyGroupChangesItsProtocolAndKeepsItsOffsets() {
    ann.beat();
    MemberIdentity member = new MemberIdentity(Groups.GROUP, ann.epoch, "ann", null);
    assertThat(groups.commit(member, "flights", 5)).isCompleted();
    assertThat(Groups.error(groups.join(""))).isEqualTo(BrokerError.INCONSISTENT_GROUP_PROTOCOL);
    ann.leave(-1);

    var joined = Groups.now(groups.joinAnew());
    assertThat(Groups.now(groups.sync(joined, null, Groups.assignments(joined))).assignment())
        .isNotEmpty();
    assertThat(groups.describe().orElseThrow().type()).isEqualTo(GroupType.CLASSIC);
    assertThat(groups.committed()).hasSize(1);
    assertThat(Groups.error(ann.send())).isEqualTo(BrokerError.GROUP_NOT_FOUND);
    assertThat(groups.leave(joined.memberId(), null)).isCompleted();

    ann.beat();
    assertThat(groups.describe().orElseThrow().type()).isEqualTo(GroupType.CONSUMER);
    assertThat(groups.committed()).hasSize(1);
    groups.restart();
    assertThat(groups.describe().orElseThrow().type()).isEqualTo(GroupType.CONSUMER);
    assertThat(groups.committed()).hasSize(1);
  }

  @Test
  void anEmptyGroupCanBeDeleted() {
    ann.beat();
    assertThat(Groups.error(groups.deleteGroup())).isEqualTo(BrokerError.NON_EMPTY_GROUP);
    ann.leave(-1);
    assertThat(groups.deleteGroup()).isCompleted();
    assertThat(groups.describe()).isEmpty();
    groups.restart();
    assertThat(groups.describe()).isEmpty();
  }

  @Test
  void membersChooseTheAssignor() {
    groups.topics.set("gates", 3);
    ann.topics = Set.of("flights", "gates");
    ben.topics = ann.topics;
    ann.assignor = "range";
    ben.assignor = "range";
    ann.beat();
    ben.beat();
    ann.beat();
    ann.beat();
    ben.beat();
    assertThat(ann.describe().assignor()).isEqualTo("range");
    assertThat(ann.owned).contains(new TopicIdPartition(flights, 0)).hasSize(4);
    assertThat(ben.owned).contains(new TopicIdPartition(flights, 3)).hasSize(3);
  }
}
