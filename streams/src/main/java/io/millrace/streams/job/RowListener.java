package io.millrace.streams.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the rows of a SELECT that stands alone. */
public interface RowListener {

  /** Drops the rows; for jobs without such a SELECT. */
  RowListener NONE = (row, type) -> {};

  /**
   * Takes a row. Called by the job's thread; a call that blocks slows the job, which is the
   * backpressure, and must return once {@link #cancelled} was called.
   *
   * @param row as {@link io.millrace.streams.connector.RowValues#of} gives them; unmodifiable
   * @param type the columns
   */
  void row(List<@Nullable Object> row, io.millrace.streams.plan.RowType type);

  /** The job is being cancelled; called by whoever cancels. */
  default void cancelled() {}
}
