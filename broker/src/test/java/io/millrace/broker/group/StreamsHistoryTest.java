package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.Players.Player;
import io.millrace.broker.group.streams.StreamsGroupDescription;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.TaskId;
import io.millrace.broker.group.streams.Tasks;
import io.millrace.broker.group.streams.Topologies;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Random histories of threads that join, beat, report how far their state has come, leave, go away,
 * fall silent, lose answers and run a newer topology, while topics grow and go, settings change,
 * time passes, the disk is slow and the node restarts.
 */
class StreamsHistoryTest {

  private static final int CLIENTS = 5;
  private static final long BEHIND = 1_000_000;

  private final Groups groups = new Groups();
  private final Players<StreamsHeartbeat.Answer, StreamsClient> players =
      new Players<>(groups, this::isGone);
  private int partitions = 3;
  private int topologyEpoch;

  private StreamsHistoryTest start() {
    makeTopics();
    for (int i = 0; i < CLIENTS; i++) {
      StreamsClient client =
          new StreamsClient(groups, "m" + i, "p" + i / 2, i % 2 == 0 ? null : "instance-" + i);
      client.tellsProgress = i < 4;
      players.add(client);
    }
    return this;
  }

  private void makeTopics() {
    for (String topic : List.of("flights", "app-by-airport-repartition", "app-counts-changelog")) {
      groups.topics.set(topic, partitions);
    }
  }

  @Property(tries = 1200)
  void noTaskHasTwoOwnersAndEveryHistoryEndsAtTheTarget(
      @ForAll @Size(min = 5, max = 150) List<@IntRange(min = 0, max = 10_000) Integer> history) {
    StreamsHistoryTest run = new StreamsHistoryTest().start();
    for (int step : history) {
      run.step(step);
      run.check();
    }
    run.converge();
  }

  private void step(int step) {
    Player<StreamsHeartbeat.Answer, StreamsClient> player = players.get(step % CLIENTS);
    StreamsClient client = player.client;
    switch (step / CLIENTS % 15) {
      case 0, 1, 2, 3, 4 -> beat(player);
      case 5 -> players.leave(player, -1);
      case 6 -> players.leave(player, client.instanceId == null ? -1 : -2);
      case 7 -> restore(client);
      case 8 -> configure(step);
      case 9 -> changeTopics(step);
      case 10 -> newTopology(player, step);
      case 11 -> players.pass(Duration.ofMillis(step));
      case 12 -> players.pass(Duration.ofSeconds(step % 40));
      case 13 -> players.disk(step);
      default -> player.waiting = null; // The answer is lost.
    }
    players.hearAll();
  }

  private void configure(int step) {
    groups.configs.put(
        Groups.GROUP,
        Map.of(
            "streams.num.standby.replicas", Integer.toString(step % 3),
            "streams.num.warmup.replicas", Integer.toString(step / 3 % 3)));
  }

  private void changeTopics(int step) {
    if (step % 3 == 0) {
      groups.topics.delete("flights");
    } else {
      partitions = 2 + step % 5;
      makeTopics();
    }
  }

  private void newTopology(Player<StreamsHeartbeat.Answer, StreamsClient> player, int step) {
    if (step % 2 == 0) {
      topologyEpoch++;
    }
    if (!player.member && player.waiting == null) {
      player.client.topology = Topologies.counting(topologyEpoch);
    }
  }

  /** All that it keeps in the background or is to take over has caught up. */
  private static void restore(StreamsClient client) {
    for (TaskId task : client.owned.warmup()) {
      client.offsets.put(task, BEHIND);
    }
    for (TaskId task : client.owned.standby()) {
      client.offsets.put(task, BEHIND);
    }
  }

  private void beat(Player<StreamsHeartbeat.Answer, StreamsClient> player) {
    if (player.waiting == null) {
      StreamsClient client = player.client;
      for (Set<TaskId> role : client.owned.roles()) {
        for (TaskId task : role) {
          client.offsets.putIfAbsent(task, 0L);
          client.ends.put(task, BEHIND);
        }
      }
      players.beat(player);
    }
  }

  private boolean isGone(StreamsClient client) {
    if (groups.describe().isEmpty()) {
      return true;
    }
    return client.describe().members().stream()
        .noneMatch(each -> each.member().id().equals(client.memberId));
  }

  // ---- what must hold after each step ----

  private void check() {
    Map<TaskId, String> owners = new HashMap<>();
    Set<String> inProcess = new HashSet<>();
    for (var player : players.all()) {
      StreamsClient client = player.client;
      for (TaskId each : client.owned.active()) {
        assertThat(owners.put(each, client.memberId)).as("%s has one owner", each).isNull();
      }
      for (Set<TaskId> role : client.owned.roles()) {
        for (TaskId each : role) {
          assertThat(inProcess.add(client.processId + " " + each))
              .as("%s once in %s", each, client.processId)
              .isTrue();
        }
      }
    }
  }

  private void converge() {
    groups.topics.set("flights", partitions);
    makeTopics();
    for (int round = 0; round < 40; round++) {
      groups.storage.force();
      for (var player : players.all()) {
        if (player.client.topology.epoch() < topologyEpoch) {
          // Whoever is told that its topology is old is replaced, sooner or later.
          players.leave(player, -1);
          player.client.topology = Topologies.counting(topologyEpoch);
        }
        players.hear(player);
        restore(player.client);
        beat(player);
        groups.storage.force();
        players.hear(player);
        check();
      }
      players.pass(Duration.ofSeconds(3));
    }
    groups.storage.force();
    assertThat(players.areAllAnswered()).isTrue();
    StreamsGroupDescription group = players.get(0).client.describe();
    assertThat(group.state()).isEqualTo(GroupState.STABLE);
    Set<TaskId> active = new HashSet<>();
    for (var each : group.members()) {
      Tasks assigned = each.member().current().assigned();
      assertThat(assigned).isEqualTo(each.target());
      assertThat(assigned.warmup()).isEmpty();
      assigned.active().forEach(task -> assertThat(active.add(task)).isTrue());
    }
    assertThat(active).hasSize(2 * partitions);
    for (var player : players.all()) {
      assertThat(player.member).isTrue();
      assertThat(player.client.owned)
          .isEqualTo(
              group.members().stream()
                  .filter(each -> each.member().id().equals(player.client.memberId))
                  .findFirst()
                  .orElseThrow()
                  .target());
    }
  }
}
