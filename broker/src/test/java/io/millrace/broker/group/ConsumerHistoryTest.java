package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.Players.Player;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.TopicIdPartition;
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
 * Random histories of members that join, beat, give partitions back late, leave, go away, fall
 * silent and lose answers, while topics come, grow and go, time passes, the disk is slow and the
 * node restarts.
 */
class ConsumerHistoryTest {

  private static final int CLIENTS = 4;
  private static final String[] TOPICS = {"flights", "gates", "weather"};

  private final Groups groups = new Groups();
  private final Players<ConsumerHeartbeat.Answer, ConsumerClient> players =
      new Players<>(groups, this::isGone);

  private ConsumerHistoryTest start() {
    groups.topics.set("flights", 4);
    for (int i = 0; i < CLIENTS; i++) {
      players.add(new ConsumerClient(groups, "m" + i, i % 2 == 0 ? null : "instance-" + i));
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
    Player<ConsumerHeartbeat.Answer, ConsumerClient> player = players.get(step % CLIENTS);
    ConsumerClient client = player.client;
    switch (step / CLIENTS % 14) {
      case 0, 1, 2, 3, 4 -> players.beat(player);
      case 5 -> players.leave(player, -1);
      case 6 -> players.leave(player, client.instanceId == null ? -1 : -2);
      case 7 -> client.topics = new HashSet<>(List.of(TOPICS[step % 3], TOPICS[step / 3 % 3]));
      case 8 -> client.regex = step % 2 == 0 ? "" : step % 3 == 0 ? "[fg].*" : "w.*";
      case 9 -> client.assignor = step % 2 == 0 ? "range" : "uniform";
      case 10 -> changeTopics(step);
      case 11 -> players.pass(Duration.ofMillis(step));
      case 12 -> players.pass(Duration.ofSeconds(step % 25));
      default -> players.disk(step);
    }
    players.hearAll();
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

  private boolean isGone(ConsumerClient client) {
    return groups.describe().stream()
        .flatMap(group -> group.members().stream())
        .noneMatch(each -> each.memberId().equals(client.memberId));
  }

  // ---- what must hold after each step ----

  private void check() {
    Map<TopicIdPartition, String> owners = new HashMap<>();
    for (var player : players.all()) {
      for (TopicIdPartition each : player.client.owned) {
        assertThat(owners.put(each, player.client.memberId)).as("%s", each).isNull();
      }
    }
  }

  private void converge() {
    for (int round = 0; round < 12; round++) {
      groups.storage.force();
      for (var player : players.all()) {
        players.hear(player);
        players.beat(player);
        groups.storage.force();
        players.hear(player);
        check();
      }
      players.pass(Duration.ofSeconds(5));
    }
    groups.storage.force();
    assertThat(players.areAllAnswered()).isTrue();
    var group = players.get(0).client.describe();
    assertThat(group.state()).isEqualTo(GroupState.STABLE);
    Set<TopicIdPartition> all = new HashSet<>();
    for (var each : group.members()) {
      assertThat(each.member().current().assigned()).isEqualTo(each.target());
      assertThat(all).noneMatch(each.target()::contains);
      all.addAll(each.target());
    }
    for (var player : players.all()) {
      assertThat(player.member).isTrue();
      assertThat(player.client.owned).isEqualTo(player.client.told);
    }
  }
}
