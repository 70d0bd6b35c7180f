package io.millrace.streams.job;

import io.millrace.streams.checkpoint.CheckpointLog;
import io.millrace.streams.connector.OutgoingBatch;
import io.millrace.streams.connector.TopicSink;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.state.StateInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a dataflow to where its job's last complete epoch left it. What it finds:
 *
 * <pre>
 *   no epoch, or told to start afresh  nothing is loaded
 *   an epoch of another plan           refused, with what to do
 *   a finished job                     its last output is published once more; nothing is loaded
 *   an epoch                           loaded, and its output published once more
 * </pre>
 */
final class Recovery {

  private final String fingerprint;
  private final boolean fresh;
  private final String job;
  private EpochContent.@Nullable Head head;
  private long lastEpoch;

  Recovery(String job, String fingerprint, boolean fresh) {
    this.job = job;
    this.fingerprint = fingerprint;
    this.fresh = fresh;
  }

  /** Reads the checkpoints into the dataflow. */
  void load(CheckpointLog log, Dataflow dataflow) {
    lastEpoch = log.load((epoch, whole, content) -> take(dataflow, whole, content));
  }

  private void take(Dataflow dataflow, boolean whole, StateInput content) {
    EpochContent.Head read = EpochContent.readHead(content);
    boolean first = head == null;
    head = read;
    if (fresh) {
      return;
    }
    if (!read.fingerprint().equals(fingerprint)) {
      if (read.finished()) {
        return;
      }
      throw new JobException(
          "Job "
              + job
              + " has a checkpoint of another plan, which this one cannot go on from; SET"
              + " 'millrace.start' = 'fresh' starts without it, another 'pipeline.name' keeps both");
    }
    if (first) {
      for (TopicSink sink : dataflow.topicSinks()) {
        sink.setProducer(read.producerId());
      }
    }
    EpochContent.readSequences(dataflow, content);
    EpochContent.readState(dataflow, whole, content);
  }

  /** The number of the last epoch that was kept, or 0. */
  long lastEpoch() {
    return lastEpoch;
  }

  /** Whether the dataflow goes on from where it was. */
  boolean isResumed() {
    EpochContent.Head found = head;
    return found != null && !fresh && !found.finished();
  }

  /** Whether a dataflow was loaded that must not be used, since its job had finished. */
  boolean isFinished() {
    EpochContent.Head found = head;
    return found != null && !fresh && found.finished();
  }

  /** The producer that sent the job's output. */
  long producerId() {
    EpochContent.Head found = head;
    if (found == null) {
      throw new IllegalStateException("nothing was loaded");
    }
    return found.producerId();
  }

  /** The last epoch's output, which may not have been published. */
  List<OutgoingBatch> output() {
    EpochContent.Head found = head;
    return found == null || fresh ? List.of() : found.output();
  }
}
