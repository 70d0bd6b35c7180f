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
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A fetch under way. It looks at the partitions of its session that are ready; when they have too
 * little it waits until one of them has more or the client's patience ends, and looks again.
 *
 * <p>Confined to the connection's event loop.
 */
final class FetchOperation {

  private final Exchange exchange;
  private final Topics topics;
  private final FetchRequest request;
  private final FetchSession session;
  private final boolean tellAll;
  private final int maxBytes;
  private final int minBytes;
  private final List<FetchResult> results = new ArrayList<>();
  private @Nullable ScheduledFuture<?> patience;
  private boolean done;

  /**
   * @param session with id 0 for one that goes with this fetch
   * @param tellAll whether partitions without news are in the answer too
   */
  FetchOperation(
      Exchange exchange,
      Topics topics,
      FetchRequest request,
      FetchSession session,
      boolean tellAll,
      int maxBytes) {
    this.exchange = exchange;
    this.topics = topics;
    this.request = request;
    this.session = session;
    this.tellAll = tellAll;
    this.maxBytes = maxBytes;
    this.minBytes = Math.min(request.minBytes(), maxBytes);
  }

  void start() {
    boolean enough = look(tellAll || session.fullLookIsDue());
    if (enough || request.maxWaitMillis() <= 0 || session.size() == 0) {
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

  /**
   * Reads what is there. Returns true when it is enough to answer with.
   *
   * @param all whether to look at partitions too of which nothing is known to have come
   */
  private boolean look(boolean all) {
    long total = 0;
    boolean failed = false;
    // Once the answer is full the others stay ready, unless all of them have to be told.
    for (int left = session.beginLook(all);
        left > 0 && (total == 0 || total < maxBytes || tellAll);
        left--) {
      FetchPartition partition = session.next();
      if (partition == null) {
        continue;
      }
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
    if (!topic.has(wanted.index())) {
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
      return FetchResult.empty(
          wanted, partition, Errors.OFFSET_OUT_OF_RANGE, highWatermark, stable, start);
    }
    FetchResult known =
        FetchResult.empty(wanted, partition, Errors.NONE, highWatermark, stable, start);
    if (wanted.offset() >= known.limit(request.readCommitted()) || (room <= 0 && !first)) {
      return known;
    }
    return read(wanted, partition, known, room, first);
  }

  /** Adds the records to what is known of the partition. */
  private FetchResult read(
      FetchPartition wanted, Partition partition, FetchResult known, int room, boolean first) {
    try {
      int bytes = Math.min(room, Math.max(0, wanted.maxBytes()));
      AbortedTransactions.View aborted =
          request.readCommitted() ? partition.abortedTransactions() : null;
      LogSlice slice =
          partition.readBefore(wanted.offset(), bytes, known.limit(request.readCommitted()));
      if (slice.length() > 0 && (first || slice.length() <= room)) {
        return known.with(aborted, slice);
      }
      slice.close();
      return known;
    } catch (BrokerException e) {
      return known.refused(ErrorCodes.of(e.error()));
    }
  }

  // ---- waiting ----

  private void await() {
    for (FetchResult result : results) {
      result.drop();
      if (isUnread(result)) {
        session.makeReady(result.partition());
      }
      watch(result);
    }
    results.clear();
    session.startWaiting(this);
  }

  private boolean isUnread(FetchResult result) {
    return result.partition().offset() < result.limit(request.readCommitted());
  }

  /** Has the session told when the partition has more than it had now. */
  private void watch(FetchResult result) {
    Partition source = result.source();
    if (source != null) {
      boolean committed = request.readCommitted();
      long past = Math.max(result.partition().offset(), result.limit(committed));
      session.watch(result.partition(), source, past, committed);
    }
  }

  /** One of the partitions has more. */
  void lookAgain() {
    if (done) {
      return;
    }
    if (!look(false)) {
      await();
      return;
    }
    if (tellAll) {
      results.forEach(FetchResult::drop);
      results.clear();
      look(true);
    }
    answer();
  }

  private void patienceEnded() {
    if (!done) {
      look(tellAll || session.fullLookIsDue());
      answer();
    }
  }

  private void abandon() {
    finish();
    exchange.answerNothing();
  }

  private void finish() {
    done = true;
    session.stopWaiting(this);
    if (session.id() == 0) {
      session.close();
    }
    ScheduledFuture<?> timeout = patience;
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  private void answer() {
    finish();
    if (session.id() != 0) {
      keepInMind();
    }
    if (!tellAll) {
      results.removeIf(this::isNoNews);
    }
    RequestBill bill = exchange.bill();
    int throttleMillis = bill == null ? 0 : bill.chargeFetch(FetchResponseEncoder.sizeOf(results));
    if (throttleMillis > 0) {
      answerWithoutRecords(throttleMillis);
      return;
    }
    results.forEach(FetchResult::told);
    new FetchResponseEncoder(exchange, request.readCommitted(), 0).answer(results, session.id());
  }

  /**
   * The client has read too much: it is told for how long it is held back, and asks for the same
   * again after that. A session that this request would have begun does not begin (KIP-219).
   */
  private void answerWithoutRecords(int throttleMillis) {
    results.forEach(FetchResult::drop);
    results.clear();
    if (tellAll && exchange.connection().session() == session) {
      exchange.connection().session(null);
    }
    new FetchResponseEncoder(exchange, request.readCommitted(), throttleMillis)
        .answer(results, tellAll ? 0 : session.id());
  }

  /**
   * Says where each partition goes from here: those with something for the client stay ready, and
   * those that got nothing for lack of room come before those that were served.
   */
  private void keepInMind() {
    for (FetchResult result : results) {
      if (result.recordBytes() == 0) {
        if (result.error() != Errors.NONE || isUnread(result)) {
          session.makeReady(result.partition());
        } else {
          watch(result);
        }
      }
    }
    for (FetchResult result : results) {
      if (result.recordBytes() > 0) {
        session.makeReady(result.partition());
      }
    }
  }

  private boolean isNoNews(FetchResult result) {
    return result.error() == Errors.NONE && result.recordBytes() == 0 && !result.isNews();
  }
}
