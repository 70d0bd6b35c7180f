package io.millrace.kafka.share;

import io.millrace.broker.Broker;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.share.AcquiredRecords;
import io.millrace.broker.group.share.SharePartitionKey;
import io.millrace.broker.group.share.SharePartitions.AcquireCommand;
import io.millrace.broker.group.share.SharePartitions.Acquisition;
import io.millrace.broker.topic.Topic;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.wire.ErrorCodes;
import io.millrace.log.LogSlice;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A share fetch under way. It hands its acknowledgements in, then asks one partition after the
 * other for records; when none has any it waits until one has, or until the client's patience ends.
 * The answer goes out once the acknowledgements count too.
 *
 * <p>Confined to the connection's event loop; share-partitions call back from any thread.
 */
final class ShareFetchOperation {

  private static final Logger LOG = LoggerFactory.getLogger(ShareFetchOperation.class);
  private static final byte RECORD_LIMIT = 1;

  private final Exchange exchange;
  private final Broker broker;
  private final ShareSession session;
  private final ShareFetchRequestData request;
  private final Acknowledgements acknowledgements;
  private final int maxBytes;
  private final boolean ends;
  private final Map<TopicIdPartition, ShareFetchResult> results = new LinkedHashMap<>();
  private final List<Runnable> waits = new ArrayList<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private Iterator<TopicIdPartition> partitions = List.<TopicIdPartition>of().iterator();
  private CompletionStage<Map<TopicIdPartition, Acknowledgements.Outcome>> acknowledged =
      CompletableFuture.completedFuture(Map.of());
  private @Nullable ScheduledFuture<?> patience;
  private long recordsLeft;
  private int bytesLeft;
  private boolean looking;
  private boolean impatient;
  private boolean done;
  private boolean abandoned;

  ShareFetchOperation(
      Exchange exchange,
      Broker broker,
      ShareSession session,
      ShareFetchRequestData request,
      Acknowledgements acknowledgements,
      int maxBytes) {
    this.exchange = exchange;
    this.broker = broker;
    this.session = session;
    this.request = request;
    this.acknowledgements = acknowledgements;
    this.maxBytes = maxBytes;
    this.ends = request.shareSessionEpoch() == ShareSessions.FINAL_EPOCH;
  }

  void start() {
    exchange.onClose(this::abandon);
    acknowledged =
        acknowledgements.take(session, broker.shares(), broker.topics(), exchange.connection());
    if (ends) {
      List<CompletionStage<Void>> unused = session.release(broker.shares());
      answer();
      return;
    }
    if (request.maxRecords() <= 0 || maxBytes <= 0) {
      answer();
      return;
    }
    if (request.maxWaitMs() > 0) {
      patience =
          exchange
              .connection()
              .eventLoop()
              .schedule(this::patienceEnded, request.maxWaitMs(), TimeUnit.MILLISECONDS);
    } else {
      impatient = true;
    }
    look();
  }

  // ---- looking ----

  private void look() {
    looking = true;
    recordsLeft = request.maxRecords();
    bytesLeft = maxBytes;
    partitions = session.partitions().iterator();
    goOn();
  }

  private void goOn() {
    while (!done && partitions.hasNext() && recordsLeft > 0 && bytesLeft > 0) {
      TopicIdPartition partition = partitions.next();
      Topic topic = broker.topics().find(partition.topicId());
      Errors error = ReadablePartition.check(topic, partition, exchange.connection());
      if (topic == null || error != Errors.NONE) {
        results.put(partition, ShareFetchResult.failed(partition, error, error.message()));
        continue;
      }
      CompletableFuture<Acquisition> asked = acquire(partition, topic).toCompletableFuture();
      if (!asked.isDone()) {
        CompletionStage<?> unused =
            asked.whenComplete((acquisition, failure) -> later(partition, acquisition, failure));
        return;
      }
      try {
        take(partition, asked.join(), null);
      } catch (RuntimeException e) {
        take(partition, null, e);
      }
    }
    if (!done) {
      looked();
    }
  }

