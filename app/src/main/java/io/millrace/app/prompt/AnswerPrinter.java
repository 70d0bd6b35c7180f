package io.millrace.app.prompt;

import io.millrace.app.prompt.SqlAnswer.Done;
import io.millrace.app.prompt.SqlAnswer.End;
import io.millrace.app.prompt.SqlAnswer.JobStarted;
import io.millrace.app.prompt.SqlAnswer.Row;
import io.millrace.app.prompt.SqlAnswer.Select;
import io.millrace.app.prompt.SqlAnswer.Table;
import io.millrace.app.prompt.SqlAnswer.Unknown;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Consumer;

/** Shows the lines of an answer on something that is not a terminal: rows tab-separated. */
public final class AnswerPrinter implements Consumer<SqlAnswer> {

  private final PrintStream out;
  private final PrintStream notes;

  /**
   * Results go to one stream, all else to the other.
   *
   * @param out rows and tables
   * @param notes what was done
   */
  public AnswerPrinter(PrintStream out, PrintStream notes) {
    this.out = out;
    this.notes = notes;
  }

  @Override
  public void accept(SqlAnswer answer) {
    switch (answer) {
      case Done done -> notes.println(done.message());
      case JobStarted job -> notes.println("job " + job.name() + " runs as " + job.id());
      case Table table -> {
        line(table.columns());
        table.rows().forEach(this::line);
      }
      case Select select -> line(select.columns());
      case Row row -> line(row.values());
      case End end -> {
        if (end.failure() != null) {
          throw new SqlRefusedException(end.failure());
        }
      }
      case Unknown unused -> {}
    }
  }

  private void line(List<String> cells) {
    out.println(String.join("\t", cells));
    out.flush();
  }
}
