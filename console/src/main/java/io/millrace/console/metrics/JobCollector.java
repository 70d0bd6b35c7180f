package io.millrace.console.metrics;

import io.millrace.console.api.JobsApi;
import io.millrace.core.Clock;
import io.millrace.streams.job.JobRegistry;
import io.millrace.streams.job.JobStatus;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;

/** Stream jobs that run, the first {@value #MOST_JOBS} of them; labelled by name. */
final class JobCollector implements MultiCollector {

  private static final int MOST_JOBS = 200;

  private final JobRegistry jobs;
  private final Clock clock;

  JobCollector(JobRegistry jobs, Clock clock) {
    this.jobs = jobs;
    this.clock = clock;
  }

  @Override
  public MetricSnapshots collect() {
    List<JobStatus> running = new ArrayList<>();
    long failed = 0;
    for (JobRegistry.Entry entry : jobs.list()) {
      JobStatus status = entry.job().status();
      if (status.state() == JobStatus.State.RUNNING) {
        running.add(status);
      } else if (status.state() == JobStatus.State.FAILED) {
        failed++;
      }
    }
    Families families = new Families();
    families.gauge("millrace_jobs_running", "Stream jobs that run", running.size());
    families.gauge("millrace_jobs_failed", "Stream jobs that failed, of those remembered", failed);
    running.stream().limit(MOST_JOBS).forEach(status -> add(families, status));
    return families.build();
  }

  private void add(Families families, JobStatus status) {
    String job = status.name();
    families.counter("millrace_job_rows_in", "Rows read", status.rowsIn(), "job", job);
    families.counter("millrace_job_rows_out", "Rows written", status.rowsOut(), "job", job);
    families.counter(
        "millrace_job_late_rows",
        "Rows dropped because every window they belong to was complete",
        status.lateRows(),
        "job",
        job);
    families.gauge("millrace_job_lag_records", "Records not read yet", status.lag(), "job", job);
    families.gauge(
        "millrace_job_state_bytes",
        "Memory taken by state, about",
        status.operators().stream().mapToLong(JobStatus.Operator::stateBytes).sum(),
        "job",
        job);
    JobsApi.watermark(status)
        .ifPresent(
            watermark ->
                families.gauge(
                    "millrace_job_watermark_lag_seconds",
                    "By how much event time is behind the clock",
                    (clock.millis() - watermark) / 1000.0,
                    "job",
                    job));
    JobStatus.Checkpoint checkpoint = status.checkpoint();
    if (checkpoint != null) {
      families.gauge(
          "millrace_job_checkpoint_duration_seconds",
          "Time that the last checkpoint took",
          checkpoint.duration().toNanos() / 1e9,
          "job",
          job);
      families.gauge(
          "millrace_job_checkpoint_age_seconds",
          "Time since the last checkpoint",
          (clock.millis() - checkpoint.completedMillis()) / 1000.0,
          "job",
          job);
    }
  }
}
