package io.millrace.kafka.fetch;

import io.millrace.broker.topic.Partition;
import io.millrace.core.Clock;
import io.millrace.kafka.fetch.FetchRequestDecoder.FetchRequest;
import io.millrace.kafka.net.ConnectionState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a consumer reads, remembered between its requests, so that each one says only what has
 * changed (KIP-227). A session belongs to the connection that began it: it needs no lock, and it
 * goes when the connection goes; a client that comes back is told that the session is unknown, and
 * begins another. A request without a session has one of its own for as long as it is under way.
 *
 * <p>A partition is in one of two places:
 *
 * <pre>
 *   ready ──(looked at: nothing for the client)──→ watched
 *     ↑  └──(looked at: records, or an error)──→ ready, behind the others
 *     └──(more came; or the client moved)─── watched
 * </pre>
 *
 * <p>A fetch looks at the ready ones only, so it costs in proportion to the partitions that have
 * something, not to those of the session. What nobody is woken for (a start offset that moved,
 * rights that were withdrawn, a topic that came) is found by looking at all of them, which is due
 * once in a second in which something is asked.
 *
 * <p>Confined to the connection's event loop, but for {@link #wentOff}.
 */
final class FetchSession implements ConnectionState {

  private static final Logger LOG = LoggerFactory.getLogger(FetchSession.class);
  private static final long FULL_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int id;
  private final boolean byTopicId;
  private final Executor loop;
  private final Clock clock;
  private final LinkedHashMap<FetchPartition, PartitionWatch> partitions = new LinkedHashMap<>();
  private final ArrayDeque<FetchPartition> ready = new ArrayDeque<>();
  private final List<FetchOperation> waiting = new ArrayList<>();
  private int nextEpoch = 1;
  private long lastFullLookNanos;
  private boolean closed;

  /** The newest of the watches that went off, which leads to the others. */
  private final AtomicReference<@Nullable PartitionWatch> wentOff = new AtomicReference<>();

  private final AtomicBoolean wakeScheduled = new AtomicBoolean();
  private volatile boolean awaited;

  /**
   * Begins one with all partitions ready.
   *
   * @param id 0 for that of a single request
   * @param loop the connection's
   */
  FetchSession(
      int id, boolean byTopicId, List<FetchPartition> partitions, Executor loop, Clock clock) {
    this.id = id;
    this.byTopicId = byTopicId;
    this.loop = loop;
    this.clock = clock;
    this.lastFullLookNanos = clock.nanos();
    partitions.forEach(this::add);
  }

  int id() {
    return id;
  }

  /** Whether it names topics by id; a request that does otherwise does not fit. */
  boolean byTopicId() {
    return byTopicId;
  }

  /** The epoch that the next request must have. */
  int nextEpoch() {
    return nextEpoch;
  }

  int size() {
    return partitions.size();
  }

  /** Takes over what a request changes. */
  void apply(FetchRequest request) {
    nextEpoch = nextEpoch == Integer.MAX_VALUE ? 1 : nextEpoch + 1;
    for (FetchPartition asked : request.partitions()) {
      PartitionWatch known = partitions.get(asked);
      if (known != null) {
        known.partition().moveTo(asked);
        makeReady(known.partition());
      } else {
        add(asked);
      }
    }
    for (FetchPartition named : request.forgotten()) {
      PartitionWatch known = partitions.remove(named);
      if (known != null) {
        known.cancel();
        known.partition().leave();
      }
    }
  }

  private void add(FetchPartition partition) {
    if (partitions.putIfAbsent(partition, new PartitionWatch(this, partition)) == null) {
      makeReady(partition);
    }
  }

  // ---- looking ----

  /**
   * Begins a look at those that are ready.
   *
   * @param all makes all of them ready
   * @return how often to call {@link #next}
   */
  int beginLook(boolean all) {
    takeThoseThatWentOff();
    if (all) {
      lastFullLookNanos = clock.nanos();
      partitions.keySet().forEach(this::makeReady);
    }
    return ready.size();
  }

  boolean fullLookIsDue() {
    return clock.nanos() - lastFullLookNanos >= FULL_LOOK_NANOS;
  }

  /** The next one that is ready, which it then is no longer; null for one that has left. */
  @Nullable FetchPartition next() {
    FetchPartition next = ready.remove();
    next.ready(false);
    return next.hasLeft() ? null : next;
  }

  /** Has the partition looked at by the next look, after those that are ready already. */
  void makeReady(FetchPartition partition) {
    if (!partition.ready() && !partition.hasLeft()) {
      partition.ready(true);
      ready.add(partition);
    }
  }

  /** Makes the partition ready once its high watermark or last stable offset passes an offset. */
  void watch(FetchPartition partition, Partition where, long offset, boolean lastStable) {
    PartitionWatch watch = partitions.get(partition);
    if (watch != null && !closed) {
      watch.set(where, offset, lastStable);
    }
  }

  // ---- waking ----

  /** A partition has more. Any thread. */
  void wentOff(PartitionWatch watch) {
    PartitionWatch newest;
    do {
      newest = wentOff.get();
      watch.nextListed(newest);
    } while (!wentOff.compareAndSet(newest, watch));
    // After the listing: who begins to wait looks at the list after saying so.
    if (awaited) {
      wakeSoon();
    }
  }

  private void wakeSoon() {
    if (wakeScheduled.compareAndSet(false, true)) {
      try {
        loop.execute(this::wake);
      } catch (RejectedExecutionException e) {
        LOG.debug("The server was closed while a fetch was waiting");
      }
    }
  }

  private void wake() {
    wakeScheduled.set(false);
    if (!waiting.isEmpty()) {
      List.copyOf(waiting).forEach(FetchOperation::lookAgain);
    }
  }

  private void takeThoseThatWentOff() {
    if (wentOff.get() == null) {
      return;
    }
    PartitionWatch oldest = null;
    for (PartitionWatch each = wentOff.getAndSet(null); each != null; ) {
      PartitionWatch next = each.nextListed();
      each.nextListed(oldest);
      oldest = each;
      each = next;
    }
    while (oldest != null) {
      PartitionWatch next = oldest.nextListed();
      oldest.taken();
      makeReady(oldest.partition());
      oldest = next;
    }
  }

  /** Has the fetch look again when something comes, until {@link #stopWaiting}. */
  void startWaiting(FetchOperation fetch) {
    if (!waiting.contains(fetch)) {
      waiting.add(fetch);
    }
    awaited = true;
    if (wentOff.get() != null) {
      wakeSoon();
    }
  }

  void stopWaiting(FetchOperation fetch) {
    if (waiting.remove(fetch)) {
      awaited = !waiting.isEmpty();
    }
  }

  @Override
  public void close() {
    closed = true;
    partitions.values().forEach(PartitionWatch::cancel);
  }
}
