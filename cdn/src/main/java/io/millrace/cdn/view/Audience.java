package io.millrace.cdn.view;

import io.millrace.cdn.origin.EventSource.Viewer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The viewers of one event loop, and the last events for those who come back. Confined to the loop,
 * save {@link #isFull}, {@link #post} and {@link #close}, which the reader calls.
 *
 * <p>Every event after {@code floor} up to {@code delivered} is in the ring; every later one is
 * still to come. So a viewer that knows a version from {@code floor} on misses nothing.
 */
final class Audience {

  /** Batches that may wait for the loop; the reader publishes nothing while they do. */
  private static final int MOST_QUEUED = 4;

  private static final long MOST_RING_BYTES = 4L << 20;

  private final EventLoop loop;
  private final ViewState state;
  private final ViewFigures figures;
  private final int mostReplayed;
  private final Runnable roomAgain;
  private final AtomicInteger queued = new AtomicInteger();

  private final Map<String, List<Follower>> byKey = new HashMap<>();
  private final List<Follower> ofAll = new ArrayList<>();
  private final Deque<LiveEvent> ring = new ArrayDeque<>();
  private long ringBytes;
  private long floor;
  private long delivered;
  private boolean closed;

  /**
   * @param roomAgain called on the loop when {@link #isFull} ends
   */
  Audience(
      EventLoop loop, ViewState state, ViewFigures figures, int mostReplayed, Runnable roomAgain) {
    this.loop = loop;
    this.state = state;
    this.figures = figures;
    this.mostReplayed = mostReplayed;
    this.roomAgain = roomAgain;
  }

  /** To be called once the reader knows of it: what was published before is not in the ring. */
  void open() {
    floor = state.board().version();
    delivered = floor;
  }

  // ---- called by the reader ----

  boolean isFull() {
    return queued.get() >= MOST_QUEUED;
  }

  /** Hands a batch over; takes references of its own. */
  void post(EventBatch batch) {
    batch.retain();
    queued.incrementAndGet();
    try {
      loop.execute(() -> arrive(batch));
    } catch (RejectedExecutionException e) {
      // The loop has ended, and its viewers with it.
      queued.decrementAndGet();
      batch.release();
    }
  }

  /** Ends all viewers and lets the ring go. */
  void close() {
    try {
      loop.execute(this::end);
    } catch (RejectedExecutionException e) {
      // The loop has ended, and its viewers with it; what it held is left to whoever comes last.
      closed = true;
      ofAll.clear();
      byKey.clear();
      forgetRing();
    }
  }

  // ---- on the loop ----

  private void arrive(EventBatch batch) {
    boolean wasFull = queued.getAndDecrement() == MOST_QUEUED;
    if (closed || batch.last() <= delivered) {
      batch.release();
    } else if (batch.events().isEmpty()) {
      delivered = batch.last();
      forgetRing();
      forEach(Follower::sendState);
    } else {
      delivered = batch.last();
      deliver(batch);
    }
    if (wasFull) {
      roomAgain.run();
    }
  }

  private void deliver(EventBatch batch) {
    if (!ofAll.isEmpty()) {
      deliverToAll(batch);
    }
    for (LiveEvent event : batch.events()) {
      List<Follower> followers = byKey.get(event.key());
      if (followers != null) {
        for (int i = followers.size() - 1; i >= 0; i--) {
          Follower follower = followers.get(i);
          if (follower.offer(event)) {
            follower.viewer().flush();
          }
        }
      }
      remember(event);
    }
  }

  /** One buffer for all events of the batch, so that a viewer costs one write. */
  private void deliverToAll(EventBatch batch) {
    int bytes = 0;
    for (LiveEvent event : batch.events()) {
      bytes += event.bytes().readableBytes();
    }
    ByteBuf joined = Unpooled.directBuffer(bytes, bytes);
    for (LiveEvent event : batch.events()) {
      ByteBuf one = event.bytes();
      joined.writeBytes(one, one.readerIndex(), one.readableBytes());
    }
    for (int i = ofAll.size() - 1; i >= 0; i--) {
      ofAll.get(i).offer(batch, joined);
    }
    joined.release();
  }

  /** Takes over the batch's reference. */
  private void remember(LiveEvent event) {
    ring.addLast(event);
    ringBytes += event.bytes().readableBytes();
    while (ring.size() > mostReplayed || ringBytes > MOST_RING_BYTES) {
      LiveEvent oldest = ring.removeFirst();
      floor = oldest.version();
      ringBytes -= oldest.bytes().readableBytes();
      oldest.bytes().release();
    }
  }

  private void forgetRing() {
    for (LiveEvent event : ring) {
      event.bytes().release();
    }
    ring.clear();
    ringBytes = 0;
    floor = delivered;
  }

  /** Adds a viewer, and sends it what it lacks. */
  void add(Follower follower, @Nullable String lastEventId) {
    Viewer viewer = follower.viewer();
    if (closed) {
      viewer.end();
      return;
    }
    List<Follower> peers =
        follower.key() == null
            ? ofAll
            : byKey.computeIfAbsent(follower.key(), key -> new ArrayList<>(2));
    follower.at = peers.size();
    peers.add(follower);
    long known = version(lastEventId);
    if (known >= floor && known <= state.board().version()) {
      figures.resumed.increment();
      replay(follower, known);
    } else if (!follower.hasCurrent(known)) {
      follower.sendState();
    }
  }

  private void replay(Follower follower, long known) {
    follower.version = known;
    for (LiveEvent event : ring) {
      if (follower.key() == null || follower.key().equals(event.key())) {
        follower.offer(event);
      }
    }
    follower.viewer().flush();
  }

  private static long version(@Nullable String id) {
    if (id == null || id.isEmpty() || id.length() > 16) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + c - '0';
    }
    return value;
  }

  void remove(Follower follower) {
    List<Follower> peers = follower.key() == null ? ofAll : byKey.get(follower.key());
    if (peers == null || follower.at >= peers.size() || peers.get(follower.at) != follower) {
      return;
    }
    Follower last = peers.removeLast();
    if (last != follower) {
      peers.set(follower.at, last);
      last.at = follower.at;
    }
    if (follower.key() != null && peers.isEmpty()) {
      byKey.remove(follower.key());
    }
  }

  private void forEach(Consumer<Follower> action) {
    ofAll.forEach(action);
    byKey.values().forEach(followers -> followers.forEach(action));
  }

  private void end() {
    if (!closed) {
      closed = true;
      forEach(follower -> follower.viewer().end());
      ofAll.clear();
      byKey.clear();
      forgetRing();
    }
  }
}
