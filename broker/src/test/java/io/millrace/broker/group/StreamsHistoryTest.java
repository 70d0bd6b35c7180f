package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerError;
import io.millrace.broker.group.streams.StreamsGroupDescription;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.TaskId;
import io.millrace.broker.group.streams.Tasks;
import io.millrace.broker.group.streams.Topologies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Random histories of threads that join, beat, report how far their state has come, leave, go away,
 * fall silent, lose answers and run a newer topology, while topics grow and go, settings change,
 * time passes, the disk is slow and the node restarts.
 */
class StreamsHistoryTest {

  private static final int CLIENTS = 5;
  private static final long BEHIND = 1_000_000;

  /** A client with the heartbeat that it waits for. */
  private static final class Player {
    final StreamsClient client;
    @Nullable CompletableFuture<StreamsHeartbeat.Answer> waiting;
    boolean member;

    Player(StreamsClient client) {
      this.client = client;
    }
  }

  private final Groups groups = new Groups();
  private final List<Player> players = new ArrayList<>();
  private final List<CompletableFuture<?>> calls = new ArrayList<>();
  private int partitions = 3;
  private int topologyEpoch;
  private int number;

  private StreamsHistoryTest start() {
    makeTopics();
    for (int i = 0; i < CLIENTS; i++) {
      StreamsClient client =
          new StreamsClient(groups, "m" + i, "p" + i / 2, i % 2 == 0 ? null : "instance-" + i);
      client.tellsProgress = i < 4;
      players.add(new Player(client));
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
    Player player = players.get(step % CLIENTS);
    StreamsClient client = player.client;
    switch (step / CLIENTS % 15) {
      case 0, 1, 2, 3, 4 -> beat(player);
      case 5 -> leave(player, -1);
      case 6 -> leave(player, client.instanceId == null ? -1 : -2);
      case 7 -> restore(client);
      case 8 -> configure(step);
      case 9 -> changeTopics(step);
      case 10 -> newTopology(player, step);
      case 11 -> pass(Duration.ofMillis(step));
      case 12 -> pass(Duration.ofSeconds(step % 40));
      case 13 -> disk(step);
      default -> player.waiting = null; // The answer is lost.
    }
    players.forEach(this::hear);
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

  private void newTopology(Player player, int step) {
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

  private void disk(int step) {
    switch (step % 3) {
      case 0 -> groups.storage.force();
      case 1 -> groups.storage.slowDown();
      default -> {
        groups.storage.force();
        groups.restart();
      }
    }
  }

  private void beat(Player player) {
    if (player.waiting == null) {
      StreamsClient client = player.client;
      for (Set<TaskId> role : client.owned.roles()) {
        for (TaskId task : role) {
          client.offsets.putIfAbsent(task, 0L);
          client.ends.put(task, BEHIND);
        }
      }
      player.waiting =
          player.member && number++ % 3 == 0 ? client.send(client.epoch, null) : client.send();
      calls.add(player.waiting);
    }
  }

  private void leave(Player player, int how) {
    if (player.member) {
      calls.add(player.client.send(how, null));
      player.client.forget();
      player.member = false;
      player.waiting = null;
      player.client.memberId += "x";
    }
  }

  private void pass(Duration time) {
    groups.time.pass(time);
    for (Player player : players) {
      // Who has lost its place finds out by its own clock, before anybody else gets what it had; an
      // answer that comes later than that is none to it.
      if ((player.member || player.waiting != null) && isGone(player)) {
        player.client.forget();
        player.member = false;
        player.waiting = null;
      }
    }
  }

  private boolean isGone(Player player) {
    if (groups.describe().isEmpty()) {
      return true;
    }
    return player.client.describe().members().stream()
        .noneMatch(each -> each.member().id().equals(player.client.memberId));
  }

  private void hear(Player player) {
    CompletableFuture<StreamsHeartbeat.Answer> waiting = player.waiting;
    if (waiting == null || !waiting.isDone()) {
      return;
    }
    player.waiting = null;
    StreamsClient client = player.client;
    if (!waiting.isCompletedExceptionally()) {
      player.member = true;
      client.take(waiting.join());
      return;
    }
    BrokerError error = Groups.error(waiting);
    if (error == BrokerError.UNKNOWN_MEMBER
        || error == BrokerError.FENCED_MEMBER_EPOCH
        || error == BrokerError.FENCED_INSTANCE_ID
        || error == BrokerError.GROUP_NOT_FOUND) {
      client.forget();
      player.member = false;
    }
  }

  // ---- what must hold after each step ----

  private void check() {
    Map<TaskId, String> owners = new HashMap<>();
    Set<String> inProcess = new HashSet<>();
    for (Player player : players) {
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
      for (Player player : players) {
        if (player.client.topology.epoch() < topologyEpoch) {
          // Whoever is told that its topology is old is replaced, sooner or later.
          leave(player, -1);
          player.client.topology = Topologies.counting(topologyEpoch);
        }
        hear(player);
        restore(player.client);
        beat(player);
        groups.storage.force();
        hear(player);
        check();
      }
      pass(Duration.ofSeconds(3));
    }
    groups.storage.force();
    assertThat(calls).allMatch(CompletableFuture::isDone);
    StreamsGroupDescription group = players.getFirst().client.describe();
    assertThat(group.state()).isEqualTo(GroupState.STABLE);
    Set<TaskId> active = new HashSet<>();
    for (var each : group.members()) {
      Tasks assigned = each.member().current().assigned();
      assertThat(assigned).isEqualTo(each.target());
      assertThat(assigned.warmup()).isEmpty();
      assigned.active().forEach(task -> assertThat(active.add(task)).isTrue());
    }
    assertThat(active).hasSize(2 * partitions);
    for (Player player : players) {
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
