package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The clients of a random history, each with the heartbeat that it waits for. */
final class Players<A, C extends HeartbeatClient<A>> {

  /** One of them. */
  static final class Player<A, C extends HeartbeatClient<A>> {
    final C client;
    @Nullable CompletableFuture<A> waiting;
    boolean member;

    Player(C client) {
      this.client = client;
    }
  }

  private final Groups groups;
  private final Predicate<C> isGone;
  private final List<Player<A, C>> all = new ArrayList<>();
  private final List<CompletableFuture<?>> calls = new ArrayList<>();
  private int number;

  /**
   * @param isGone whether the group knows nothing of a client
   */
  Players(Groups groups, Predicate<C> isGone) {
    this.groups = groups;
    this.isGone = isGone;
  }

  void add(C client) {
    all.add(new Player<>(client));
  }

  List<Player<A, C>> all() {
    return all;
  }

  Player<A, C> get(int index) {
    return all.get(index);
  }

  boolean areAllAnswered() {
    return calls.stream().allMatch(CompletableFuture::isDone);
  }

  void beat(Player<A, C> player) {
    if (player.waiting == null) {
      CompletableFuture<A> answer =
          player.member && number++ % 3 == 0
              ? player.client.sendNothingNew()
              : player.client.send();
      player.waiting = answer;
      calls.add(answer);
    }
  }

  void leave(Player<A, C> player, int how) {
    if (player.member) {
      calls.add(player.client.sendLeaving(how));
      player.member = false;
      player.waiting = null;
    }
  }

  /** Clients beat as time passes, but for those that a history leaves silent. */
  void pass(Duration time) {
    groups.time.pass(time);
    for (Player<A, C> player : all) {
      // Who has lost its place finds out by its own clock, before anybody else gets what it had; an
      // answer that comes later than that is none to it.
      if ((player.member || player.waiting != null) && isGone.test(player.client)) {
        player.client.forget();
        player.member = false;
        player.waiting = null;
      }
    }
  }

  void hearAll() {
    all.forEach(this::hear);
  }

  void hear(Player<A, C> player) {
    CompletableFuture<A> waiting = player.waiting;
    if (waiting == null || !waiting.isDone()) {
      return;
    }
    player.waiting = null;
    if (!waiting.isCompletedExceptionally()) {
      player.member = true;
      player.client.take(waiting.join());
      return;
    }
    BrokerError error = Groups.error(waiting);
    if (error == BrokerError.UNKNOWN_MEMBER
        || error == BrokerError.FENCED_MEMBER_EPOCH
        || error == BrokerError.FENCED_INSTANCE_ID
        || error == BrokerError.GROUP_NOT_FOUND) {
      player.client.forget();
      player.member = false;
    }
  }

  /** The disk forces, becomes slow, or the node restarts. */
  void disk(int step) {
    switch (step % 3) {
      case 0 -> groups.storage.force();
      case 1 -> groups.storage.slowDown();
      default -> {
        groups.storage.force();
        groups.restart();
      }
    }
  }
}
