package io.millrace.cdn.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.cdn.origin.EventSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One viewer of a partition, and how far it is. It misses nothing: a viewer that reads slowly is
 * sent less at a time, not less. Confined to the viewer's loop.
 *
 * <pre>
 *   waiting ──(high watermark)──→ reading ──→ offered ──→ reading, or waiting
 *                                               └─(unread too much)→ stalled ──(latest)→ reading
 * </pre>
 */
final class TopicFollower implements EventSource {

  private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);

  private final Topics topics;
  private final LiveChunks chunks;
  private final TopicApiSettings settings;
  private final Topic topic;
  private final Partition partition;
  private long offset;
  private @Nullable Viewer viewer;
  private Runnable cancelWait = () -> {};
  private boolean busy;
  private boolean stalled;
  private boolean ended;

  /**
   * @param offset to start at, unless the viewer comes back and says what it saw last
   */
  TopicFollower(
      Topics topics,
      LiveChunks chunks,
      TopicApiSettings settings,
      Topic topic,
      Partition partition,
      long offset) {
    this.topics = topics;
    this.chunks = chunks;
    this.settings = settings;
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
  }

  @Override
  public @Nullable String allowedOrigin(@Nullable String origin) {
    return Cors.allowed(settings, origin);
  }

  @Override
  public Runnable subscribe(Viewer who, @Nullable String lastEventId) {
    viewer = who;
    if (lastEventId != null && lastEventId.matches("\\d{1,18}")) {
      // One from before the partition lost its end could otherwise wait for years.
      offset = Math.min(Long.parseLong(lastEventId) + 1, partition.highWatermark());
    }
    proceed();
    return () -> {
      ended = true;
      cancelWait.run();
    };
  }

  private void proceed() {
    Viewer present = viewer;
    if (present == null || ended || busy || stalled) {
      return;
    }
    if (topics.find(topic.id()) == null) {
      present.end();
      return;
    }
    if (offset < partition.startOffset()) {
      skipDeleted(present);
      if (stalled) {
        return;
      }
    }
    busy = true;
    if (offset >= partition.highWatermark()) {
      cancelWait = partition.whenPast(offset, () -> onLoop(present, this::woken));
    } else {
      var unused =
          chunks
              .from(topic.id(), partition, offset)
              .whenComplete((chunk, failure) -> onLoop(present, () -> arrived(chunk, failure)));
    }
  }

  private static void onLoop(Viewer viewer, Runnable task) {
    try {
      viewer.loop().execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("A viewer's loop has ended", e);
    }
  }

  private void woken() {
    busy = false;
    proceed();
  }

  /** Says that records which the viewer has not seen are deleted. */
  private void skipDeleted(Viewer present) {
    long start = partition.startOffset();
    String event = "event: deleted\ndata: {\"from\":" + offset + ",\"to\":" + (start - 1) + "}\n\n";
    if (present.offer(Unpooled.wrappedBuffer(event.getBytes(StandardCharsets.US_ASCII)))) {
      present.flush();
      offset = start;
    } else {
      stalled = true;
    }
  }

  private void arrived(@Nullable RecordChunk chunk, @Nullable Throwable failure) {
    busy = false;
    Viewer present = viewer;
    if (ended || present == null) {
      return;
    }
    if (chunk == null) {
      failed(present, failure);
      return;
    }
    if (chunk.bytes().length > 0) {
      if (!present.offer(Unpooled.wrappedBuffer(chunk.bytes()), chunk.records())) {
        stalled = true;
        return;
      }
      present.flush();
    }
    offset = chunk.next();
    proceed();
  }

  private void failed(Viewer present, @Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    boolean deleted =
        cause instanceof BrokerException refused
            && refused.error() == BrokerError.OFFSET_OUT_OF_RANGE;
    if (deleted && offset < partition.startOffset()) {
      proceed();
    } else {
      // The client comes back, and finds what is there then.
      LOG.warn("Following {} at offset {} failed", partition.id(), offset, cause);
      present.end();
    }
  }

  /** The viewer has caught up: it goes on where it stopped, so there is no state to be sent. */
  @Override
  public ByteBuf latest() {
    stalled = false;
    Viewer present = viewer;
    if (present != null) {
      onLoop(present, this::proceed);
    }
    return Unpooled.wrappedBuffer(":\n\n".getBytes(StandardCharsets.US_ASCII));
  }
}
