package io.millrace.streams.job;

import io.millrace.broker.topic.Partition.Acks;
import io.millrace.streams.connector.BatchAppends;
import io.millrace.streams.connector.OutgoingBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes one epoch after another durable and visible, while the job works on the next one. Each
 * phase begins when all appends of the one before are acknowledged:
 *
 * <pre>
 *   begin → EARLY_OUTPUT  output that promises less than exactly once is appended
 *   seal  → CHECKPOINT    the epoch's record, with the output that promises it, is appended
 *         → OUTPUT        that output is appended to its topics
 *         → NONE
 * </pre>
 *
 * <p>A crash before the record is complete is as if the epoch had not begun; after it, the
 * restarted job appends the output again under the same producer id and sequence numbers, by which
 * the broker drops what it has. Confined to the job's thread.
 */
final class Publication {

  /** Parts of a record that are held in memory before they are appended. */
  private static final int PARTS_HELD = 16;

  private enum Phase {
    NONE,
    EARLY_OUTPUT,
    CHECKPOINT,
    OUTPUT
  }

  private final BatchAppends appends;
  private final JobSleep sleep;
  private final Runnable whileWaiting;
  private Phase phase = Phase.NONE;
  private List<OutgoingBatch> parts = List.of();
  private List<OutgoingBatch> output = List.of();

  /**
   * @param whileWaiting run whenever the job is about to sleep until something is acknowledged
   */
  Publication(BatchAppends appends, JobSleep sleep, Runnable whileWaiting) {
    this.appends = appends;
    this.sleep = sleep;
    this.whileWaiting = whileWaiting;
  }

  /** Begins with what need not wait for the record; the epoch before must be done. */
  void begin(List<OutgoingBatch> early, Acks acks) {
    if (phase != Phase.NONE) {
      throw new IllegalStateException("an epoch is being published");
    }
    phase = Phase.EARLY_OUTPUT;
    parts = new ArrayList<>();
    appends.start(early, acks);
  }

  /** Takes a part of the record; waits when many are held, so that memory stays bounded. */
  void takePart(OutgoingBatch part) {
    if (parts.size() == PARTS_HELD) {
      awaitAppends();
      appends.start(parts, Acks.ALL);
      awaitAppends();
      parts = new ArrayList<>();
    }
    parts.add(part);
  }

  /** Says that the record is whole, and what is to be published after it. */
  void seal(List<OutgoingBatch> output) {
    this.output = output;
    advance();
  }

  /** Goes as far as answers allow; returns whether no epoch is being published any more. */
  boolean advance() {
    while (phase != Phase.NONE && appends.advance()) {
      switch (phase) {
        case EARLY_OUTPUT -> {
          phase = Phase.CHECKPOINT;
          appends.start(parts, Acks.ALL);
        }
        case CHECKPOINT -> {
          phase = Phase.OUTPUT;
          parts = List.of();
          appends.start(output, Acks.ALL);
        }
        case OUTPUT, NONE -> {
          phase = Phase.NONE;
          output = List.of();
        }
      }
    }
    return phase == Phase.NONE;
  }

  /** Sleeps until no epoch is being published; throws when the job is cancelled meanwhile. */
  void await() {
    while (!advance()) {
      awaitAnswer();
    }
  }

  private void awaitAppends() {
    while (!appends.advance()) {
      awaitAnswer();
    }
  }

  private void awaitAnswer() {
    sleep.checkCancelled();
    whileWaiting.run();
    sleep.sleep(appends.nanosUntilRetry());
  }

  /** What holds the appends up, such as a full disk, or null. */
  @Nullable String waitingFor() {
    return appends.waitingFor();
  }

  /** Nanoseconds until {@link #advance} may go on by time alone. */
  long nanosUntilRetry() {
    return appends.nanosUntilRetry();
  }
}