  private CompletionStage<Acquisition> acquire(TopicIdPartition partition, Topic topic) {
    SharePartitionKey key = session.key(partition);
    session.mayLock(key);
    return broker
        .shares()
        .acquire(
            new AcquireCommand(
                key,
                topic.partitions().get(partition.partition()),
                session.owner(),
                recordsLeft,
                request.shareAcquireMode() == RECORD_LIMIT,
                request.batchSize(),
                bytesLeft,
                this::wake));
  }

  /** Any thread: an answer that took its time. */
  private void later(
      TopicIdPartition partition, @Nullable Acquisition acquisition, @Nullable Throwable failure) {
    try {
      exchange
          .connection()
          .execute(
              () -> {
                take(partition, acquisition, failure);
                goOn();
              });
    } catch (RejectedExecutionException e) {
      close(acquisition == null ? null : acquisition.records());
      LOG.debug("The server was closed while a share fetch was under way");
    }
  }

  private void take(
      TopicIdPartition partition, @Nullable Acquisition acquisition, @Nullable Throwable failure) {
    if (acquisition == null) {
      Throwable cause = failure == null ? new IllegalStateException() : failure;
      results.put(
          partition,
          ShareFetchResult.failed(
              partition, ErrorCodes.of(cause), ErrorCodes.cause(cause).getMessage()));
      return;
    }
    if (done) {
      acquisition.cancel().run();
      close(acquisition.records());
      return;
    }
    waits.add(acquisition.cancel());
    if (acquisition.records() != null) {
      for (AcquiredRecords each : acquisition.acquired()) {
        recordsLeft -= each.last() - each.first() + 1;
      }
      bytesLeft -= acquisition.records().length();
      results.put(
          partition,
          new ShareFetchResult(
              partition,
              Errors.NONE,
              null,
              Acknowledgements.Outcome.NONE,
              acquisition.acquired(),
              acquisition.records()));
    }
  }

  private static void close(@Nullable LogSlice slice) {
    if (slice != null) {
      slice.close();
    }
  }

  private void looked() {
    looking = false;
    if (!results.isEmpty() || impatient) {
      answer();
    } else if (woken.get()) {
      lookAgain();
    }
  }

  // ---- waiting ----

  /** Any thread: one of the partitions may have more. */
  private void wake() {
    if (!woken.compareAndSet(false, true)) {
      return;
    }
    try {
      exchange.connection().execute(this::lookAgain);
    } catch (RejectedExecutionException e) {
      LOG.debug("The server was closed while a share fetch was waiting");
    }
  }

  private void lookAgain() {
    // While it looks, it sees by itself that it was woken.
    if (!done && !looking && woken.compareAndSet(true, false)) {
      cancelWaits();
      look();
    }
  }

  private void patienceEnded() {
    impatient = true;
    if (!done && !looking) {
      answer();
    }
  }

  private void abandon() {
    abandoned = true;
    finish();
    results.values().forEach(ShareFetchResult::drop);
    results.clear();
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

  // ---- answering ----

  private void answer() {
    finish();
    CompletableFuture<Map<TopicIdPartition, Acknowledgements.Outcome>> outcomes =
        acknowledged.toCompletableFuture();
    if (outcomes.isDone()) {
      answer(outcomes.join());
      return;
    }
    CompletionStage<?> unused =
        outcomes.whenComplete(
            (ended, failure) -> {
              try {
                exchange.connection().execute(() -> answer(ended == null ? Map.of() : ended));
              } catch (RejectedExecutionException e) {
                results.values().forEach(ShareFetchResult::drop);
              }
            });
  }

  private void answer(Map<TopicIdPartition, Acknowledgements.Outcome> outcomes) {
    if (abandoned) {
      return;
    }
    for (ShareFetchResult each : results.values()) {
      if (each.records() != null) {
        session.moveToEnd(each.partition());
      }
    }
    outcomes.forEach(
        (partition, outcome) ->
            results.merge(
                partition,
                ShareFetchResult.empty(partition).with(outcome),
                (present, unused) -> present.with(outcome)));
    long lock = broker.groupConfigs().share(session.group()).recordLockDuration().toMillis();
    new ShareFetchResponseEncoder(exchange)
        .answer(List.copyOf(results.values()), Math.toIntExact(lock));
  }
}
