package io.millrace.broker.queue;

import io.millrace.broker.exchange.Destination;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import io.millrace.log.LogConfig;
import io.millrace.log.LogException;
import io.millrace.log.LogSlice;
import io.millrace.log.LogStore;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bodies of messages that went to several durable queues, each once, in logs of their own. Any
 * thread may call it. There are a few logs, so that threads which publish at the same time do not
 * wait for each other.
 *
 * <p>A log is cut where no queue points to what is before. A body is written before its queues know
 * of it, so a cut never goes past what was the end one round before.
 */
final class SharedBodies implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SharedBodies.class);

  /** A shorter body is not longer than what would point to it. */
  private static final int LEAST_BYTES = 256;

  private static final int LOGS = 2;
  private static final String NAME = "__amqp_bodies-";
  private static final int SEGMENT_BYTES = 64 << 20;
  private static final int OVERHEAD_BYTES = 1024;
  private static final Duration TRIM_INTERVAL = Duration.ofSeconds(30);

  private final List<BodyLog> logs = new ArrayList<>();
  private final Set<BodyReferences> queues = ConcurrentHashMap.newKeySet();
  private final Clock clock;
  private final Timer timer;
  private volatile boolean closed;

  /** One log, and its end one round before. */
  private static final class BodyLog {
    final PartitionLog log;
    long endBefore;

    BodyLog(PartitionLog log) {
      this.log = log;
      // What is there at the start is pointed to by what the queues have.
      endBefore = log.endOffset();
    }
  }

  SharedBodies(LogStore store, MessagingSettings settings, Clock clock, Timer timer) {
    this.clock = clock;
    this.timer = timer;
    LogConfig config =
        new LogConfig(
            SEGMENT_BYTES,
            Duration.ofDays(7),
            4096,
            settings.maxMessageBytes() + OVERHEAD_BYTES,
            -1,
            Duration.ofMillis(-1),
            LogConfig.Cleanup.DELETE,
            settings.durability(),
            Duration.ofSeconds(1),
            false);
    for (int i = 0; i < LOGS; i++) {
      logs.add(new BodyLog(store.open(NAME + i, config)));
    }
  }

  /** Begins to cut the logs from time to time. */
  void start() {
    timer.after(TRIM_INTERVAL, this::trimAgain);
  }

  /** The references of a queue. */
  BodyReferences references(boolean complete) {
    BodyReferences references = new BodyReferences(LOGS, complete);
    queues.add(references);
    return references;
  }

  /** The queue is no more. */
  void forget(BodyReferences references) {
    queues.remove(references);
  }

  /** Whether a message for so many durable queues shares its body. */
  private static boolean isFor(Message message, int durableQueues) {
    return durableQueues > 1
        && message.properties().persistent()
        && message.body().length >= LEAST_BYTES;
  }

  /**
   * Writes the body of a message that goes to several durable queues.
   *
   * @return the message to give to the queues, whose {@link Message#shared} is null when they write
   *     the body themselves
   */
  Message share(Message message, List<Destination.Queue> to) {
    if (to.size() < 2) {
      return message;
    }
    int durable = 0;
    for (Destination.Queue each : to) {
      if (each instanceof Inbox inbox && inbox.sharesBodies()) {
        durable++;
      }
    }
    if (!isFor(message, durable)) {
      return message;
    }
    try {
      return message.sharing(append(message.body()));
    } catch (LogException e) {
      LOG.warn("A body cannot be shared: {}", e.getMessage());
      return message;
    }
  }

  /**
   * Writes a body.
   *
   * @throws LogException when the disk refuses
   */
  SharedBody append(byte[] body) {
    int index = (int) (Thread.currentThread().threadId() % LOGS);
    ByteBuffer batch =
        RecordBatchBuilder.create(Compression.NONE)
            .add(clock.millis(), null, ByteBuffer.wrap(body), List.of())
            .build();
    BodyLog to = logs.get(index);
    synchronized (to) {
      return new SharedBody(index, to.log.append(batch, 0).baseOffset());
    }
  }

  /** Settles the receipt once the body is as durable as queues promise. */
  void whenDurable(SharedBody body, Receipt receipt) {
    BodyLog of = logs.get(body.log());
    synchronized (of) {
      of.log.whenDurable(
          body.offset() + 1,
          failure -> {
            if (failure == null) {
              of.log.advanceHighWatermark(body.offset() + 1);
            }
            receipt.settle(failure == null);
          });
    }
  }

  /** Reads a body; null when a power cut took it before it was confirmed. */
  byte @Nullable [] read(SharedBody body) {
    if (body.log() < 0 || body.log() >= logs.size()) {
      return null;
    }
    PartitionLog log = logs.get(body.log()).log;
    if (body.offset() < log.startOffset() || body.offset() >= log.endOffset()) {
      return null;
    }
    try (RecordCursor cursor = RecordCursor.create();
        LogSlice slice = log.read(body.offset(), 1, body.offset() + 1)) {
      ByteBuffer bytes = ByteBuffer.allocate(slice.length());
      slice.copyTo(bytes);
      cursor.reset(bytes.flip(), body.offset());
      if (!cursor.next() || cursor.offset() != body.offset()) {
        return null;
      }
      byte[] found = new byte[Math.max(0, cursor.valueLength())];
      if (found.length > 0) {
        cursor.copyValue(found, 0);
      }
      return found;
    }
  }

  private void trimAgain() {
    if (!closed) {
      try {
        trim();
      } catch (LogException e) {
        LOG.warn("Shared bodies could not be cut: {}", e.getMessage());
      }
      timer.after(TRIM_INTERVAL, this::trimAgain);
    }
  }

  /** Bodies before it, of all logs together, have been deleted. */
  long startOffset() {
    return logs.stream().mapToLong(each -> each.log.startOffset()).sum();
  }

  /** Deletes segments that no queue points to. */
  void trim() {
    for (int i = 0; i < LOGS; i++) {
      long before = logs.get(i).endBefore;
      boolean known = true;
      for (BodyReferences each : queues) {
        known &= each.isComplete();
        before = Math.min(before, each.floor(i));
      }
      BodyLog log = logs.get(i);
      synchronized (log) {
        long end = log.log.endOffset();
        log.endBefore = end;
        log.log.whenDurable(
            end,
            failure -> {
              if (failure == null) {
                log.log.advanceHighWatermark(end);
              }
            });
        long cut = Math.min(before, log.log.highWatermark());
        if (known && cut > log.log.startOffset()) {
          log.log.advanceStartOffset(cut);
          long unused = log.log.clean();
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (BodyLog each : logs) {
      synchronized (each) {
        each.log.close();
      }
    }
  }
}
