package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerError;
import io.millrace.broker.group.GroupCoordinator.JoinResult;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.GroupCoordinator.SyncResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.jspecify.annotations.Nullable;

/**
 * Random histories of several clients, static and dynamic ones, that join, ask for their work, send
 * heartbeats, leave, fall silent, while time passes, the disk is slow and the node restarts.
 */
class GroupHistoryTest {

  private static final int CLIENTS = 4;
  private static final Set<GroupState> OF_THE_NEW_PROTOCOL =
      EnumSet.of(GroupState.NOT_READY, GroupState.ASSIGNING, GroupState.RECONCILING);

  /** A client: what it knows of itself. */
  private static final class Client {
    final @Nullable String instanceId;
    String memberId = "";
    @Nullable JoinResult joined;
    @Nullable CompletableFuture<JoinResult> joining;
    @Nullable CompletableFuture<SyncResult> syncing;
    int life;

    Client(@Nullable String instanceId) {
      this.instanceId = instanceId;
    }
  }

  private final Groups groups = new Groups();
  private final List<Client> clients = new ArrayList<>();
  private final List<CompletableFuture<?>> calls = new ArrayList<>();
  private final Map<Integer, String> leaders = new HashMap<>();
  private int life;
  private int lastGeneration;

  @Property(tries = 1500)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void noHistoryBreaksAGroup(
      @ForAll @Size(min = 5, max = 120) List<@IntRange(min = 0, max = 10_000) Integer> history) {
    GroupHistoryTest run = new GroupHistoryTest();
    for (int i = 0; i < CLIENTS; i++) {
      run.clients.add(new Client(i % 2 == 0 ? null : "instance-" + i));
    }
    for (int step : history) {
      run.step(step);
      run.check();
      run.groups.describe().ifPresent(group -> Statistics.collect(group.state()));
    }
    run.end();
    Statistics.coverage(
        seen -> {
          for (GroupState state : GroupState.values()) {
            if (!OF_THE_NEW_PROTOCOL.contains(state) && state != GroupState.DEAD) {
              seen.check(state).count(count -> count > 100);
            }
          }
        });
  }

  private void step(int number) {
    Client client = clients.get(number % CLIENTS);
    switch (number / CLIENTS % 12) {
      case 0, 1, 2 -> join(client);
      case 3, 4, 5 -> sync(client);
      case 6 -> heartbeat(client);
      case 7 -> leave(client);
      case 8 -> groups.time.pass(Duration.ofMillis(number % 9_000));
      case 9 -> groups.time.pass(Duration.ofSeconds(number % 40));
      case 10 -> groups.storage.force();
      default -> {
        if (number % 5 == 0) {
          restart();
        } else if (number % 5 == 1) {
          groups.storage.slowDown();
        }
      }
    }
    clients.forEach(this::hear);
  }

  private void join(Client client) {
    if (client.joining == null) {
      client.joined = null;
      client.joining =
          groups.join(
              client.memberId,
              client.instanceId,
              client.instanceId == null,
              Groups.subscription("flights"));
      client.life = life;
      calls.add(client.joining);
    }
  }

  private void sync(Client client) {
    JoinResult joined = client.joined;
    if (joined != null && client.syncing == null) {
      boolean leads = joined.leader().equals(joined.memberId()) && !joined.skipAssignment();
      client.syncing =
          groups.sync(joined, client.instanceId, leads ? Groups.assignments(joined) : Map.of());
      calls.add(client.syncing);
    }
  }

  private void heartbeat(Client client) {
    JoinResult joined = client.joined;
    if (joined != null) {
      calls.add(
          groups.heartbeat(
              new MemberIdentity(
                  Groups.GROUP, joined.generation(), joined.memberId(), client.instanceId)));
    }
  }

  private void leave(Client client) {
    if (!client.memberId.isEmpty()) {
      calls.add(groups.leave(client.memberId, client.instanceId));
      client.memberId = "";
      client.joined = null;
    }
  }

  private void restart() {
    groups.storage.force();
    groups.restart();
    life++;
    lastGeneration = 0;
    leaders.clear();
  }

  /** Takes the answers that have come, as a client does. */
  private void hear(Client client) {
    CompletableFuture<JoinResult> joining = client.joining;
    if (joining != null && joining.isDone()) {
      client.joining = null;
      if (joining.isCompletedExceptionally()) {
        forgetIfUnknown(client, Groups.error(joining));
      } else {
        JoinResult joined = joining.join();
        client.memberId = joined.memberId();
        if (joined.generation() >= 0) {
          client.joined = joined;
          if (client.life == life && !joined.skipAssignment()) {
            leaders.putIfAbsent(joined.generation(), joined.leader());
          }
        }
      }
    }
    CompletableFuture<SyncResult> syncing = client.syncing;
    if (syncing != null && syncing.isDone()) {
      client.syncing = null;
      if (syncing.isCompletedExceptionally()) {
        forgetIfUnknown(client, Groups.error(syncing));
        client.joined = null;
      }
    }
  }

  private static void forgetIfUnknown(Client client, BrokerError error) {
    if (error == BrokerError.UNKNOWN_MEMBER || error == BrokerError.FENCED_INSTANCE_ID) {
      client.memberId = "";
      client.joined = null;
    }
  }

  // ---- what must hold after each step ----

  private void check() {
    groups.shard.inspect(
        group -> {
          assertThat(group.generation).isGreaterThanOrEqualTo(lastGeneration);
          lastGeneration = group.generation;
          assertThat(group.haveAllJoined())
              .isEqualTo(
                  group.promised.isEmpty()
                      && group.members().stream().allMatch(member -> member.joining != null));
          boolean leaderIsMember = group.leader != null && group.member(group.leader) != null;
          switch (group.state) {
            case STABLE -> {
              assertThat(leaderIsMember).isTrue();
              for (Member member : group.members()) {
                assertThat(member.joining).isNull();
                assertThat(member.syncing).isNull();
                assertThat(new String(member.assignment, StandardCharsets.UTF_8))
                    .startsWith(group.generation + ":");
              }
            }
            case COMPLETING_REBALANCE -> {
              assertThat(leaderIsMember).isTrue();
              assertThat(group.members()).allMatch(member -> member.joining == null);
              assertThat(group.phaseTimer).isNotNull();
            }
            case PREPARING_REBALANCE -> {
              assertThat(group.members()).allMatch(member -> member.syncing == null);
              assertThat(group.haveAllJoined()).isFalse();
              assertThat(group.phaseTimer).isNotNull();
            }
            case EMPTY -> assertThat(group.members()).isEmpty();
            case DEAD -> throw new AssertionError("a dead group is still listed");
            case NOT_READY, ASSIGNING, RECONCILING ->
                throw new AssertionError("a state of the new protocol");
          }
        });
  }

  private void end() {
    groups.storage.force();
    groups.time.pass(Duration.ofHours(1));
    groups.storage.force();
    assertThat(calls).allMatch(CompletableFuture::isDone);
    groups.describe().ifPresent(group -> assertThat(group.state()).isEqualTo(GroupState.EMPTY));
  }
}
