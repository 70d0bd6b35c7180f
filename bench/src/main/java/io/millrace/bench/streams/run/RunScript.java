package io.millrace.bench.streams.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The script that a run is given: statements, each ended by {@code ;} at the end of a line, the
 * last of which is the query.
 *
 * @param tables what comes before the query
 * @param query a SELECT, or an INSERT INTO that writes nowhere
 */
public record RunScript(List<String> tables, String query) {

  /** Takes an unmodifiable copy. */
  public RunScript {
    tables = List.copyOf(tables);
  }

  /** Reads a file. */
  public static RunScript read(Path file) throws IOException {
    List<String> statements =
        Stream.of(Files.readString(file).split(";\\s*\\n"))
            .map(String::strip)
            .filter(statement -> !statement.isEmpty())
            .toList();
    int last = statements.size() - 1;
    return new RunScript(statements.subList(0, last), statements.get(last));
  }

  /** Whether the query's rows come back to the caller. */
  public boolean isSelect() {
    return query.startsWith("SELECT");
  }
}
