package io.millrace.broker.group;

import static io.millrace.broker.group.Groups.GROUP;
import static io.millrace.broker.group.Groups.SESSION;
import static io.millrace.broker.group.Groups.error;
import static io.millrace.broker.group.Groups.nobody;
import static io.millrace.broker.group.Groups.now;
import static io.millrace.broker.group.Groups.work;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupCoordinator.JoinCommand;
import io.millrace.broker.group.GroupCoordinator.JoinResult;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.GroupCoordinator.OfferedProtocol;
import io.millrace.broker.group.GroupCoordinator.SyncResult;
import io.millrace.broker.topic.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GroupProtocolTest {

  private final Groups groups = new Groups();

  private GroupState state() {
    return groups.describe().orElseThrow().state();
  }

  /** A group with one member that has its work. */
  private JoinResult stable() {
    JoinResult joined = now(groups.joinAnew());
    now(groups.sync(joined));
    return joined;
  }

  @Test
  void aFirstJoinIsGivenAnIdAndNoMembership() {
    JoinResult first = now(groups.join(""));
    assertThat(first.generation()).isEqualTo(-1);
    assertThat(first.memberId()).startsWith("client-");
    assertThat(groups.describe().orElseThrow().members()).isEmpty();
  }

  @Test
  void anIdThatIsNotUsedWithinItsSessionIsTakenBack() {
    String id = now(groups.join("")).memberId();
    groups.time.pass(SESSION.plusMillis(1));
    assertThat(error(groups.join(id))).isEqualTo(BrokerError.UNKNOWN_MEMBER);
    assertThat(groups.describe()).isEmpty();
  }

  @Test
  void aMemberAloneLeadsTheFirstGenerationAtOnce() {
    JoinResult joined = now(groups.joinAnew());
    assertThat(joined.generation()).isEqualTo(1);
    assertThat(joined.leader()).isEqualTo(joined.memberId());
    assertThat(joined.members()).hasSize(1);
    assertThat(state()).isEqualTo(GroupState.COMPLETING_REBALANCE);
    assertThat(now(groups.sync(joined)).assignment()).isEqualTo(work(1, joined.memberId()));
    assertThat(state()).isEqualTo(GroupState.STABLE);
  }

  @Test
  void aSecondMemberMakesTheFirstOneRejoin() {
    JoinResult first = stable();
    CompletableFuture<JoinResult> second = groups.joinAnew();
    assertThat(second).isNotDone();
    assertThat(error(groups.heartbeat(first))).isEqualTo(BrokerError.REBALANCE_IN_PROGRESS);
    JoinResult again = now(groups.join(first.memberId()));
    assertThat(again.generation()).isEqualTo(2);
    assertThat(again.members()).hasSize(2);
    assertThat(now(second).members()).isEmpty();
    assertThat(now(second).leader()).isEqualTo(first.memberId());
  }

  @Test
  void aFollowerWaitsForTheLeadersAssignment() {
    JoinResult first = stable();
    CompletableFuture<JoinResult> second = groups.joinAnew();
    JoinResult leader = now(groups.join(first.memberId()));
    CompletableFuture<SyncResult> waiting = groups.sync(now(second), null, Map.of());
    assertThat(waiting).isNotDone();
    now(groups.sync(leader));
    assertThat(now(waiting).assignment()).isEqualTo(work(2, now(second).memberId()));
  }

  @Test
  void aMemberThatIsSilentForItsSessionLosesItsWorkToTheOthers() {
    JoinResult first = stable();
    CompletableFuture<JoinResult> second = groups.joinAnew();
    JoinResult leader = now(groups.join(first.memberId()));
    now(groups.sync(leader));
    now(groups.sync(now(second), null, Map.of()));
    groups.time.pass(SESSION.minusMillis(1));
    now(groups.heartbeat(now(second)));
    groups.time.pass(Duration.ofMillis(2));
    assertThat(error(groups.heartbeat(leader))).isEqualTo(BrokerError.UNKNOWN_MEMBER);
    JoinResult left = now(groups.join(now(second).memberId()));
    assertThat(left.generation()).isEqualTo(3);
    assertThat(left.leader()).isEqualTo(left.memberId());
    assertThat(left.members()).hasSize(1);
  }

  @Test
  void oneWhoDoesNotRejoinInTimeIsOut() {
    JoinResult first = stable();
    CompletableFuture<JoinResult> second = groups.joinAnew();
    for (int i = 0; i < 9; i++) {
      groups.time.pass(Duration.ofSeconds(7));
      groups.beat(first);
    }
    assertThat(now(second).generation()).isEqualTo(2);
    assertThat(now(second).leader()).isEqualTo(now(second).memberId());
    assertThat(now(second).members()).hasSize(1);
  }

  @Test
  void oneWhoDoesNotAskForItsAssignmentIsOut() {
    JoinResult first = stable();
    CompletableFuture<JoinResult> second = groups.joinAnew();
    JoinResult leader = now(groups.join(first.memberId()));
    now(groups.sync(leader));
    MemberIdentity silent = new MemberIdentity(GROUP, 2, now(second).memberId(), null);
    for (int i = 0; i < 9; i++) {
      groups.time.pass(Duration.ofSeconds(7));
      groups.beat(leader);
      groups.beat(silent);
    }
    assertThat(error(groups.heartbeat(silent))).isEqualTo(BrokerError.UNKNOWN_MEMBER);
  }

  @Test
  void theLastOneToLeaveLeavesAnEmptyGroup() {
    JoinResult only = stable();
    assertThat(now(groups.leave(only.memberId(), null))).hasSize(1).containsOnlyNulls();
    assertThat(state()).isEqualTo(GroupState.EMPTY);
    assertThat(error(groups.heartbeat(only))).isEqualTo(BrokerError.UNKNOWN_MEMBER);
  }

  @Test
  void anotherGenerationIsRefused() {
    JoinResult joined = stable();
    assertThat(error(groups.heartbeat(new MemberIdentity(GROUP, 7, joined.memberId(), null))))
        .isEqualTo(BrokerError.ILLEGAL_GENERATION);
  }

  @Test
  void theLeaderCanForceARebalanceAndAFollowerWithoutNewsCannot() {
    JoinResult first = stable();
    CompletableFuture<JoinResult> second = groups.joinAnew();
    JoinResult leader = now(groups.join(first.memberId()));
    now(groups.sync(leader));
    now(groups.sync(now(second), null, Map.of()));
    assertThat(now(groups.join(now(second).memberId())).generation()).isEqualTo(2);
    assertThat(state()).isEqualTo(GroupState.STABLE);
    assertThat(groups.join(leader.memberId())).isNotDone();
    assertThat(state()).isEqualTo(GroupState.PREPARING_REBALANCE);
  }

  @Test
  void membersWithNothingInCommonAreRefused() {
    JoinResult joined = stable();
    JoinCommand other =
        new JoinCommand(
            GROUP,
            "",
            null,
            "client",
            "127.0.0.1",
            SESSION,
            SESSION,
            "consumer",
            List.of(new OfferedProtocol("sticky", new byte[0])),
            false,
            null);
    assertThat(error(groups.join(other))).isEqualTo(BrokerError.INCONSISTENT_GROUP_PROTOCOL);
    now(groups.heartbeat(joined));
  }

  @Test
  void theProtocolThatMostPreferAmongThoseThatAllOfferWins() {
    CompletableFuture<JoinResult> first = offering("range", "sticky");
    CompletableFuture<JoinResult> second = offering("sticky", "range");
    CompletableFuture<JoinResult> third = offering("sticky", "range", "other");
    JoinResult alone = now(first);
    CompletableFuture<JoinResult> again = groups.join(command(alone.memberId(), "range", "sticky"));
    assertThat(now(again).protocol()).isEqualTo("sticky");
    assertThat(now(second).protocol()).isEqualTo("sticky");
    assertThat(now(third).protocol()).isEqualTo("sticky");
  }

  @Test
  void aProtocolThatOneMemberOffersTwiceIsNotOneThatTwoMembersOffer() {
    JoinResult alone = now(offering("range", "sticky", "sticky"));
    assertThat(error(offering("other"))).isEqualTo(BrokerError.INCONSISTENT_GROUP_PROTOCOL);
    CompletableFuture<JoinResult> second = offering("other", "sticky", "other");
    CompletableFuture<JoinResult> again = groups.join(command(alone.memberId(), "range", "sticky"));
    assertThat(now(second).protocol()).isEqualTo("sticky");
    assertThat(now(again).protocol()).isEqualTo("sticky");
  }

  private CompletableFuture<JoinResult> offering(String... protocols) {
    return groups.join(command("", protocols));
  }

  private static JoinCommand command(String memberId, String... protocols) {
    return new JoinCommand(
        GROUP,
        memberId,
        null,
        "client",
        "127.0.0.1",
        SESSION,
        Duration.ofSeconds(60),
        "consumer",
        java.util.Arrays.stream(protocols)
            .map(name -> new OfferedProtocol(name, new byte[0]))
            .toList(),
        false,
        null);
  }

  @Test
  void sessionTimeoutsOutsideTheBoundsAreRefused() {
    JoinCommand tooShort =
        new JoinCommand(
            GROUP,
            "",
            null,
            "client",
            "127.0.0.1",
            Duration.ofMillis(1),
            SESSION,
            "consumer",
            List.of(new OfferedProtocol("range", new byte[0])),
            false,
            null);
    assertThat(error(groups.join(tooShort))).isEqualTo(BrokerError.INVALID_SESSION_TIMEOUT);
  }

  @Test
  void aFullGroupTakesNobody() {
    Groups small =
        new Groups(
            GroupSettings.defaults()
                .withOffsetsPartitions(1)
                .withClassic(ClassicGroupSettings.defaults().withMaxSize(1)));
    now(small.joinAnew());
    assertThat(error(small.join(""))).isEqualTo(BrokerError.GROUP_FULL);
  }

  @Test
  void aFirstRebalanceCanWaitForMoreMembers() {
    Groups patient =
        new Groups(
            GroupSettings.defaults()
                .withOffsetsPartitions(1)
                .withClassic(
                    ClassicGroupSettings.defaults()
                        .withInitialRebalanceDelay(Duration.ofSeconds(3))));
    CompletableFuture<JoinResult> first = patient.joinAnew();
    patient.time.pass(Duration.ofSeconds(2));
    CompletableFuture<JoinResult> second = patient.joinAnew();
    patient.time.pass(Duration.ofSeconds(2));
    assertThat(first).isNotDone();
    patient.time.pass(Duration.ofSeconds(3));
    assertThat(now(first).generation()).isEqualTo(1);
    assertThat(now(second).generation()).isEqualTo(1);
  }

  // ---- static members ----

  @Test
  void aStaticMemberThatComesBackKeepsItsWorkWithoutARebalance() {
    JoinResult first = now(groups.joinStatic("", "west"));
    now(groups.sync(first, "west", Groups.assignments(first)));
    JoinResult back = now(groups.joinStatic("", "west"));
    assertThat(back.generation()).isEqualTo(1);
    assertThat(back.memberId()).isNotEqualTo(first.memberId());
    assertThat(back.skipAssignment()).isTrue();
    assertThat(state()).isEqualTo(GroupState.STABLE);
    assertThat(now(groups.sync(back, "west", Map.of())).assignment())
        .isEqualTo(work(1, first.memberId()));
  }

  @Test
  void theOneWhoWasReplacedIsFenced() {
    JoinResult first = now(groups.joinStatic("", "west"));
    now(groups.sync(first, "west", Groups.assignments(first)));
    now(groups.joinStatic("", "west"));
    MemberIdentity old = new MemberIdentity(GROUP, 1, first.memberId(), "west");
    assertThat(error(groups.heartbeat(old))).isEqualTo(BrokerError.FENCED_INSTANCE_ID);
    assertThat(error(groups.commit(old, "flights", 1))).isEqualTo(BrokerError.FENCED_INSTANCE_ID);
  }

  @Test
  void aStaticMemberCanBeRemovedByItsInstanceAlone() {
    JoinResult first = now(groups.joinStatic("", "west"));
    now(groups.sync(first, "west", Groups.assignments(first)));
    assertThat(now(groups.leave("", "east")).getFirst())
        .satisfies(failure -> assertThat(failure).isNotNull());
    assertThat(now(groups.leave("", "west"))).hasSize(1).containsOnlyNulls();
    assertThat(state()).isEqualTo(GroupState.EMPTY);
  }

  // ---- offsets ----

  @Test
  void aMemberCommitsAndARestartFindsItAndTheMembers() {
    JoinResult joined = stable();
    MemberIdentity member = new MemberIdentity(GROUP, 1, joined.memberId(), null);
    now(groups.commit(member, "flights", 42));
    groups.restart();
    assertThat(groups.committed().get(new TopicPartition("flights", 0)))
        .satisfies(offset -> assertThat(offset).isNotNull())
        .extracting("offset")
        .isEqualTo(42L);
    assertThat(state()).isEqualTo(GroupState.STABLE);
    now(groups.heartbeat(joined));
    groups.time.pass(SESSION.plusMillis(1));
    assertThat(state()).isEqualTo(GroupState.EMPTY);
  }

  @Test
  void whoIsNoMemberCommitsToAnEmptyGroupOnly() {
    now(groups.commit(nobody(), "flights", 1));
    stable();
    assertThat(error(groups.commit(nobody(), "flights", 2))).isEqualTo(BrokerError.UNKNOWN_MEMBER);
    assertThat(error(new Groups().commit(new MemberIdentity(GROUP, 3, "gone", null), "flights", 1)))
        .isEqualTo(BrokerError.ILLEGAL_GENERATION);
  }

  @Test
  void acommitIsAnsweredOnceItIsDurable() {
    groups.storage.slowDown();
    CompletableFuture<Void> commit = groups.commit(nobody(), "flights", 1);
    assertThat(commit).isNotDone();
    groups.storage.force();
    assertThat(commit).isCompleted();
  }

  @Test
  void aFullDiskRefusesACommitAndTakesTheNextOneAfterwards() {
    groups.storage.full =
        new BrokerException(BrokerError.COORDINATOR_NOT_AVAILABLE, "the disk is full");
    assertThat(error(groups.commit(nobody(), "flights", 1)))
        .isEqualTo(BrokerError.COORDINATOR_NOT_AVAILABLE);
    assertThat(groups.committed()).isEmpty();
    groups.storage.full = null;
    now(groups.commit(nobody(), "flights", 2));
    assertThat(groups.committed()).hasSize(1);
  }

  @Test
  void aFullDiskAtTheAssignmentMakesTheMembersRejoin() {
    JoinResult joined = now(groups.joinAnew());
    groups.storage.full =
        new BrokerException(BrokerError.COORDINATOR_NOT_AVAILABLE, "the disk is full");
    assertThat(error(groups.sync(joined))).isEqualTo(BrokerError.COORDINATOR_NOT_AVAILABLE);
    groups.storage.full = null;
    JoinResult again = now(groups.join(joined.memberId()));
    assertThat(again.generation()).isEqualTo(2);
    now(groups.sync(again));
    assertThat(state()).isEqualTo(GroupState.STABLE);
  }

  @Test
  void offsetsOfASubscribedTopicCannotBeDeletedAndOthersCan() {
    JoinResult joined = stable();
    MemberIdentity member = new MemberIdentity(GROUP, 1, joined.memberId(), null);
    now(groups.commit(member, "flights", 1));
    now(groups.commit(member, "old", 1));
    assertThat(error(groups.deleteOffsets(List.of(new TopicPartition("flights", 0)))))
        .isEqualTo(BrokerError.GROUP_SUBSCRIBED_TO_TOPIC);
    now(groups.deleteOffsets(List.of(new TopicPartition("old", 0))));
    assertThat(groups.committed()).containsOnlyKeys(new TopicPartition("flights", 0));
  }

  @Test
  void onlyAnEmptyGroupCanBeDeletedAndARestartDoesNotBringItBack() {
    JoinResult joined = stable();
    now(groups.commit(new MemberIdentity(GROUP, 1, joined.memberId(), null), "flights", 1));
    assertThat(error(groups.deleteGroup())).isEqualTo(BrokerError.NON_EMPTY_GROUP);
    now(groups.leave(joined.memberId(), null));
    now(groups.deleteGroup());
    assertThat(groups.describe()).isEmpty();
    assertThat(error(groups.deleteGroup())).isEqualTo(BrokerError.GROUP_NOT_FOUND);
    groups.restart();
    assertThat(groups.describe()).isEmpty();
    assertThat(groups.committed()).isEmpty();
  }

  @Test
  void anEmptyGroupsOffsetsAreKeptForTheirTimeAndNoLonger() {
    JoinResult joined = stable();
    now(groups.commit(new MemberIdentity(GROUP, 1, joined.memberId(), null), "flights", 1));
    now(groups.leave(joined.memberId(), null));
    groups.time.pass(Duration.ofDays(6));
    assertThat(groups.committed()).hasSize(1);
    groups.time.pass(Duration.ofDays(2));
    assertThat(groups.committed()).isEmpty();
    assertThat(groups.describe()).isEmpty();
  }

  @Test
  void offsetsInUseAreKeptForEver() {
    JoinResult joined = stable();
    MemberIdentity member = new MemberIdentity(GROUP, 1, joined.memberId(), null);
    now(groups.commit(member, "flights", 1));
    for (int i = 0; i < 10 * 24 * 60 * 60 / 5; i += 1) {
      groups.time.pass(Duration.ofSeconds(5));
      groups.beat(joined);
    }
    assertThat(groups.committed()).hasSize(1);
  }

  @Test
  void whatWasCommittedForADeletedTopicIsForgotten() {
    now(groups.commit(nobody(), "flights", 1));
    now(groups.commit(nobody(), "other", 1));
    groups
        .shard
        .<Void>call(
            answer -> {
              groups.shard.offsets().topicDeleted("flights");
              answer.complete(null);
            })
        .toCompletableFuture()
        .join();
    assertThat(groups.committed()).containsOnlyKeys(new TopicPartition("other", 0));
  }
}
