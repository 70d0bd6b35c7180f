package io.millrace.console.api;

import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.ProblemException;
import io.millrace.console.http.Request;
import io.millrace.streams.job.JobRegistry;
import io.millrace.streams.job.JobStatus;
import io.millrace.streams.job.StreamJob;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Stream jobs: how they stand, and ending them. */
public final class JobsApi {

  private final @Nullable JobRegistry jobs;

  /** Over a node's jobs; null on a node that runs none. */
  public JobsApi(@Nullable JobRegistry jobs) {
    this.jobs = jobs;
  }

  /** {@code /api/jobs} and what is below it. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("GET", "/api/jobs", this::list),
        Endpoint.of("GET", "/api/jobs/{job}", this::describe),
        Endpoint.of("DELETE", "/api/jobs/{job}", this::cancel));
  }

  /** The answer of {@code GET /api/jobs}. */
  record JobList(List<Job> jobs) {}

  /**
   * A job; times in milliseconds since the Unix epoch.
   *
   * @param lag records that are there and not yet read
   * @param watermark the least of its sources' watermarks; null before there is one
   */
  record Job(
      String id,
      String name,
      JobStatus.State state,
      @Nullable String failure,
      @Nullable String warning,
      long startTime,
      long rowsIn,
      long rowsOut,
      long lateRows,
      long lag,
      @Nullable Long watermark,
      List<Source> sources,
      List<JobStatus.Operator> operators,
      List<JobStatus.Sink> sinks,
      @Nullable Checkpoint checkpoint) {

    static Job of(String id, JobStatus status) {
      return new Job(
          id,
          status.name(),
          status.state(),
          status.failure(),
          status.warning(),
          status.startedMillis(),
          status.rowsIn(),
          status.rowsOut(),
          status.lateRows(),
          status.lag(),
          orNull(JobsApi.watermark(status)),
          status.sources().stream().map(Source::of).toList(),
          status.operators(),
          status.sinks(),
          status.checkpoint() == null ? null : Checkpoint.of(status.checkpoint()));
    }
  }

  /** A table that a job reads; it has no topic when its rows are made up. */
  record Source(
      String table,
      @Nullable String topic,
      @Nullable Long watermark,
      long records,
      long rows,
      long unreadableRecords,
      List<SourcePartition> partitions) {

    static Source of(JobStatus.Source source) {
      return new Source(
          source.table(),
          source.topic(),
          orNull(source.watermarkMillis()),
          source.records(),
          source.rows(),
          source.unreadableRecords(),
          source.partitions().stream().map(each -> SourcePartition.of(source, each)).toList());
    }
  }

  /**
   * A partition that a job reads.
   *
   * @param holdsBack whether the source's watermark waits for this one
   */
  record SourcePartition(
      int partition,
      long offset,
      long lag,
      @Nullable Long watermark,
      boolean idle,
      boolean finished,
      boolean holdsBack) {

    static SourcePartition of(JobStatus.Source source, JobStatus.Partition partition) {
      return new SourcePartition(
          partition.partition(),
          partition.offset(),
          partition.lag(),
          orNull(partition.watermarkMillis()),
          partition.idle(),
          partition.finished(),
          source.heldBy().isPresent() && source.heldBy().getAsInt() == partition.partition());
    }
  }

  /** The last checkpoint that is complete. */
  record Checkpoint(long number, long time, long durationMillis, long bytes, boolean whole) {

    static Checkpoint of(JobStatus.Checkpoint checkpoint) {
      return new Checkpoint(
          checkpoint.epoch(),
          checkpoint.completedMillis(),
          checkpoint.duration().toMillis(),
          checkpoint.bytes(),
          checkpoint.whole());
    }
  }

  /** How far event time has come in a job: its slowest source says. */
  public static OptionalLong watermark(JobStatus status) {
    return status.sources().stream()
        .flatMapToLong(source -> source.watermarkMillis().stream())
        .min();
  }

  private static @Nullable Long orNull(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  private Answer list(Request request) {
    JobRegistry registry = jobs;
    List<Job> all =
        registry == null
            ? List.of()
            : registry.list().stream().map(each -> Job.of(each.id(), each.job().status())).toList();
    return Json.answer(200, new JobList(all));
  }

  private Answer describe(Request request) {
    String id = request.path("job");
    return Json.answer(200, Job.of(id, existing(id).status()));
  }

  private Answer cancel(Request request) throws InterruptedException {
    String id = request.path("job");
    StreamJob job = existing(id);
    job.cancel();
    return Json.answer(200, Job.of(id, Stages.await(job.ended())));
  }

  private StreamJob existing(String id) {
    JobRegistry registry = jobs;
    if (registry == null) {
      throw new ProblemException(404, "This node runs no stream jobs.");
    }
    return registry
        .find(id)
        .orElseThrow(() -> new ProblemException(404, "There is no job \"" + id + "\"."));
  }
}
