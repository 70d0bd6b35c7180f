package io.millrace.streams.job;

import io.millrace.broker.topic.Partition.Acks;
import io.millrace.core.Clock;
import io.millrace.streams.checkpoint.CheckpointLog;
import io.millrace.streams.connector.OutgoingBatch;
import io.millrace.streams.connector.TopicSink;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.operator.StatefulOperator;
import io.millrace.streams.plan.Connector.DeliveryGuarantee;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a job's work into epochs. An epoch is what happened between two cuts: how far sources were
 * read, what changed in state, which output arose; it counts as a whole or not at all. It ends when
 * output waits and the sources have nothing more at present, when the interval is over, or when too
 * much output waits. {@link Publication} carries it from there. Confined to the job's thread.
 */
final class Epochs {

  /** Changes may add up to this before all state is written again. */
  private static final long LEAST_DELTA_BYTES = 4L << 20;

  private static final int ROWS_BETWEEN_CHECKS = 256;

  private final JobSettings settings;
  private final Clock clock;
  private final String fingerprint;
  private final Publication publication;

  /** Where checkpoints are kept; null for a job that keeps none. */
  private final @Nullable CheckpointLog log;

  private final Dataflow dataflow;
  private final long producerId;

  // The open epoch.
  private long epoch;
  private boolean changed = true;
  private long cutNanos;
  private int rowsUntilCheck = ROWS_BETWEEN_CHECKS;

  // The epoch being published.
  private boolean publishing;
  private boolean whole;
  private long bytes;
  private @Nullable OutgoingBatch firstPart;

  // Since the last whole epoch.
  private boolean wholeIsDue = true;
  private long deltaBytes;
  private long wholeBytes;

  private JobStatus.@Nullable Checkpoint last;
  private long completed;

  /**
   * @param epoch the number of the first epoch, after those that were kept before
   */
  Epochs(
      JobSettings settings,
      Clock clock,
      String fingerprint,
      Publication publication,
      @Nullable CheckpointLog log,
      Dataflow dataflow,
      long producerId,
      long epoch) {
    this.settings = settings;
    this.clock = clock;
    this.fingerprint = fingerprint;
    this.publication = publication;
    this.log = log;
    this.dataflow = dataflow;
    this.producerId = producerId;
    this.epoch = epoch;
    cutNanos = clock.nanos();
  }

  // ---- when ----

  /** Notes that something was read. */
  void markChanged() {
    changed = true;
  }

  /**
   * Whether the open epoch is to be cut now.
   *
   * @param drained whether the sources have nothing more at present: output then goes out at once
   */
  boolean isDue(boolean drained) {
    long pending = pendingBytes();
    if (pending >= settings.maxOutputBytes()) {
      return true;
    }
    if (publishing || (!changed && pending == 0)) {
      return false;
    }
    return nanosUntilInterval() <= 0 || (drained && pending > 0);
  }

  /** Nanoseconds until {@link #isDue} or {@link #advance} may answer otherwise by time alone. */
  long nanosUntilDue() {
    if (publishing) {
      return publication.nanosUntilRetry();
    }
    return changed ? Math.max(1, nanosUntilInterval()) : Long.MAX_VALUE;
  }

  private long nanosUntilInterval() {
    return cutNanos + settings.checkpointInterval().toNanos() - clock.nanos();
  }

  private long pendingBytes() {
    long pending = 0;
    for (TopicSink sink : dataflow.topicSinks()) {
      pending += sink.pendingBytes();
    }
    return pending;
  }

  /** Cuts amid the emission of a large window when too much output waits. */
  void betweenRows() {
    if (--rowsUntilCheck == 0) {
      rowsUntilCheck = ROWS_BETWEEN_CHECKS;
      if (pendingBytes() >= settings.maxOutputBytes()) {
        cut(false);
      }
    }
  }

  // ---- cutting ----

  /**
   * Ends the open epoch; waits first until the one before is published.
   *
   * @param finished whether the job has come to the end of its input
   */
  void cut(boolean finished) {
    awaitPublished();
    checkStateSize();
    changed = false;
    cutNanos = clock.nanos();
    publishing = true;
    List<OutgoingBatch> early = new ArrayList<>();
    List<OutgoingBatch> output = new ArrayList<>();
    Acks acks = Acks.LEADER;
    for (TopicSink sink : dataflow.topicSinks()) {
      boolean waitsForRecord = log != null && sink.guarantee() == DeliveryGuarantee.EXACTLY_ONCE;
      if (!waitsForRecord && sink.guarantee() != DeliveryGuarantee.NONE) {
        acks = Acks.ALL;
      }
      sink.drainTo(waitsForRecord ? output : early);
      sink.refreshPartitions();
    }
    publication.begin(early, acks);
    writeRecord(output, finished);
    publication.seal(output);
    advance();
  }

  private void writeRecord(List<OutgoingBatch> output, boolean finished) {
    CheckpointLog checkpoints = log;
    if (checkpoints == null) {
      return;
    }
    whole = wholeIsDue;
    firstPart = null;
    CheckpointLog.EpochWriter writer = checkpoints.begin(epoch, whole, this::takePart);
    EpochContent.write(
        new EpochContent.Head(fingerprint, producerId, finished, output),
        dataflow,
        whole,
        writer.output());
    bytes = writer.output().written();
    takePart(writer.end());
    if (whole) {
      wholeBytes = bytes;
      deltaBytes = 0;
    } else {
      deltaBytes += bytes;
    }
    wholeIsDue = deltaBytes > Math.max(LEAST_DELTA_BYTES, 2 * wholeBytes);
    epoch++;
  }

  private void takePart(OutgoingBatch part) {
    if (firstPart == null) {
      firstPart = part;
    }
    publication.takePart(part);
  }

  private void checkStateSize() {
    long size = 0;
    for (StatefulOperator operator : dataflow.stateful()) {
      size += operator.stateBytes();
    }
    if (size > settings.maxStateBytes()) {
      throw new JobException(
          "The job's state takes about "
              + (size >> 20)
              + " MiB of memory; millrace.state.max-bytes allows "
              + (settings.maxStateBytes() >> 20)
              + " MiB");
    }
  }

  // ---- after the cut ----

  /** Carries the epoch that is being published on, if there is one. */
  void advance() {
    if (!publishing || !publication.advance()) {
      return;
    }
    publishing = false;
    completed++;
    CheckpointLog checkpoints = log;
    if (checkpoints != null) {
      last =
          new JobStatus.Checkpoint(
              epoch - 1, clock.millis(), Duration.ofNanos(clock.nanos() - cutNanos), bytes, whole);
      OutgoingBatch first = firstPart;
      if (whole && first != null && first.baseOffset() >= 0) {
        checkpoints.deleteBefore(first.baseOffset());
      }
      firstPart = null;
    }
  }

  /** How many epochs have become complete. */
  long completed() {
    return completed;
  }

  /** Sleeps until no epoch is being published; throws when the job is cancelled meanwhile. */
  void awaitPublished() {
    publication.await();
    advance();
  }

  /** The last checkpoint that is complete, or null. */
  JobStatus.@Nullable Checkpoint last() {
    return last;
  }
}
