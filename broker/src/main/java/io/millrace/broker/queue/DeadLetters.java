package io.millrace.broker.queue;

import io.millrace.core.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * The messages that a queue has given up and that nobody else has taken yet, of a queue whose dead
 * letters must not get lost: they stay in its log, and are offered again until another queue takes
 * them. Confined to the queue's mailbox.
 *
 * <p>Memory: about 100 bytes for each, and the bodies of those that are on their way.
 */
final class DeadLetters {

  private static final int MOST_ON_THEIR_WAY = 256;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Way way;
  private final Timer timer;
  private final Queue<Dead> waiting = new ArrayDeque<>();
  private int onTheirWay;
  private Duration pause = FIRST_PAUSE;
  private boolean paused;

  private record Dead(QueuedMessage queued, DeathReason reason) {}

  /** How a message goes. */
  interface Way {

    /** Sends one on; {@code taken} is told in the mailbox whether another queue has it. */
    void send(QueuedMessage queued, DeathReason reason, Consumer<Boolean> taken);

    /** Has {@link #goOn} called in the mailbox. */
    void callLater(Runnable task);
  }

  DeadLetters(Way way, Timer timer) {
    this.way = way;
    this.timer = timer;
  }

  void add(QueuedMessage queued, DeathReason reason) {
    waiting.add(new Dead(queued, reason));
    goOn();
  }

  private void goOn() {
    while (!paused && onTheirWay < MOST_ON_THEIR_WAY && !waiting.isEmpty()) {
      Dead next = waiting.remove();
      onTheirWay++;
      way.send(next.queued, next.reason, taken -> sent(next, taken));
    }
  }

  private void sent(Dead dead, boolean taken) {
    onTheirWay--;
    if (taken) {
      pause = FIRST_PAUSE;
      goOn();
      return;
    }
    waiting.add(dead);
    if (!paused) {
      paused = true;
      timer.after(
          pause,
          () ->
              way.callLater(
                  () -> {
                    paused = false;
                    goOn();
                  }));
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
  }
}
