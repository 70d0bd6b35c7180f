package io.millrace.broker.metadata;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.metadata.MetadataRecord.Leadership;
import io.millrace.core.Clock;
import io.millrace.log.LogException;
import io.millrace.log.LogStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the changes of the node's metadata, one after the other, on a thread of its own: decides,
 * appends, waits for the disk, lets the change take effect, answers. Changes that wait at the same
 * time share one force to disk.
 */
public final class Controller implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
  private static final int MOST_WAITING = 10_000;
  private static final int MOST_AT_ONCE = 256;

  private final MetadataLog log;
  private final MetadataState state = new MetadataState();
  private final BlockingQueue<Task> queue = new LinkedBlockingQueue<>(MOST_WAITING);
  private final int leaderEpoch;
  private @Nullable Thread thread;
  private volatile boolean closing;

  /** Something to do on the controller's thread. */
  private sealed interface Task {}

  /** Compacts the log. */
  private record Clean() implements Task {}

  /** Ends the thread. */
  private record Stop() implements Task {}

  /** A change with the one who waits for it. */
  private record Change<T>(
      Function<MetadataState, List<MetadataRecord>> decide,
      Supplier<T> effect,
      CompletableFuture<T> answer)
      implements Task {

    void takeEffect() {
      try {
        answer.complete(effect.get());
      } catch (RuntimeException e) {
        fail(e);
      }
    }

    void fail(RuntimeException failure) {
      if (!(failure instanceof BrokerException)) {
        LOG.error("A change of the metadata failed", failure);
      }
      answer.completeExceptionally(failure);
    }
  }

  /**
   * Opens the log, reads it, and takes the lead anew: in the epoch of before when the node ended
   * cleanly, else in the next one, since records that were seen then may be lost now.
   */
  public Controller(LogStore store, Clock clock) {
    log = new MetadataLog(store, clock);
    try {
      replay();
      Leadership before = state.leadership();
      leaderEpoch =
          before == null ? 0 : before.endedCleanly() ? before.epoch() : before.epoch() + 1;
      write(List.of(new Leadership(leaderEpoch, false)));
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  private void replay() {
    try {
      log.replay(state::apply);
    } catch (IllegalArgumentException | LogException e) {
      throw new BrokerException(
          BrokerError.STORAGE,
          "the metadata in " + MetadataLog.NAME + " cannot be read: " + e.getMessage());
    }
  }

  /** The epoch in which this node leads all its partitions. */
  public int leaderEpoch() {
    return leaderEpoch;
  }

  /** How far the log goes; any thread. */
  public MetadataLogEnd logEnd() {
    return new MetadataLogEnd(leaderEpoch, log.endOffset());
  }

  /** The state; for the controller's thread, or whoever has not yet called {@link #start}. */
  public MetadataState state() {
    return state;
  }

  /** Appends records and waits for the disk, for use before {@link #start} only. */
  public void write(List<MetadataRecord> records) {
    log.append(records);
    records.forEach(state::apply);
    awaitDisk();
  }

  /** Starts the thread. */
  public void start() {
    thread = Thread.ofPlatform().daemon().name("broker-controller").start(this::run);
  }

  /**
   * Makes a change; any thread.
   *
   * @param decide answers the records that the change consists of, or throws a {@link
   *     BrokerException}; runs on the controller's thread
   * @param effect what follows once they are on disk; runs on the controller's thread, where it may
   *     call {@link #append}
   */
  public <T> CompletionStage<T> change(
      Function<MetadataState, List<MetadataRecord>> decide, Supplier<T> effect) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Change<T> change = new Change<>(decide, effect, answer);
    if (closing) {
      answer.completeExceptionally(closingDown());
    } else if (!queue.offer(change)) {
      answer.completeExceptionally(
          new BrokerException(
              BrokerError.OVERLOADED,
              MOST_WAITING + " changes of the metadata are waiting already"));
    } else if (closing && queue.remove(change)) {
      // The thread may have taken its last look before the change was there.
      answer.completeExceptionally(closingDown());
    }
    return answer;
  }

  /** Appends records that follow from a change, without a wait for the disk; from effects only. */
  public void append(List<MetadataRecord> records) {
    log.append(records);
    records.forEach(state::apply);
  }

  /** Has the log compacted when the thread comes to it. */
  public void clean() {
    if (!queue.offer(new Clean())) {
      LOG.debug("The metadata log is compacted another time; the controller is busy");
    }
  }

  private void run() {
    List<Task> tasks = new ArrayList<>();
    boolean stopped = false;
    try {
      while (!stopped) {
        tasks.add(queue.take());
        queue.drainTo(tasks, MOST_AT_ONCE - 1);
        stopped = tasks.stream().anyMatch(Stop.class::isInstance);
        make(tasks);
        tasks.clear();
      }
      queue.drainTo(tasks);
      make(tasks);
    } catch (InterruptedException e) {
      LOG.error("The controller was interrupted; the metadata cannot change any more", e);
    }
  }

  private void make(List<Task> tasks) throws InterruptedException {
    List<Change<?>> decided = new ArrayList<>();
    for (Task task : tasks) {
      switch (task) {
        case Change<?> change -> {
          if (decide(change)) {
            decided.add(change);
          }
        }
        case Clean unused -> cleanLog();
        case Stop unused -> {
          // The last changes are made, and the thread ends.
        }
      }
    }
    if (decided.isEmpty()) {
      return;
    }
    try {
      log.awaitDurable();
    } catch (BrokerException e) {
      decided.forEach(change -> change.fail(e));
      return;
    }
    decided.forEach(Change::takeEffect);
  }

  private boolean decide(Change<?> change) {
    try {
      List<MetadataRecord> records = change.decide().apply(state);
      if (!records.isEmpty()) {
        append(records);
      }
      return true;
    } catch (RuntimeException e) {
      change.fail(e);
      return false;
    }
  }

  private void cleanLog() {
    try {
      log.clean();
    } catch (LogException e) {
      LOG.warn("The metadata log could not be compacted: {}", e.getMessage());
    }
  }

  private void awaitDisk() {
    try {
      log.awaitDurable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw closingDown();
    }
  }

  private static BrokerException closingDown() {
    return new BrokerException(BrokerError.CLOSING, "the node is closing");
  }

  /** Ends the thread after the changes that wait. The log stays open for {@link #endCleanly}. */
  public void stop() {
    closing = true;
    Thread running = thread;
    if (running == null) {
      return;
    }
    try {
      queue.put(new Stop());
      running.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Notes that all partitions have been closed in order; after {@link #stop}. */
  public void endCleanly() {
    write(List.of(new Leadership(leaderEpoch, true)));
  }

  /** Closes the log. */
  @Override
  public void close() {
    stop();
    log.close();
  }
}
