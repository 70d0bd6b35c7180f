package io.millrace.streams.connector;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.log.AppendInfo;
import io.millrace.streams.operator.JobException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Appends a set of batches, in order within each partition, until all are acknowledged. Batches of
 * one partition are under way together; if one is refused for a cause that passes (the disk is
 * full), it and those behind it are sent again, after 100 ms at first and up to 5 s later. The
 * sequence numbers in the batches keep what arrived from being stored twice.
 *
 * <p>Owned by the job's thread; the answers come on the broker's threads and wake it.
 */
public final class BatchAppends {

  private static final long FIRST_BACKOFF_NANOS = 100_000_000L;
  private static final long LONGEST_BACKOFF_NANOS = 5_000_000_000L;

  private final Topics topics;
  private final Clock clock;
  private final Runnable wake;
  private final AtomicInteger outstanding = new AtomicInteger();
  private List<OutgoingBatch> batches = List.of();
  private Partition.Acks acks = Partition.Acks.ALL;
  private long backoffNanos;
  private long retryNanos;
  private @Nullable String waitingFor;

  /** For one job. */
  public BatchAppends(Topics topics, Clock clock, Runnable wake) {
    this.topics = topics;
    this.clock = clock;
    this.wake = wake;
  }

  /** Begins with new batches; the former ones must all be acknowledged. */
  public void start(List<OutgoingBatch> batches, Partition.Acks acks) {
    this.batches = batches;
    this.acks = acks;
    backoffNanos = FIRST_BACKOFF_NANOS;
    waitingFor = null;
    send();
  }

  /**
   * Looks at the answers, and sends again what is due.
   *
   * @return true when all are acknowledged
   * @throws JobException when one is refused for good
   */
  public boolean advance() {
    if (batches.isEmpty()) {
      return true;
    }
    if (outstanding.get() > 0) {
      return false;
    }
    if (waitingFor == null) {
      String problem = judge();
      if (problem == null) {
        batches = List.of();
        return true;
      }
      waitingFor = problem;
      retryNanos = clock.nanos() + backoffNanos;
      backoffNanos = Math.min(2 * backoffNanos, LONGEST_BACKOFF_NANOS);
    }
    if (clock.nanos() - retryNanos < 0) {
      return false;
    }
    waitingFor = null;
    send();
    return outstanding.get() == 0 && advance();
  }

  /** Why batches have to be sent again, or null when none have. */
  public @Nullable String waitingFor() {
    return waitingFor;
  }

  /** Nanoseconds until something is to be sent again, or {@link Long#MAX_VALUE}. */
  public long nanosUntilRetry() {
    return waitingFor == null ? Long.MAX_VALUE : Math.max(1, retryNanos - clock.nanos());
  }

  private void send() {
    // Held while sending, so that answers on this thread do not look like the last one.
    outstanding.incrementAndGet();
    for (OutgoingBatch batch : batches) {
      if (!batch.isAcknowledged()) {
        batch.setAnswer(null);
        outstanding.incrementAndGet();
        send(batch);
      }
    }
    outstanding.decrementAndGet();
  }

  private void send(OutgoingBatch batch) {
    TopicPartition id = batch.partition();
    Partition partition = topics.find(id.topic(), id.partition());
    if (partition == null) {
      answered(
          batch,
          null,
          new BrokerException(
              BrokerError.UNKNOWN_TOPIC_OR_PARTITION, "there is no partition " + id));
      return;
    }
    partition.append(batch.bytes(), acks, (info, failure) -> answered(batch, info, failure));
  }

  private void answered(
      OutgoingBatch batch, @Nullable AppendInfo info, @Nullable BrokerException failure) {
    boolean stored = failure == null || failure.error() == BrokerError.DUPLICATE_SEQUENCE;
    batch.setAnswer(new OutgoingBatch.Answer(info, stored ? null : failure));
    if (outstanding.decrementAndGet() == 0) {
      wake.run();
    }
  }

  /** The first cause that passes, or null when all went well; throws for one that does not. */
  private @Nullable String judge() {
    String problem = null;
    Set<TopicPartition> held = new HashSet<>();
    List<OutgoingBatch> left = new ArrayList<>();
    for (OutgoingBatch batch : batches) {
      OutgoingBatch.Answer answer = batch.answer();
      BrokerException failure = answer == null ? null : answer.failure();
      if (failure == null) {
        continue;
      }
      // What stands behind a batch that was held up is refused for its sequence number only.
      if (!held.contains(batch.partition()) && !passes(failure.error())) {
        throw new JobException(
            "Writing to " + batch.partition() + " failed: " + failure.getMessage(), failure);
      }
      held.add(batch.partition());
      left.add(batch);
      if (problem == null) {
        problem = "Writing to " + batch.partition() + " waits: " + failure.getMessage();
      }
    }
    batches = left;
    return problem;
  }

  private static boolean passes(BrokerError error) {
    return switch (error) {
      case STORAGE, NOT_ENOUGH_REPLICAS, OVERLOADED -> true;
      default -> false;
    };
  }
}
