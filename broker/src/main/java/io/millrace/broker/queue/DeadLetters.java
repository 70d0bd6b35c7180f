package io.millrace.broker.queue;

import io.millrace.core.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * What a queue does with messages that it gives up: it sends them to its dead letter exchange, and
 * forgets each once those who get it have it. Where dead letters must not get lost, one that nobody
 * takes stays in the queue's log and is offered again. Confined to the queue's mailbox.
 *
 * <p>Memory, for those that must not get lost: about 100 bytes for each that waits, and the bodies
 * of those that are on their way.
 */
final class DeadLetters {

  private static final int MOST_ON_THEIR_WAY = 256;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final MessageQueue from;
  private final QueueContents contents;
  private final Timer timer;
  private final Runnable whenDone;
  private final Queue<Dead> waiting = new ArrayDeque<>(0);
  private final MessageSum held = new MessageSum();
  private int onTheirWay;
  private Duration pause = FIRST_PAUSE;
  private boolean paused;

  private record Dead(QueuedMessage queued, DeathReason reason) {}

  /**
   * @param whenDone called in the mailbox when a message is done with later than {@link #giveUp}
   */
  DeadLetters(MessageQueue from, QueueContents contents, Timer timer, Runnable whenDone) {
    this.from = from;
    this.contents = contents;
    this.timer = timer;
    this.whenDone = whenDone;
  }

  /** Sends a message that never was in the queue. */
  void refuse(Message message) {
    from.host().deadLetter(from, message, DeathReason.MAXLEN, unused -> {});
  }

  /** Gives up a message that has been taken out of those that wait. */
  void giveUp(QueuedMessage queued, DeathReason reason) {
    if (from.options().deadLetterExchange() == null || from.isDeleted()) {
      contents.done(queued);
    } else if (from.options().deadLetterAtLeastOnce()) {
      waiting.add(new Dead(queued, reason));
      held.add(queued);
      goOn();
    } else {
      send(queued, reason, unused -> done(queued));
    }
  }

  /** Those that are kept until another queue has them. */
  QueueFigures.Sum held() {
    return held.now();
  }

  private void send(QueuedMessage queued, DeathReason reason, Consumer<Boolean> then) {
    from.host()
        .deadLetter(
            from,
            contents.messageOf(queued),
            reason,
            taken -> from.mailbox().execute(() -> then.accept(taken)));
  }

  private void done(QueuedMessage queued) {
    contents.done(queued);
    whenDone.run();
  }

  private void goOn() {
    while (!paused && onTheirWay < MOST_ON_THEIR_WAY && !waiting.isEmpty() && !from.isDeleted()) {
      Dead next = waiting.remove();
      onTheirWay++;
      send(next.queued, next.reason, taken -> sent(next, taken));
    }
  }

  private void sent(Dead dead, boolean taken) {
    onTheirWay--;
    if (taken) {
      pause = FIRST_PAUSE;
      held.remove(dead.queued);
      done(dead.queued);
      goOn();
      return;
    }
    waiting.add(dead);
    if (!paused) {
      paused = true;
      timer.after(
          pause,
          () ->
              from.mailbox()
                  .execute(
                      () -> {
                        paused = false;
                        goOn();
                      }));
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
  }
}
