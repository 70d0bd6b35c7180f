package io.millrace.cdn.purge;

import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.TailReader;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic of purges: appends to it, and follows it on a thread of its own into a {@link
 * PurgeTable}. It is made by the first purge. Records are kept for {@link #RETENTION}; what an edge
 * has stored before the oldest of them, which it does not know, it uses no more.
 *
 * <p>A record's key is the purge; its value is empty, its timestamp the time of the order.
 */
public final class PurgeTopic implements AutoCloseable {

  /** Its name. */
  public static final String NAME = "__millrace_purges";

  /** How long purges are kept. */
  public static final Duration RETENTION = Duration.ofDays(30);

  private static final Logger LOG = LoggerFactory.getLogger(PurgeTopic.class);
  private static final int READ_BYTES = 1 << 20;
  private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();
  private static final ByteBuffer ORDER = ByteBuffer.allocate(0).asReadOnlyBuffer();
  private static final Map<String, String> SETTINGS =
      Map.of(
          "cleanup.policy",
          "compact,delete",
          "retention.ms",
          Long.toString(RETENTION.toMillis()),
          "segment.bytes",
          Integer.toString(16 << 20),
          "durability",
          "commit");

  private final Topics topics;
  private final PurgeTable table;
  private final Clock clock;
  private final Consumer<String> onSeries;
  private final Runnable onOther;
  private final Runnable onCaughtUp;
  private final Thread thread;
  private final List<Waiting> waiting = new ArrayList<>();
  private final TailReader tail = new TailReader(READ_BYTES);
  private @Nullable UUID followed;
  private Runnable cancelWait = () -> {};
  private long next;
  private boolean told;
  private volatile boolean closed;

  /** Somebody who waits until an offset has been applied. */
  private record Waiting(long offset, CompletableFuture<Long> applied) {}

  /**
   * Begins to follow the topic.
   *
   * @param topics of a broker that stays open until this is closed
   * @param onSeries told of each topic that is followed, by its id, before anything of it is
   *     applied; offsets are of this topic from then on
   * @param onOther called when the topic was made anew: marks of before say nothing any more
   * @param onCaughtUp called once all has been applied that was there at the start
   */
  public PurgeTopic(
      Topics topics,
      PurgeTable table,
      Clock clock,
      Consumer<String> onSeries,
      Runnable onOther,
      Runnable onCaughtUp) {
    this.topics = topics;
    this.table = table;
    this.clock = clock;
    this.onSeries = onSeries;
    this.onOther = onOther;
    this.onCaughtUp = onCaughtUp;
    this.thread = Thread.ofPlatform().daemon().name("edge-purges").start(this::run);
  }

  /**
   * Appends a purge. Any thread.
   *
   * @return its offset, once it is durable and in effect on this node
   */
  public CompletionStage<Long> purge(Purge purge) {
    Topic present = topics.find(NAME);
    CompletionStage<Topic> topic =
        present == null ? create() : CompletableFuture.completedStage(present);
    return topic.thenCompose(to -> append(to, purge)).thenCompose(this::applied);
  }

  private CompletionStage<Topic> create() {
    return topics
        .create(new NewTopic(NAME, 1, SETTINGS))
        .exceptionallyCompose(
            failure -> {
              // Two that came first at once: one of them made it.
              Topic made = topics.find(NAME);
              return made == null
                  ? CompletableFuture.failedStage(failure)
                  : CompletableFuture.completedStage(made);
            });
  }

  private static CompletionStage<Long> append(Topic topic, Purge purge) {
    RecordBatchBuilder batch = RecordBatchBuilder.create(Compression.NONE);
    batch.add(
        purge.timeMillis(),
        ByteBuffer.wrap(purge.recordKey().getBytes(StandardCharsets.UTF_8)),
        ORDER.duplicate(),
        List.of());
    CompletableFuture<Long> appended = new CompletableFuture<>();
    topic
        .partitions()
        .getFirst()
        .append(
            batch.build(),
            Partition.Acks.ALL,
            (info, failure) -> {
              if (info != null) {
                appended.complete(info.baseOffset());
              } else {
                appended.completeExceptionally(
                    failure == null
                        ? new IllegalStateException("neither written nor not")
                        : failure);
              }
            });
    return appended;
  }

  private CompletionStage<Long> applied(long offset) {
    CompletableFuture<Long> applied = new CompletableFuture<>();
    synchronized (waiting) {
      waiting.add(new Waiting(offset, applied));
    }
    LockSupport.unpark(thread);
    return applied;
  }

  private void run() {
    try (RecordCursor cursor = RecordCursor.create()) {
      while (!closed) {
        try {
          if (catchUp(cursor) && !told) {
            told = true;
            onCaughtUp.run();
          }
          tellApplied();
        } catch (RuntimeException e) {
          if (closed) {
            return;
          }
          LOG.error("Purges cannot be read; it is tried again", e);
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } finally {
      cancelWait.run();
    }
  }

  /** Applies all that is there. Returns whether nothing is left. */
  private boolean catchUp(RecordCursor cursor) {
    Topic topic = topics.find(NAME);
    if (topic == null) {
      return true;
    }
    Partition from = topic.partitions().getFirst();
    if (!topic.id().equals(followed)) {
      boolean other = followed != null;
      followed = topic.id();
      next = 0;
      if (other) {
        onOther.run();
        table.restart();
      }
      onSeries.accept(topic.id().toString());
    }
    cancelWait.run();
    if (from.startOffset() > next) {
      next = from.startOffset();
      table.forget(next);
    }
    while (next < from.highWatermark() && !closed) {
      long read = tail.read(from, next, cursor, this::apply);
      if (read == next) {
        return false;
      }
      next = read;
      table.passed(next);
    }
    cancelWait = from.whenPast(next, () -> LockSupport.unpark(thread));
    return true;
  }

  private void apply(RecordCursor at) {
    ByteBuffer key = at.key();
    if (key == null || at.value() == null) {
      return;
    }
    Purge purge =
        Purge.ofRecord(
            StandardCharsets.UTF_8.decode(key.duplicate()).toString(), at.timestampMillis());
    if (purge == null) {
      LOG.warn("{} has a record at {} that is passed over", NAME, at.offset());
    } else {
      table.apply(purge, at.offset());
    }
  }

  private void tellApplied() {
    List<Waiting> done = new ArrayList<>();
    synchronized (waiting) {
      for (Waiting each : waiting) {
        if (each.offset < next) {
          done.add(each);
        }
      }
      waiting.removeAll(done);
    }
    done.forEach(each -> each.applied.complete(each.offset));
  }

  /** The purges that count now. */
  public PurgeTable table() {
    return table;
  }

  /** When a purge is ordered that comes now, in milliseconds. */
  public long nowMillis() {
    return clock.millis();
  }

  /** Ends its thread; who still waits is told that it closes. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (waiting) {
      waiting.forEach(
          each -> each.applied.completeExceptionally(new IllegalStateException("the edge closes")));
      waiting.clear();
    }
  }
}
