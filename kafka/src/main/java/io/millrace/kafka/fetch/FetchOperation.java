package io.millrace.kafka.fetch;

import io.millrace.broker.BrokerException;
import io.millrace.broker.producer.AbortedTransactions;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.fetch.FetchRequestDecoder.FetchRequest;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.quota.RequestBill;
import io.millrace.kafka.wire.ErrorCodes;
import io.millrace.log.LogSlice;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fetch under way. It looks at its partitions; when they have too little it waits until one of
 * them has more or the client's patience ends, and looks again.
 *
 * <p>Confined to the connection's event loop; partitions wake it from any thread.
 */
final class FetchOperation {

  private static final Logger LOG = LoggerFactory.getLogger(FetchOperation.class);

  private final Exchange exchange;
  private final Topics topics;
  private final FetchRequest request;
  private final Collection<FetchPartition> partitions;
  private final @Nullable FetchSession session;
  private final boolean tellAll;
  private final int maxBytes;
  private final int minBytes;
  private final List<FetchResult> results = new ArrayList<>();
  private final List<Runnable> waits = new ArrayList<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private @Nullable ScheduledFuture<?> patience;
  private boolean done;

  /**
   * @param tellAll whether partitions without news are in the answer too
   */
  FetchOperation(
      Exchange exchange,
      Topics topics,
      FetchRequest request,
      Collection<FetchPartition> partitions,
      @Nullable FetchSession session,
      boolean tellAll,
      int maxBytes) {
    this.exchange = exchange;
    this.topics = topics;
    this.request = request;
    this.partitions = partitions;
    this.session = session;
    this.tellAll = tellAll;
    this.maxBytes = maxBytes;
    this.minBytes = Math.min(request.minBytes(), maxBytes);
  }

  void start() {
    if (look() || request.maxWaitMillis() <= 0 || partitions.isEmpty()) {
      answer();
      return;
    }
    exchange.onClose(this::abandon);
    patience =
        exchange
            .connection()
            .eventLoop()
            .schedule(this::patienceEnded, request.maxWaitMillis(), TimeUnit.MILLISECONDS);
    await();
  }

  /** Reads what is there. Returns true when it is enough to answer with. */
  private boolean look() {
    long total = 0;
    boolean failed = false;
    for (FetchPartition partition : partitions) {
      FetchResult result = read(partition, (int) Math.max(0, maxBytes - total), total == 0);
      total += result.recordBytes();
      failed |= result.error() != Errors.NONE;
      results.add(result);
    }
    return failed || (total > 0 && total >= minBytes) || minBytes <= 0;
  }

