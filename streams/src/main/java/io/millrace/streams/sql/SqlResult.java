package io.millrace.streams.sql;

import io.millrace.streams.plan.JobPlan;
import java.util.List;

/** What one statement of a script came to. */
public sealed interface SqlResult {

  /**
   * A job to start: an INSERT, a statement set, or a SELECT that stands alone.
   *
   * @param plan what to run
   * @param select whether the rows go to whoever submitted the script
   */
  record Job(JobPlan plan, boolean select) implements SqlResult {}

  /**
   * The statement had its effect on the session.
   *
   * @param message one line for people, such as {@code table flights created}
   */
  record Done(String message) implements SqlResult {}

  /**
   * Facts to show, such as those of SHOW TABLES, DESCRIBE or EXPLAIN.
   *
   * @param columns the headings
   * @param rows the rows, each with one text per heading
   */
  record Table(List<String> columns, List<List<String>> rows) implements SqlResult {

    /** Takes unmodifiable copies. */
    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }
}
