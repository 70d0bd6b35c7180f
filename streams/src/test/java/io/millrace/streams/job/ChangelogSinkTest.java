package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.TestNode.Received;
import io.millrace.streams.job.SqlRun.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Results that change, in topics by key and as the latest versions that other rows are joined to.
 */
class ChangelogSinkTest {

  private SqlRun run;

  @BeforeEach
  void open() throws IOException {
    run = new SqlRun();
  }

  @AfterEach
  void close() throws IOException {
    run.close();
  }

  private static String upsert(String name, String columns, String key) {
    return """
        CREATE TABLE %s (%s, PRIMARY KEY (%s) NOT ENFORCED) WITH ('connector' = 'upsert-kafka',
          'topic' = '%s', 'key.format' = 'raw', 'value.format' = 'json',
          'scan.bounded.mode' = 'latest-offset');
        """
        .formatted(name, columns, key, name);
  }

  @Test
  void upsertTopicHasEachNewResultUnderItsKeyAndATombstoneForOneThatIsGone() {
    run.node().create("sizes", 1);
    String topic =
        run.topic(List.of(new Event("SFO", 1, 1), new Event("LAX", 1, 2), new Event("SFO", 1, 3)));

    run.insert(
        SqlRun.table("e", topic, 0, true)
            + upsert("sizes", "n STRING, keys BIGINT", "n")
            + "INSERT INTO sizes SELECT CAST(n AS STRING), COUNT(*) FROM"
            + " (SELECT k, COUNT(*) AS n FROM e GROUP BY k) WHERE n < 2 GROUP BY n");

    assertThat(run.node().records("sizes"))
        .extracting(Received::key, Received::value)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("1", "{\"n\":\"1\",\"keys\":1}"),
            org.assertj.core.groups.Tuple.tuple("1", "{\"n\":\"1\",\"keys\":2}"),
            org.assertj.core.groups.Tuple.tuple("1", "{\"n\":\"1\",\"keys\":1}"));
  }

  @Test
  void lastOfSeveralRowsOfOneKeyIsTheOneBeforeItAgainWhenItGoes() {
    run.node().create("latest", 1);
    String topic =
        run.topic(List.of(new Event("SFO", 1, 1), new Event("LAX", 1, 2), new Event("LAX", 1, 3)));

    // One row per key has the value 1, and the key of the output is the value.
    run.insert(
        SqlRun.table("e", topic, 0, true)
            + upsert("latest", "n STRING, k STRING", "n")
            + "INSERT INTO latest SELECT CAST(n AS STRING), k FROM"
            + " (SELECT k, COUNT(*) AS n FROM e GROUP BY k)");

    assertThat(run.node().records("latest"))
        .extracting(Received::key, Received::value)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("1", "{\"n\":\"1\",\"k\":\"SFO\"}"),
            org.assertj.core.groups.Tuple.tuple("1", "{\"n\":\"1\",\"k\":\"LAX\"}"),
            org.assertj.core.groups.Tuple.tuple("1", "{\"n\":\"1\",\"k\":\"SFO\"}"),
            org.assertj.core.groups.Tuple.tuple("2", "{\"n\":\"2\",\"k\":\"LAX\"}"));
  }

  @Test
  void upsertTopicIsReadAsChangesOfItsKeys() {
    run.node().create("rates", 1);
    run.node().send("rates", 0, "EUR", "{\"c\":\"EUR\",\"r\":1}");
    run.node().send("rates", 0, "EUR", "{\"c\":\"EUR\",\"r\":2}");
    run.node().send("rates", 0, "USD", null);
    run.node().send("rates", 0, "EUR", "{\"c\":\"EUR\",\"r\":2}");
    run.node().send("rates", 0, "EUR", null);

    assertThat(run.select(upsert("rates", "c STRING, r INT", "c") + "SELECT c, r FROM rates"))
        .containsExactly(
            List.of("+I", "EUR", 1),
            List.of("-U", "EUR", 1),
            List.of("+U", "EUR", 2),
            List.of("-D", "EUR", 2));
  }

  @Test
  void temporalJoinTakesTheVersionThatWasValidAtTheTimeOfTheRow() {
    run.node().create("rates", 1);
    rate(10, 1);
    rate(20, 2);
    rate(30, 3);
    String topic =
        run.topic(
            List.of(
                new Event("EUR", 1, 5),
                new Event("EUR", 2, 25),
                new Event("EUR", 3, 20),
                new Event("USD", 4, 26),
                new Event("EUR", 5, 40)));

    assertThat(
            run.select(
                SqlRun.table("e", topic, 30, true)
                    + """
                    CREATE TABLE rates (c STRING, r INT, at1 TIMESTAMP(3),
                      WATERMARK FOR at1 AS at1, PRIMARY KEY (c) NOT ENFORCED)
                    WITH ('connector' = 'upsert-kafka', 'topic' = 'rates', 'key.format' = 'raw',
                      'value.format' = 'json', 'scan.bounded.mode' = 'latest-offset');
                    SELECT e.v, x.r FROM e LEFT JOIN rates FOR SYSTEM_TIME AS OF e.t AS x
                    ON e.k = x.c"""))
        .containsExactlyInAnyOrder(
            java.util.Arrays.asList(1, null),
            List.of(2, 2),
            List.of(3, 2),
            java.util.Arrays.asList(4, null),
            List.of(5, 3));
  }

  @Test
  void printedLinesHaveTheSignOfTheirChange() {
    String topic =
        run.topic(List.of(new Event("SFO", 1, 1), new Event("LAX", 1, 2), new Event("SFO", 1, 3)));
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    run.insert(
        SqlRun.table("e", topic, 0, true)
            + "CREATE TABLE seen (n BIGINT, total BIGINT) WITH ('connector' = 'print',"
            + " 'print-identifier' = 'sizes');"
            + "INSERT INTO seen SELECT n, COUNT(*) FROM"
            + " (SELECT k, COUNT(*) AS n FROM e GROUP BY k) GROUP BY n",
        new PrintStream(printed, true, StandardCharsets.UTF_8));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "sizes> +I[1, 1]",
            "sizes> -U[1, 1]",
            "sizes> +U[1, 2]",
            "sizes> -U[1, 2]",
            "sizes> +U[1, 1]",
            "sizes> +I[2, 1]");
  }

  private void rate(int second, int rate) {
    run.node()
        .send(
            "rates",
            0,
            "EUR",
            "{\"c\":\"EUR\",\"r\":%d,\"at1\":\"%s\"}"
                .formatted(rate, "2001-01-01 00:00:" + second));
  }
}
