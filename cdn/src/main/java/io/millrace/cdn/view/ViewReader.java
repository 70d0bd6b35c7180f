package io.millrace.cdn.view;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.log.LogException;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a view: reads its topics' partitions, keeps the state, publishes. It sleeps
 * until a partition has something new, a change is due, or a full event loop has room again.
 */
final class ViewReader implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(ViewReader.class);

  private static final long LOOK_FOR_MISSING_NANOS = Duration.ofMillis(200).toNanos();
  private static final long LOOK_FOR_MORE_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long AFTER_FAILURE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Topics topics;
  private final TopicViewSettings settings;
  private final Clock clock;
  private final ViewState state;
  private final ViewFigures figures;
  private final LiveStreams streams;
  private final List<PartitionReader> partitions = new ArrayList<>();
  private final @Nullable UUID[] found;
  private final int[] partitionsFound;
  private final Thread thread;
  private ByteBuffer buffer = ByteBuffer.allocate(256 * 1024);
  private long lookNanos;
  private boolean failing;
  private volatile boolean signalled;
  private volatile boolean closed;
  private volatile boolean caughtUp;

  ViewReader(
      Topics topics,
      TopicViewSettings settings,
      Clock clock,
      ViewState state,
      ViewFigures figures) {
    this.topics = topics;
    this.settings = settings;
    this.clock = clock;
    this.state = state;
    this.figures = figures;
    this.streams = new LiveStreams(state, figures, settings.replayEvents(), this::wake);
    this.found = new @Nullable UUID[settings.topics().size()];
    this.partitionsFound = new int[found.length];
    this.lookNanos = clock.nanos();
    this.thread =
        Thread.ofPlatform().daemon().name("edge-view" + settings.pathPrefix()).unstarted(this);
  }

  void start() {
    thread.start();
  }

  LiveStreams streams() {
    return streams;
  }

  /** Whether what was in the topics at the start has been published. */
  boolean isCaughtUp() {
    return caughtUp;
  }

  /** Lets the thread look around; any thread. */
  void wake() {
    signalled = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    try (RecordCursor cursor = RecordCursor.create()) {
      while (!closed) {
        signalled = false;
        try {
          sleepUntil(round(cursor));
        } catch (RuntimeException e) {
          figures.failures.increment();
          LOG.error("The view {} failed; it goes on", settings.pathPrefix(), e);
          LockSupport.parkNanos(AFTER_FAILURE_NANOS);
        }
      }
    } finally {
      partitions.forEach(PartitionReader::close);
      streams.close();
    }
  }

  /** Reads every partition once and publishes. Returns when to do so next at the latest. */
  private long round(RecordCursor cursor) {
    long now = clock.nanos();
    if (lookNanos - now <= 0) {
      look(now);
    }
    boolean more = false;
    boolean behind = false;
    for (PartitionReader partition : partitions) {
      if (partition.isReady(now)) {
        read(partition, cursor, now);
        more |= partition.isReady(now);
      }
      behind |= !partition.isCaughtUp();
    }
    long due = publish();
    if (!behind && due - clock.nanos() > 0) {
      caughtUp = true;
    }
    return more ? now : Math.min(due, lookNanos);
  }

  /** A partition that fails is left alone for a second; the others go on. */
  private void read(PartitionReader partition, RecordCursor cursor, long now) {
    try {
      buffer = partition.read(cursor, buffer, this::take);
      failing = false;
    } catch (BrokerException | LogException e) {
      figures.failures.increment();
      if (!failing) {
        LOG.warn("The view {} cannot read; it tries again", settings.pathPrefix(), e);
      }
      failing = true;
      partition.rest(now + AFTER_FAILURE_NANOS);
      lookNanos = now + AFTER_FAILURE_NANOS;
    }
  }

  private void take(int member, RecordCursor record) {
    ByteBuffer keyBytes = record.key();
    ByteBuffer value = record.value();
    String key =
        keyBytes == null
                || !keyBytes.hasRemaining()
                || keyBytes.remaining() > settings.maxKeyBytes()
            ? null
            : RecordValue.text(keyBytes);
    if (key == null || (value != null && value.remaining() > settings.maxValueBytes())) {
      figures.skipped.increment();
    } else if (value == null) {
      state.apply(member, key, null);
    } else {
      byte[] json = json(value);
      if (json == null) {
        figures.skipped.increment();
      } else {
        state.apply(member, key, json);
      }
    }
  }

  private byte @Nullable [] json(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.get(value.position(), bytes);
    if (RecordValue.isJson(bytes)) {
      return RecordValue.onOneLine(bytes);
    }
    String text = RecordValue.text(value);
    if (text == null) {
      return null;
    }
    figures.quoted.increment();
    return RecordValue.quote(text);
  }

  /** Publishes what is due, unless an event loop is behind. Returns when more is due. */
  private long publish() {
    long now = clock.nanos();
    if (!state.isDirty() || streams.isFull()) {
      return now + LOOK_FOR_MORE_NANOS;
    }
    EventBatch batch = state.publish(now, clock.millis(), !streams.isEmpty());
    if (batch != null) {
      streams.post(batch);
    }
    return state.isDirty() ? state.nextDueNanos(now) : now + LOOK_FOR_MORE_NANOS;
  }

  /** Finds topics that have come, gone, or got more partitions. */
  private void look(long now) {
    boolean missing = false;
    for (int member = 0; member < found.length; member++) {
      Topic topic = topics.find(settings.topics().get(member).topic());
      UUID id = topic == null ? null : topic.id();
      UUID known = found[member];
      if (known != null && !known.equals(id)) {
        leave(member);
      }
      found[member] = id;
      if (topic == null) {
        missing = true;
        continue;
      }
      for (; partitionsFound[member] < topic.partitions().size(); partitionsFound[member]++) {
        partitions.add(
            new PartitionReader(
                topic.partitions().get(partitionsFound[member]), member, this::wake, figures, now));
      }
    }
    lookNanos = now + (missing ? LOOK_FOR_MISSING_NANOS : LOOK_FOR_MORE_NANOS);
  }

  /** The topic is no more, or has a successor of the same name: what it told holds no longer. */
  private void leave(int member) {
    partitions.removeIf(
        partition -> {
          boolean gone = partition.member() == member;
          if (gone) {
            partition.close();
          }
          return gone;
        });
    partitionsFound[member] = 0;
    state.clear(member);
  }

  private void sleepUntil(long nanos) {
    long left = nanos - clock.nanos();
    while (!signalled && !closed && left > 0) {
      LockSupport.parkNanos(left);
      left = nanos - clock.nanos();
    }
  }

  /** Ends the thread and all viewers; returns when the log is no longer read. */
  void close() {
    closed = true;
    wake();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
