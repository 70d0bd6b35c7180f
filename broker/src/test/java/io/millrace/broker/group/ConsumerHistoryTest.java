package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerError;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.TopicIdPartition;
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
 * Random histories of members that join, beat, give partitions back late, leave, go away, fall
 * silent and lose answers, while topics come, grow and go, time passes, the disk is slow and the
 * node restarts.
 */
class ConsumerHistoryTest {

  private static final int CLIENTS = 4;
  private static final String[] TOPICS = {"flights", "gates", "weather"};

  /** A client with the heartbeat that it waits for. */
  private static final class Player {
    final ConsumerClient client;
    @Nullable CompletableFuture<ConsumerHeartbeat.Answer> waiting;
    boolean member;

    Player(ConsumerClient client) {
      this.client = client;
    }
  }

  private final Groups groups = new Groups();
  private final List<Player> players = new ArrayList<>();
  private final List<CompletableFuture<?>> calls = new ArrayList<>();
  private int number;

  private ConsumerHistoryTest start() {
    groups.topics.set("flights", 4);
    for (int i = 0; i < CLIENTS; i++) {
      players.add(
          new Player(new ConsumerClient(groups, "m" + i, i % 2 == 0 ? null : "instance-" + i)));
    }
    return this;
  }

  @Property(tries = 1500)
  void noPartitionHasTwoOwnersAndEveryHistoryEndsAtTheTarget(
      @ForAll @Size(min = 5, max = 150) List<@IntRange(min = 0, max = 10_000) Integer> history) {
    ConsumerHistoryTest run = new ConsumerHistoryTest().start();
    for (int step : history) {
      run.step(step);
      run.check();
    }
    run.converge();
  }

  private void step(int step) {
    Player player = players.get(step % CLIENTS);
    ConsumerClient client = player.client;
    switch (step / CLIENTS % 14) {
      case 0, 1, 2, 3, 4 -> beat(player);
      case 5 -> leave(player, -1);
      case 6 -> leave(player, client.instanceId == null ? -1 : -2);
      case 7 -> client.topics = new HashSet<>(List.of(TOPICS[step % 3], TOPICS[step / 3 % 3]));
      case 8 -> client.regex = step % 2 == 0 ? "" : step % 3 == 0 ? "[fg].*" : "w.*";
      case 9 -> client.assignor = step % 2 == 0 ? "range" : "uniform";
      case 10 -> changeTopics(step);
      case 11 -> pass(Duration.ofMillis(step));
      case 12 -> pass(Duration.ofSeconds(step % 25));
      default -> disk(step);
    }
    players.forEach(this::hear);
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

  private void changeTopics(int step) {
    String topic = TOPICS[step / 7 % 3];
    if (step % 4 == 0) {
      groups.topics.delete(topic);
    } else {
      var shape = groups.topics.image().shape(topic);
      groups.topics.set(topic, (shape == null ? 0 : shape.partitions()) + 1 + step % 3);
    }
  }

  private void beat(Player player) {
    if (player.waiting == null) {
      ConsumerClient client = player.client;
      player.waiting = player.member && number++ % 3 == 0 ? client.sendNothingNew() : client.send();
      calls.add(player.waiting);
    }
  }

  private void leave(Player player, int how) {
    if (player.member) {
      calls.add(player.client.send(how, null, null, null));
      player.client.forget();
      player.member = false;
      player.waiting = null;
      player.client.memberId += "x";
    }
  }

  /** Clients beat as time passes, but for those that a history leaves silent. */
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
    return groups.describe().stream()
        .flatMap(group -> group.members().stream())
        .noneMatch(each -> each.memberId().equals(player.client.memberId));
  }

  private void hear(Player player) {
    CompletableFuture<ConsumerHeartbeat.Answer> waiting = player.waiting;
    if (waiting == null || !waiting.isDone()) {
      return;
    }
    player.waiting = null;
    ConsumerClient client = player.client;
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
    Map<TopicIdPartition, String> owners = new HashMap<>();
    for (Player player : players) {
      for (TopicIdPartition each : player.client.owned) {
        assertThat(owners.put(each, player.client.memberId)).as("%s", each).isNull();
      }
    }
  }

  private void converge() {
    for (int round = 0; round < 12; round++) {
      groups.storage.force();
      for (Player player : players) {
        hear(player);
        beat(player);
        groups.storage.force();
        hear(player);
        check();
      }
      pass(Duration.ofSeconds(5));
    }
    groups.storage.force();
    assertThat(calls).allMatch(CompletableFuture::isDone);
    var group = players.getFirst().client.describe();
    assertThat(group.state()).isEqualTo(GroupState.STABLE);
    Set<TopicIdPartition> all = new HashSet<>();
    for (var each : group.members()) {
      assertThat(each.member().current().assigned()).isEqualTo(each.target());
      assertThat(all).noneMatch(each.target()::contains);
      all.addAll(each.target());
    }
    for (Player player : players) {
      assertThat(player.member).isTrue();
      assertThat(player.client.owned).isEqualTo(player.client.told);
    }
  }
}