  private FetchResult read(FetchPartition wanted, int room, boolean first) {
    Topic topic =
        wanted.topicId() != null
            ? topics.find(wanted.topicId())
            : wanted.topic() != null ? topics.find(wanted.topic()) : null;
    String name = topic != null ? topic.name() : wanted.topic();
    if (name != null && !exchange.connection().mayRead(name)) {
      return FetchResult.failed(wanted, Errors.TOPIC_AUTHORIZATION_FAILED);
    }
    if (topic == null) {
      return FetchResult.failed(
          wanted,
          wanted.topicId() != null ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
    if (wanted.index() < 0 || wanted.index() >= topic.partitions().size()) {
      return FetchResult.failed(wanted, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
    Partition partition = topic.partitions().get(wanted.index());
    int epoch = wanted.leaderEpoch();
    if (epoch >= 0 && epoch != partition.leaderEpoch()) {
      return FetchResult.failed(
          wanted,
          epoch < partition.leaderEpoch()
              ? Errors.FENCED_LEADER_EPOCH
              : Errors.UNKNOWN_LEADER_EPOCH);
    }
    long highWatermark = partition.highWatermark();
    long stable = Math.min(highWatermark, partition.lastStableOffset());
    long start = partition.startOffset();
    if (wanted.offset() < start || wanted.offset() > partition.endOffset()) {
      return FetchResult.empty(wanted, Errors.OFFSET_OUT_OF_RANGE, highWatermark, stable, start);
    }
    long limit = request.readCommitted() ? stable : highWatermark;
    if (wanted.offset() >= limit || (room <= 0 && !first)) {
      return FetchResult.empty(wanted, Errors.NONE, highWatermark, stable, start);
    }
    return read(
        wanted,
        partition,
        FetchResult.empty(wanted, Errors.NONE, highWatermark, stable, start),
        room,
        first);
  }

  /** Adds the records to what is known of the partition. */
  private FetchResult read(
      FetchPartition wanted, Partition partition, FetchResult known, int room, boolean first) {
    try {
      int bytes = Math.min(room, Math.max(0, wanted.maxBytes()));
      AbortedTransactions.View aborted =
          request.readCommitted() ? partition.abortedTransactions() : null;
      LogSlice slice =
          request.readCommitted()
              ? partition.readCommitted(wanted.offset(), bytes, known.lastStableOffset())
              : partition.read(wanted.offset(), bytes);
      if (slice.length() > 0 && (first || slice.length() <= room)) {
        return known.with(aborted, slice);
      }
      slice.close();
      return known;
    } catch (BrokerException e) {
      return FetchResult.empty(
          wanted,
          ErrorCodes.of(e.error()),
          known.highWatermark(),
          known.lastStableOffset(),
          known.startOffset());
    }
  }

  // ---- waiting ----

  private void await() {
    for (FetchResult result : results) {
      result.drop();
      FetchPartition wanted = result.partition();
      Topic topic =
          wanted.topicId() != null
              ? topics.find(wanted.topicId())
              : wanted.topic() != null ? topics.find(wanted.topic()) : null;
      if (topic != null && wanted.index() < topic.partitions().size()) {
        Partition partition = topic.partitions().get(wanted.index());
        waits.add(
            request.readCommitted()
                ? partition.whenStablePast(
                    Math.max(wanted.offset(), result.lastStableOffset()), this::wake)
                : partition.whenPast(
                    Math.max(wanted.offset(), result.highWatermark()), this::wake));
      }
    }
    results.clear();
  }

  /** Any thread: one of the partitions has more. */
  private void wake() {
    if (!woken.compareAndSet(false, true)) {
      return;
    }
    try {
      exchange.connection().execute(this::lookAgain);
    } catch (RejectedExecutionException e) {
      LOG.debug("The server was closed while a fetch was waiting");
    }
  }

  private void lookAgain() {
    if (done) {
      return;
    }
    cancelWaits();
    woken.set(false);
    if (look()) {
      answer();
    } else {
      await();
    }
  }

  private void patienceEnded() {
    if (done) {
      return;
    }
    cancelWaits();
    look();
    answer();
  }

  private void abandon() {
    finish();
    exchange.answerNothing();
  }

  private void cancelWaits() {
    waits.forEach(Runnable::run);
    waits.clear();
  }

  private void finish() {
    done = true;
    cancelWaits();
    ScheduledFuture<?> timeout = patience;
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  private void answer() {
    finish();
    if (!tellAll) {
      results.removeIf(this::isNoNews);
    }
    RequestBill bill = exchange.bill();
    if (bill != null) {
      int throttleMillis = bill.chargeFetch(FetchResponseEncoder.sizeOf(results));
      if (throttleMillis > 0) {
        answerWithoutRecords(throttleMillis);
        return;
      }
    }
    if (session != null) {
      for (FetchResult result : results) {
        result.told();
        if (result.recordBytes() > 0) {
          session.moveToEnd(result.partition());
        }
      }
    }
    int sessionId = session == null ? 0 : session.id();
    new FetchResponseEncoder(exchange, request.readCommitted(), 0).answer(results, sessionId);
  }

  /**
   * The client has read too much: it is told for how long it is held back, and asks for the same
   * again after that. A session that this request would have begun does not begin (KIP-219).
   */
  private void answerWithoutRecords(int throttleMillis) {
    results.forEach(FetchResult::drop);
    results.clear();
    if (tellAll && session != null) {
      exchange.connection().session(null);
    }
    int sessionId = tellAll || session == null ? 0 : session.id();
    new FetchResponseEncoder(exchange, request.readCommitted(), throttleMillis)
        .answer(results, sessionId);
  }

  private boolean isNoNews(FetchResult result) {
    return result.error() == Errors.NONE && result.recordBytes() == 0 && !result.isNews();
  }
}
