package io.millrace.streams.job;

import io.millrace.broker.Broker;
import io.millrace.broker.topic.Partition.Acks;
import io.millrace.broker.topic.Topic;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import io.millrace.log.Durability;
import io.millrace.streams.checkpoint.CheckpointLog;
import io.millrace.streams.connector.BatchAppends;
import io.millrace.streams.connector.Blocking;
import io.millrace.streams.connector.CallerSink;
import io.millrace.streams.connector.GeneratedSource;
import io.millrace.streams.connector.RecordPosition;
import io.millrace.streams.connector.Source;
import io.millrace.streams.connector.TopicSink;
import io.millrace.streams.connector.TopicSource;
import io.millrace.streams.expression.RowException;
import io.millrace.streams.job.JobStatus.State;
import io.millrace.streams.operator.FailedRows;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.plan.JobPlan;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job as its own thread runs it: read what is there, push it through the operators, end the epoch
 * when it is due, sleep when there is nothing to do.
 */
final class JobTask implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(JobTask.class);

  private static final long STATUS_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LAST_EPOCH_NANOS = Duration.ofSeconds(2).toNanos();

  private final JobPlan plan;
  private final Broker broker;
  private final JobSettings settings;
  private final Clock clock;
  private final RowListener caller;
  private final JobSleep sleep;
  private final Consumer<JobStatus> publish;
  private final RecordPosition position = new RecordPosition();
  private final BatchAppends appends;
  private final Publication publication;
  private final GroupCommits groupCommits;
  private final long startedMillis;

  private Dataflow dataflow;
  private @Nullable Epochs epochs;
  private long statusNanos;
  private boolean statusIsOld = true;
  private long epochsSeen;

  /**
   * Builds the dataflow, on the caller's thread; everything else is for {@link #run}.
   *
   * @param settings with the plan's own options applied
   * @param publish takes each status, the last one with an end state
   */
  JobTask(
      JobPlan plan,
      Broker broker,
      JobSettings settings,
      Clock clock,
      Timer timer,
      RowListener caller,
      Consumer<JobStatus> publish) {
    this.plan = plan;
    this.broker = broker;
    this.settings = settings;
    this.clock = clock;
    this.caller = caller;
    this.publish = publish;
    sleep = new JobSleep(clock, timer);
    appends = new BatchAppends(broker.topics(), clock, sleep::wake);
    publication = new Publication(appends, sleep, this::reportWaiting);
    groupCommits = new GroupCommits(broker.groups(), clock);
    startedMillis = clock.millis();
    dataflow = newDataflow();
    publish.accept(report(State.RUNNING, null));
  }

  private Dataflow newDataflow() {
    TopicSource.Context context =
        new TopicSource.Context(
            settings.visitBytes(), clock, this::failedRowsAt, position, sleep::wake);
    return new Dataflow(plan, broker, settings, clock, context, this::betweenRows, caller);
  }

  void cancel() {
    sleep.cancel();
  }

  // ---- the loop ----

  @Override
  public void run() {
    try {
      Epochs running = start();
      while (!step(running)) {
        sleep.checkCancelled();
      }
      end(State.FINISHED, null);
    } catch (JobSleep.CancelledException e) {
      finishPublication();
      end(State.CANCELLED, null);
    } catch (JobException e) {
      LOG.warn("Job {} failed: {}", plan.name(), e.getMessage());
      end(State.FAILED, e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("Job {} failed", plan.name(), e);
      end(State.FAILED, "The job stopped on an unexpected error: " + e);
    }
  }

  /** One round; returns true when the job has come to the end of its input. */
  private boolean step(Epochs epochs) {
    boolean read = false;
    boolean finished = true;
    for (Source source : dataflow.sources()) {
      read |= source.poll();
      finished &= source.isFinished();
    }
    if (read) {
      epochs.markChanged();
      statusIsOld = true;
    }
    long untilIdle = read ? Long.MAX_VALUE : checkIdle();
    epochs.advance();
    statusIsOld |= publication.waitingFor() != null;
    if (epochs.completed() != epochsSeen) {
      epochsSeen = epochs.completed();
      statusIsOld = true;
      groupCommits.commit(dataflow.topicSources());
    }
    if (finished) {
      epochs.cut(true);
      epochs.awaitPublished();
      groupCommits.commitNow(dataflow.topicSources());
      return true;
    }
    if (epochs.isDue(!read)) {
      epochs.cut(false);
    } else if (!read) {
      dataflow.sources().forEach(Source::wakeWhenReadable);
      sleep.sleep(Math.min(untilStatus(), Math.min(untilIdle, epochs.nanosUntilDue())));
    } else {
      untilStatus();
    }
    return false;
  }

  private long checkIdle() {
    long untilIdle = Long.MAX_VALUE;
    for (Source source : dataflow.sources()) {
      untilIdle = Math.min(untilIdle, source.checkIdle());
    }
    return untilIdle;
  }

  private void betweenRows() {
    Epochs running = epochs;
    if (running != null) {
      sleep.checkCancelled();
      running.betweenRows();
    }
  }

  /** The answer to rows without a value, for whoever reads records at that position. */
  private FailedRows failedRowsAt(RecordPosition at) {
    return (operator, failure) -> failed(operator, at, failure);
  }

  private void failed(String operator, RecordPosition at, RowException failure) {
    if (settings.failedRows() == JobSettings.FailedRow.FAIL) {
      throw new JobException(
          "In "
              + operator
              + ", "
              + at
              + ": "
              + failure.getMessage()
              + "; 'millrace.row-errors' = 'skip' drops such rows",
          failure);
    }
  }

  // ---- beginning and end ----

  private Epochs start() {
    String fingerprint = PlanFingerprint.of(plan);
    CheckpointLog log =
        keepsCheckpoints() ? CheckpointLog.open(broker, plan.name(), durability()) : null;
    boolean fresh = settings.start() == JobSettings.Start.FRESH;
    Recovery recovery = new Recovery(plan.name(), fingerprint, fresh);
    nameProducers();
    if (log != null) {
      recovery.load(log, dataflow);
      publication.begin(recovery.output(), Acks.ALL);
      publication.await();
    }
    if (recovery.isFinished()) {
      dataflow.close();
      dataflow = newDataflow();
      nameProducers();
    }
    long producerId = recovery.isResumed() ? recovery.producerId() : nameLastingProducer(log);
    Epochs running =
        new Epochs(
            settings,
            clock,
            fingerprint,
            publication,
            log,
            dataflow,
            producerId,
            recovery.lastEpoch() + 1);
    epochs = running;
    if (recovery.isResumed()) {
      dataflow.sources().forEach(Source::resume);
    }
    return running;
  }

  /** Gives every sink a producer of this run. */
  private void nameProducers() {
    if (!dataflow.topicSinks().isEmpty()) {
      long producerId = newProducerId();
      dataflow.topicSinks().forEach(sink -> sink.setProducer(producerId, false));
    }
  }

  /** Gives the sinks that go by the checkpoint a producer that lasts; -1 when there are none. */
  private long nameLastingProducer(@Nullable CheckpointLog log) {
    if (log == null || dataflow.exactlyOnceSinks().isEmpty()) {
      return -1;
    }
    long producerId = newProducerId();
    dataflow.exactlyOnceSinks().forEach(sink -> sink.setProducer(producerId, true));
    return producerId;
  }

  private long newProducerId() {
    return Blocking.get(broker.producerIds().next(), "The job cannot be given a producer id");
  }

  /** A job without topics to read or write has nothing to go on from. */
  private boolean keepsCheckpoints() {
    boolean generates = dataflow.sources().stream().anyMatch(GeneratedSource.class::isInstance);
    return (!dataflow.topicSources().isEmpty()
            && !dataflow.sinks().stream().allMatch(CallerSink.class::isInstance))
        || (generates && !dataflow.topicSinks().isEmpty());
  }

  /** As durable as the output: more would cost and keep nothing. */
  private Durability durability() {
    Durability strongest = Durability.OS;
    for (TopicSink sink : dataflow.topicSinks()) {
      Topic topic = broker.topics().find(sink.topic());
      if (topic != null && topic.settings().log().durability().compareTo(strongest) > 0) {
        strongest = topic.settings().log().durability();
      }
    }
    return strongest;
  }

  /** Gives the epoch that is being published a moment to become complete. */
  private void finishPublication() {
    long deadline = clock.nanos() + LAST_EPOCH_NANOS;
    try {
      while (!publication.advance() && clock.nanos() - deadline < 0) {
        sleep.sleep(Math.min(publication.nanosUntilRetry(), deadline - clock.nanos()));
      }
    } catch (JobException e) {
      LOG.warn("The last epoch of job {} is left to its restart: {}", plan.name(), e.getMessage());
    }
  }

  private void end(State state, @Nullable String failure) {
    dataflow.close();
    sleep.close();
    publish.accept(report(state, failure));
  }

  // ---- status ----

  /** Publishes the status when it is due; returns nanoseconds until it is. */
  private long untilStatus() {
    if (!statusIsOld) {
      return Long.MAX_VALUE;
    }
    long left = statusNanos + STATUS_NANOS - clock.nanos();
    if (left > 0) {
      return left;
    }
    statusNanos = clock.nanos();
    statusIsOld = false;
    publish.accept(report(State.RUNNING, null));
    return Long.MAX_VALUE;
  }

  /** Shows what holds the job up, where it would otherwise sleep without a word. */
  private void reportWaiting() {
    if (publication.waitingFor() != null) {
      statusIsOld = true;
      untilStatus();
    }
  }

  private JobStatus report(State state, @Nullable String failure) {
    Epochs running = epochs;
    return StatusReport.of(
        plan.name(),
        state,
        failure,
        publication.waitingFor(),
        startedMillis,
        dataflow,
        running == null ? null : running.last());
  }
}
