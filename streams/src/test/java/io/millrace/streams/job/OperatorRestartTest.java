package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.job.SqlRun.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that is broken off and goes on from its checkpoint writes what it would have written. */
class OperatorRestartTest {

  private static final List<String> QUERIES =
      List.of(
          "SELECT k, COUNT(*), SUM(v) FROM SESSION(TABLE e PARTITION BY k, DESCRIPTOR(t),"
              + " INTERVAL '10' SECOND) GROUP BY k, window_start, window_end",
          "SELECT k, COUNT(*), SUM(v) FROM CUMULATE(TABLE e, DESCRIPTOR(t), INTERVAL '10' SECOND,"
              + " INTERVAL '30' SECOND) GROUP BY k, window_start, window_end",
          "SELECT k, n, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end"
              + " ORDER BY v) AS n FROM TUMBLE(TABLE e, DESCRIPTOR(t), INTERVAL '20' SECOND))"
              + " WHERE n <= 2",
          "SELECT a.k, CAST(a.v AS BIGINT), b.v FROM e a LEFT JOIN e b ON a.k = b.k"
              + " AND b.v > a.v AND b.t BETWEEN a.t AND a.t + INTERVAL '20' SECOND",
          "SELECT k, COUNT(*) OVER w, MAX(v) OVER w FROM e WINDOW w AS (PARTITION BY k ORDER BY t"
              + " RANGE BETWEEN INTERVAL '20' SECOND PRECEDING AND CURRENT ROW)");

  private static final List<String> CHANGING =
      List.of(
          "SELECT k, COUNT(*), MAX(v) FROM e GROUP BY k",
          "SELECT k, CAST(v AS BIGINT), v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k"
              + " ORDER BY t DESC) AS n FROM e) WHERE n = 1",
          "SELECT k, n, CAST(r AS INT) FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY n DESC, k) AS r"
              + " FROM (SELECT k, COUNT(*) AS n FROM e GROUP BY k)) WHERE r <= 2",
          "SELECT a.k, a.n, b.v FROM (SELECT k, COUNT(*) AS n FROM e GROUP BY k) a LEFT JOIN"
              + " (SELECT v, COUNT(*) AS m FROM e GROUP BY v) b ON a.n = b.m");

  private SqlRun run;

  @BeforeEach
  void open() throws IOException {
    run = new SqlRun();
  }

  @AfterEach
  void close() throws IOException {
    run.close();
  }

  private static String script(String job, String topic) {
    StringBuilder script = new StringBuilder(SqlRun.table("e", topic, 15, false));
    StringBuilder inserts = new StringBuilder();
    for (int i = 0; i < QUERIES.size() + CHANGING.size(); i++) {
      boolean changing = i >= QUERIES.size();
      script.append(
          "CREATE TABLE o%d (k STRING, n BIGINT, m INT%s) WITH ('connector' = '%s',"
                  .formatted(
                      i,
                      changing ? ", PRIMARY KEY (k) NOT ENFORCED" : "",
                      changing ? "upsert-kafka" : "kafka")
              + " 'topic' = '%s', %s 'value.format' = 'json',"
                  .formatted(out(job, i), changing ? "'key.format' = 'raw'," : "")
              + " 'sink.delivery-guarantee' = 'exactly-once');\n");
      inserts
          .append("INSERT INTO o" + i + " ")
          .append(changing ? CHANGING.get(i - QUERIES.size()) : QUERIES.get(i))
          .append(";\n");
    }
    return script
        + "SET 'pipeline.name' = '"
        + job
        + "';\nEXECUTE STATEMENT SET BEGIN\n"
        + inserts
        + "END;";
  }

  private static String out(String job, int number) {
    return job + "-" + number;
  }

  private List<List<@Nullable String>> outputs(String job) {
    List<List<@Nullable String>> outputs = new ArrayList<>();
    for (int i = 0; i < QUERIES.size() + CHANGING.size(); i++) {
      outputs.add(run.values(out(job, i)));
    }
    return outputs;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void brokenOffAtAnyPointNothingIsLostOrDoubled(long seed) {
    Random random = new Random(seed);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      events.add(
          new Event(
              List.of("SFO", "LAX", "JFK").get(random.nextInt(3)),
              random.nextInt(10),
              i * 2 + random.nextInt(20)));
    }
    // Completes all windows before it.
    events.add(new Event("END", 0, 1000));
    String topic = run.topic(events);
    for (String job : List.of("whole", "broken")) {
      for (int i = 0; i < QUERIES.size() + CHANGING.size(); i++) {
        run.node().create(out(job, i), 1);
      }
    }
    insertAll("whole", topic);
    List<List<@Nullable String>> whole = outputs("whole");
    assertThat(whole).noneMatch(List::isEmpty);

    String growing = run.name();
    run.node().create(growing, 1);
    int sent = 0;
    for (int part = 0; part < 2; part++) {
      int until = sent + 1 + random.nextInt(20);
      run.send(growing, events.subList(sent, until));
      sent = until;
      run.insertUntilRead(script("broken", growing), sent);
    }
    run.send(growing, events.subList(sent, events.size()));
    insertAll("broken", growing);

    assertThat(outputs("broken")).isEqualTo(whole);
  }

  /** What comes of the last event is published as a whole, the groups' topic among it. */
  private void insertAll(String job, String topic) {
    run.insertUntil(
        script(job, topic),
        status ->
            run.values(out(job, QUERIES.size())).stream()
                .anyMatch(value -> value != null && value.contains("END")));
  }
}
