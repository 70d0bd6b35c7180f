package io.millrace.schema;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.schema.record.RegistryRecord;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns a registry's state. It makes the writes one after the other: each is
 * decided by all that was written before, appended, forced to disk, applied, and then answered. In
 * between it applies what others append to the topic.
 */
final class RegistryOwner implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryOwner.class);
  private static final int MOST_WAITING = 1000;
  private static final long PATIENCE_SECONDS = 60;

  private final RegistryState state = new RegistryState();
  private final RegistryTopic topic;
  private final BlockingQueue<Task> queue = new LinkedBlockingQueue<>(MOST_WAITING);
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Thread thread;
  private volatile boolean closing;

  /**
   * What a write comes to.
   *
   * @param records none when nothing has to change
   */
  record Decision<T>(List<RegistryRecord> records, T answer) {}

  /** Decides a write. On the registry's thread: must be quick, and must not block. */
  @FunctionalInterface
  interface Decider<T> {
    /**
     * @throws RegistryException to refuse it
     */
    Decision<T> decide(RegistryState state);
  }

  /** Something for the thread to do. */
  private sealed interface Task {}

  /** Applies what is new. */
  private record Follow(@Nullable CompletableFuture<Boolean> done) implements Task {}

  /** Ends the thread. */
  private record Stop() implements Task {}

  private record Write<T>(Decider<T> decider, CompletableFuture<T> answer) implements Task {}

  RegistryOwner(Topics topics, RegistrySettings settings, Clock clock) {
    topic = new RegistryTopic(topics, settings.topic(), clock, state, this::wake);
    thread = Thread.ofPlatform().daemon().name("schema-registry").start(this::run);
    wake();
  }

  /** The state, once it is that of the topic. Any thread; waits for the first read of the topic. */
  RegistryState state() throws InterruptedException {
    if (!topic.isFollowed()) {
      CompletableFuture<Boolean> done = new CompletableFuture<>();
      submit(new Follow(done));
      await(done);
    }
    return state;
  }

  /** Makes a write, and waits for it. Any thread but the registry's own. */
  <T> T write(Decider<T> decider) throws InterruptedException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    submit(new Write<>(decider, answer));
    return await(answer);
  }

  private void submit(Task task) {
    if (closing) {
      throw closed();
    }
    if (!queue.offer(task)) {
      throw new RegistryException(
          RegistryError.STORAGE, MOST_WAITING + " writes wait for the registry already");
    }
    // The thread may have taken its last look before the task was there.
    if (closing && queue.remove(task)) {
      throw closed();
    }
  }

  private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw refusal(e);
    } catch (TimeoutException e) {
      throw new RegistryException(
          RegistryError.TIMEOUT, "The registry did not answer within " + PATIENCE_SECONDS + " s");
    }
  }

  private static RuntimeException refusal(ExecutionException e) {
    if (e.getCause() instanceof RegistryException refused) {
      return refused;
    }
    return e.getCause() instanceof BrokerException refused
        ? new RegistryException(
            RegistryError.STORAGE, "The registry's topic cannot be used: " + refused.getMessage())
        : new IllegalStateException(e);
  }

  /** Any thread; many calls before the next look at the topic come to one. */
  private void wake() {
    if (!closing && !woken.getAndSet(true) && !queue.offer(new Follow(null))) {
      // Whoever waits in the queue has the topic read too.
      woken.set(false);
    }
  }

  private void run() {
    try {
      while (!closing) {
        switch (queue.take()) {
          case Follow follow -> follow(follow);
          case Write<?> write -> make(write);
          case Stop unused -> {
            // The loop ends.
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("The registry's thread was interrupted while closing");
    } finally {
      refuseRest();
    }
  }

  private void follow(Follow follow) {
    if (follow.done() == null) {
      woken.set(false);
    }
    try {
      topic.catchUp();
      if (follow.done() != null) {
        follow.done().complete(true);
      }
    } catch (RuntimeException e) {
      if (follow.done() != null) {
        follow.done().completeExceptionally(e);
      } else {
        LOG.warn("The registry's topic cannot be read: {}", e.getMessage());
      }
    }
  }

  private <T> void make(Write<T> write) throws InterruptedException {
    try {
      topic.catchUp();
      Decision<T> decision = write.decider().decide(state);
      if (!decision.records().isEmpty()) {
        topic.write(decision.records());
      }
      write.answer().complete(decision.answer());
    } catch (RegistryException | BrokerException e) {
      write.answer().completeExceptionally(e);
    } catch (RuntimeException e) {
      LOG.error("A write to the registry failed", e);
      write.answer().completeExceptionally(e);
    } catch (InterruptedException e) {
      write.answer().completeExceptionally(closed());
      throw e;
    }
  }

  private void refuseRest() {
    for (Task task = queue.poll(); task != null; task = queue.poll()) {
      if (task instanceof Write<?> write) {
        write.answer().completeExceptionally(closed());
      } else if (task instanceof Follow follow && follow.done() != null) {
        follow.done().completeExceptionally(closed());
      }
    }
  }

  private static RegistryException closed() {
    return new RegistryException(RegistryError.STORAGE, "The registry is closing");
  }

  /** Ends the thread; what waits is refused. */
  @Override
  public void close() {
    closing = true;
    // A full queue holds tasks that end the wait as well.
    boolean unused = queue.offer(new Stop());
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    refuseRest();
    topic.close();
  }
}
