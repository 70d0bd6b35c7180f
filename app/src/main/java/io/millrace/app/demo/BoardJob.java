package io.millrace.app.demo;

import io.millrace.streams.job.JobRegistry;
import io.millrace.streams.job.JobStatus;
import io.millrace.streams.job.RowListener;
import io.millrace.streams.job.StreamJob;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.sql.SqlException;
import io.millrace.streams.sql.SqlResult;
import io.millrace.streams.sql.SqlSession;
import java.util.List;

/** The job of board.sql on the node. Used by one thread. */
final class BoardJob {

  private final StreamJob job;

  private BoardJob(StreamJob job) {
    this.job = job;
  }

  /**
   * Runs the script and starts the one job that it describes.
   *
   * @throws DemoException when it is no such script, or the job cannot start
   */
  static BoardJob start(String script, JobRegistry jobs) {
    try {
      List<JobPlan> plans =
          new SqlSession()
              .execute(script).stream()
                  .filter(SqlResult.Job.class::isInstance)
                  .map(result -> ((SqlResult.Job) result).plan())
                  .toList();
      if (plans.size() != 1) {
        throw new DemoException(
            "board.sql has " + plans.size() + " jobs; it must have one statement set");
      }
      return new BoardJob(jobs.start(plans.getFirst(), RowListener.NONE).job());
    } catch (SqlException | JobException e) {
      throw new DemoException("board.sql cannot run: " + e.getMessage());
    }
  }

  /**
   * Tells whether the job has ended, which it does only when it failed.
   *
   * @throws DemoException that says why
   */
  void throwFailure() {
    JobStatus status = job.status();
    if (status.state().isEnd()) {
      throw new DemoException(
          "the job " + status.name() + " has ended (" + status.state() + "): " + status.failure());
    }
  }

  /**
   * Whether it has read so many records, and all of its rows are in the hands of whoever reads its
   * topics.
   *
   * @param records how many there are
   * @param rows how many rows were read from its topics
   */
  boolean isDone(long records, long rows) {
    JobStatus status = job.status();
    long read =
        status.sources().stream()
            .flatMap(source -> source.partitions().stream())
            .mapToLong(JobStatus.Partition::offset)
            .sum();
    return read == records * status.sources().size() && rows >= status.rowsOut();
  }
}
