package io.millrace.streams.connector;

import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import java.io.PrintStream;
import java.util.stream.Collectors;

/**
 * Writes each row as a line, such as {@code +I[SFO, 12]}, with the sign of its kind, at once: after
 * a restart the rows since the last checkpoint come again.
 */
public final class PrintSink extends Sink {

  private final String prefix;
  private final RowType type;
  private final PrintStream out;

  /** For an insert into that table. */
  public PrintSink(String table, String identifier, RowType type, PrintStream out) {
    super(table);
    prefix = identifier.isEmpty() ? "" : identifier + "> ";
    this.type = type;
    this.out = out;
  }

  @Override
  public void row(Row row) {
    rows++;
    out.println(
        RowValues.of(row, type).stream()
            .map(RowValues::text)
            .collect(Collectors.joining(", ", prefix + row.kind().sign() + "[", "]")));
  }
}
