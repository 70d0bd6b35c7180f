package io.millrace.streams.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about the dialect says what the program does. */
final class DialectPageTest {

  private static String page() throws Exception {
    return Files.readString(Path.of(System.getProperty("project.root"), "docs/streams-sql.md"));
  }

  @Test
  void pageListsTheFunctionsThereAre() throws Exception {
    SqlResult.Table functions =
        (SqlResult.Table) new SqlSession().execute("SHOW FUNCTIONS").getFirst();

    assertThat(page()).endsWith(table(functions.rows()));
  }

  @Test
  void pageNamesEveryOption() throws Exception {
    String page = page();

    for (String option :
        List.of(
            "topic",
            "format",
            "value.format",
            "key.format",
            "key.fields",
            "value.fields-include",
            "properties.*",
            "scan.startup.mode",
            "scan.startup.timestamp-millis",
            "scan.bounded.mode",
            "scan.watermark.idle-timeout",
            "json.ignore-parse-errors",
            "json.fail-on-missing-field",
            "json.timestamp-format.standard",
            "sink.delivery-guarantee",
            "sink.transactional-id-prefix",
            "print-identifier",
            "rows-per-second",
            "number-of-rows",
            "fields.COLUMN.kind",
            "fields.COLUMN.null-rate",
            "events.num",
            "next-event.rate",
            "out-of-order.group-size")) {
      assertThat(page).contains("`" + option + "`");
    }
  }

  private static String table(List<List<String>> rows) {
    return "| function | result |\n|---|---|\n"
        + rows.stream()
            .map(
                row ->
                    "| `"
                        + row.get(0).replace("|", "\\|")
                        + "` | "
                        + row.get(1).replace("|", "\\|")
                        + " |")
            .collect(Collectors.joining("\n"))
        + "\n";
  }
}
