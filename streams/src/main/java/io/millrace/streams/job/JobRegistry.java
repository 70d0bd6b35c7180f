package io.millrace.streams.job;

import io.millrace.broker.Broker;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.plan.JobPlan;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The jobs of a node: those that run, and the last ones that ended. Any thread may call.
 *
 * <p>Of each name only one job runs at a time, since they would share a checkpoint.
 */
public final class JobRegistry implements AutoCloseable {

  private static final int ENDED_KEPT = 100;

  private final Broker broker;
  private final JobSettings settings;
  private final Clock clock;
  private final Timer timer;
  private final int maxJobs;
  private final Map<String, StreamJob> jobs = new LinkedHashMap<>();
  private long started;
  private boolean closed;

  /**
   * @param settings that jobs begin from
   * @param maxJobs how many may run at a time: each has a thread
   */
  public JobRegistry(Broker broker, JobSettings settings, Clock clock, Timer timer, int maxJobs) {
    this.broker = broker;
    this.settings = settings;
    this.clock = clock;
    this.timer = timer;
    this.maxJobs = maxJobs;
  }

  /** A job with the id that the registry gave it, such as {@code 7}. */
  public record Entry(String id, StreamJob job) {}

  /**
   * Starts a job; see {@link StreamJob#start}.
   *
   * @throws JobException also when a job of that name runs, or too many do
   */
  public synchronized Entry start(JobPlan plan, RowListener caller) {
    if (closed) {
      throw new JobException("The node is closing");
    }
    int running = 0;
    for (Map.Entry<String, StreamJob> entry : jobs.entrySet()) {
      if (entry.getValue().status().state().isEnd()) {
        continue;
      }
      running++;
      if (entry.getValue().name().equals(plan.name())) {
        throw new JobException(
            "Job "
                + plan.name()
                + " is running already, with id "
                + entry.getKey()
                + "; cancel it first, or SET 'pipeline.name' to another name");
      }
    }
    if (running >= maxJobs) {
      throw new JobException(
          running + " jobs are running, and no more are allowed; cancel one first");
    }
    StreamJob job = StreamJob.start(plan, broker, settings, clock, timer, caller);
    Entry entry = new Entry(Long.toString(++started), job);
    jobs.put(entry.id(), job);
    forgetOldest();
    return entry;
  }

  private void forgetOldest() {
    int ended = 0;
    for (StreamJob job : jobs.values()) {
      ended += job.status().state().isEnd() ? 1 : 0;
    }
    Iterator<StreamJob> oldest = jobs.values().iterator();
    while (ended > ENDED_KEPT && oldest.hasNext()) {
      if (oldest.next().status().state().isEnd()) {
        oldest.remove();
        ended--;
      }
    }
  }

  /** All jobs, in the order in which they were started. */
  public synchronized List<Entry> list() {
    List<Entry> entries = new ArrayList<>();
    jobs.forEach((id, job) -> entries.add(new Entry(id, job)));
    return entries;
  }

  /** The job with that id. */
  public synchronized Optional<StreamJob> find(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /**
   * Asks a job to end.
   *
   * @return false when there is no job with that id
   */
  public boolean cancel(String id) {
    Optional<StreamJob> job = find(id);
    job.ifPresent(StreamJob::cancel);
    return job.isPresent();
  }

  /** Cancels all jobs, and waits until they have ended. To be closed before the broker. */
  @Override
  public void close() {
    List<StreamJob> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(jobs.values());
    }
    all.forEach(StreamJob::cancel);
    all.forEach(StreamJob::close);
  }
}
