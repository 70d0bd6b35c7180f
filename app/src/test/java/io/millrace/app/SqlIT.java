package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.Launcher.Result;
import io.millrace.app.Launcher.RunningNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** SQL from the command line, over the console of a node. */
@TestInstance(Lifecycle.PER_CLASS)
class SqlIT {

  private static final String ORDERS =
      """
      CREATE TABLE orders (id STRING, amount DOUBLE) WITH ('connector' = 'kafka',
        'topic' = 'orders', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset' %s);
      """;

  private Path folder;
  private RunningNode node;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    node = RunningNode.start(folder.resolve("data"));
    String records =
        """
        {"id":"a","amount":1.5}
        {"id":"b","amount":9}
        """;
    Launcher.run(records, "produce", "orders", "-b", node.bootstrap()).succeeded();
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private Result sql(String input, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 3];
    all[0] = "sql";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 2] = "--console";
    all[all.length - 1] = node.url("console");
    return Launcher.run(input, all);
  }

  private Path script(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void rowsOfABoundedSelectArePrintedTabSeparated() throws Exception {
    Path file =
        script(
            "select.sql",
            ORDERS.formatted(", 'scan.bounded.mode' = 'latest-offset'")
                + "SELECT id, amount * 2 AS twice FROM orders;\n");
    assertThat(sql("", file.toString()).succeeded().out().lines())
        .containsExactly("id\ttwice", "a\t3.0", "b\t18.0");
  }

  @Test
  void aScriptOnStandardInputRunsToo() throws Exception {
    Result result = sql(ORDERS.formatted("") + "SHOW TABLES;\n").succeeded();
    assertThat(result.out()).contains("orders");
  }

  @Test
  void aJobGoesOnWhenTheCommandHasLeft() throws Exception {
    Path file =
        script(
            "big.sql",
            "SET 'pipeline.name' = 'big';\n"
                + ORDERS.formatted("")
                + """
                CREATE TABLE big (id STRING) WITH ('connector' = 'kafka', 'topic' = 'big',
                  'format' = 'json');
                INSERT INTO big SELECT id FROM orders WHERE amount > 5;
                """);
    assertThat(sql("", file.toString(), "--detach").succeeded().err()).contains("job big runs as");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        Launcher.run(
                                "", "consume", "big", "--from", "0", "-e", "-b", node.bootstrap())
                            .out()
                            .lines())
                    .containsExactly("{\"id\":\"b\"}"));
  }

  @Test
  void malformedSqlIsReportedWithItsPlaceAndWhatWasExpected() throws Exception {
    Path file = script("bad.sql", "SHOW TABLES;\nSELCT 1;\n");
    Result result = sql("", file.toString());
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("millrace: " + file + ": line 2, column 1: ")
        .contains("SELCT")
        .contains("expected")
        .hasLineCount(1);
  }

  @Test
  void aConsoleThatIsNotThereIsReportedAtOnce() throws Exception {
    Result result =
        Launcher.run("", "sql", "-e", "SHOW TABLES;", "--console", "http://127.0.0.1:1");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .isEqualToIgnoringNewLines(
            "millrace: no console answers at http://127.0.0.1:1; start a node (millrace start) or"
                + " use --console");
  }

  @Test
  void jobsOfTheConfigurationRunFromTheStart(@TempDir Path other) throws Exception {
    Files.writeString(
        other.resolve("copy.sql"),
        "SET 'pipeline.name' = 'copy';\n"
            + ORDERS.formatted("")
            + """
            CREATE TABLE copied (id STRING) WITH ('connector' = 'kafka', 'topic' = 'copied',
              'format' = 'json');
            INSERT INTO copied SELECT id FROM orders;
            """);
    Path config =
        Files.writeString(
            other.resolve("millrace.yaml"),
            """
            jobs: [copy.sql]
            edge:
              views:
                - path: /orders
                  topics: [{topic: copied}]
            """);
    try (RunningNode second =
        RunningNode.start(other.resolve("data"), "--config", config.toString())) {
      Launcher.run("{\"id\":\"x\",\"amount\":1}\n", "produce", "orders", "-b", second.bootstrap())
          .succeeded();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(
                          Launcher.run(
                                  "",
                                  "consume",
                                  "copied",
                                  "--from",
                                  "beginning",
                                  "-e",
                                  "-b",
                                  second.bootstrap())
                              .out()
                              .lines())
                      .containsExactly("{\"id\":\"x\"}"));
    }
  }
}
