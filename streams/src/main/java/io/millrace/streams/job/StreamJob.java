package io.millrace.streams.job;

import io.millrace.broker.Broker;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.plan.JobPlan;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A job that runs on a thread of its own. Any thread may call any method.
 *
 * <p>A job that is started under the name of an earlier one goes on from its checkpoint, provided
 * that the plan is the same. No two jobs of one name may run at a time; {@link JobRegistry} sees to
 * that.
 */
public final class StreamJob implements AutoCloseable {

  private final String name;
  private final RowListener caller;
  private final CompletableFuture<JobStatus> ended = new CompletableFuture<>();
  private volatile @Nullable JobStatus status;
  private @Nullable JobTask task;
  private @Nullable Thread thread;

  private StreamJob(String name, RowListener caller) {
    this.name = name;
    this.caller = caller;
  }

  /**
   * Starts a job.
   *
   * @param settings the node's; the plan's SET options are applied to them
   * @param caller takes the rows of a SELECT that stands alone
   * @throws JobException when the plan cannot run here, such as for a topic that does not exist
   * @throws io.millrace.core.SettingException for a SET option that cannot be used
   */
  public static StreamJob start(
      JobPlan plan,
      Broker broker,
      JobSettings settings,
      Clock clock,
      Timer timer,
      RowListener caller) {
    StreamJob job = new StreamJob(plan.name(), caller);
    JobTask task =
        new JobTask(
            plan, broker, settings.with(plan.settings()), clock, timer, caller, job::publish);
    job.task = task;
    job.thread = Thread.ofPlatform().daemon().name("job-" + plan.name()).start(task);
    return job;
  }

  private void publish(JobStatus published) {
    status = published;
    if (published.state().isEnd()) {
      ended.complete(published);
    }
  }

  /** The job's name. */
  public String name() {
    return name;
  }

  /** How it stands: at most some 100 ms old while it works, exact once it has ended. */
  public JobStatus status() {
    JobStatus published = status;
    if (published == null) {
      throw new IllegalStateException("the job has not begun");
    }
    return published;
  }

  /** Completes with the last status once the job has ended, in whichever way. */
  public CompletionStage<JobStatus> ended() {
    return ended.minimalCompletionStage();
  }

  /**
   * Asks the job to end. It stops between two rows; the epoch that is open is dropped and, when the
   * job is started again, computed anew. Returns at once.
   */
  public void cancel() {
    JobTask running = task;
    if (running != null) {
      running.cancel();
      caller.cancelled();
    }
  }

  /** Cancels, and waits until the thread has ended. */
  @Override
  public void close() {
    cancel();
    Thread running = thread;
    if (running == null || running == Thread.currentThread()) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        running.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
