package io.millrace.streams.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.plan.AggregateFunction;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.ScanColumn;
import io.millrace.streams.plan.WindowProperty;
import io.millrace.streams.plan.WindowSpec;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the engine is handed, looked at as values. */
final class SqlSessionTest {

  private static JobPlan plan(SqlSession session, String script) {
    return ((SqlResult.Job) session.execute(script).getLast()).plan();
  }

  private static Connector connector(String options) {
    SqlSession session = new SqlSession();
    session.execute("CREATE TABLE t (k STRING, v INT) WITH (" + options + ")");
    return plan(session, "INSERT INTO t SELECT 'a', 1").inserts().getFirst().connector();
  }

  @Test
  void kafkaOptionsAreRead() {
    assertThat(
            connector(
                """
                'connector' = 'kafka', 'topic' = 'a.b', 'properties.bootstrap.servers' = 'h:9092',
                'properties.group.id' = 'g', 'key.format' = 'raw', 'key.fields' = 'k',
                'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY',
                'scan.startup.mode' = 'timestamp', 'scan.startup.timestamp-millis' = '1000',
                'scan.bounded.mode' = 'latest-offset', 'value.json.ignore-parse-errors' = 'true',
                'json.timestamp-format.standard' = 'ISO-8601',
                'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = 'x'
                """))
        .isEqualTo(
            new Connector.Kafka(
                "a.b",
                Connector.Format.RAW,
                List.of("k"),
                Connector.Format.JSON,
                false,
                Connector.StartupMode.TIMESTAMP,
                1000,
                true,
                Connector.OnParseError.SKIP,
                false,
                Connector.TimestampFormat.ISO_8601,
                Connector.DeliveryGuarantee.EXACTLY_ONCE,
                Map.of("bootstrap.servers", "h:9092", "group.id", "g")));
  }

  @Test
  void kafkaOptionsHaveFlinksDefaults() {
    assertThat(connector("'connector' = 'kafka', 'topic' = 't', 'format' = 'json'"))
        .isEqualTo(
            new Connector.Kafka(
                "t",
                Connector.Format.RAW,
                List.of(),
                Connector.Format.JSON,
                true,
                Connector.StartupMode.GROUP_OFFSETS,
                0,
                false,
                Connector.OnParseError.FAIL,
                false,
                Connector.TimestampFormat.SQL,
                Connector.DeliveryGuarantee.AT_LEAST_ONCE,
                Map.of()));
  }

  @Test
  void otherConnectorsAreRead() {
    assertThat(connector("'connector' = 'blackhole'")).isEqualTo(new Connector.Blackhole());
    assertThat(connector("'connector' = 'print', 'print-identifier' = 'p'"))
        .isEqualTo(new Connector.Print("p"));
  }

  @Test
  void windowAggregateIsHandedOverWhole() {
    JobPlan plan =
        plan(
            Cases.session(),
            """
            SELECT origin, COUNT(*), PERCENTILE(delay, 0.95), window_time
            FROM TABLE(HOP(TABLE flights, DESCRIPTOR(scheduled), INTERVAL '1' HOUR, INTERVAL '3' HOUR))
            GROUP BY origin, window_start, window_end, window_time
            """);

    PlanNode.WindowAggregate aggregate =
        (PlanNode.WindowAggregate) plan.inserts().getFirst().input();
    assertThat(aggregate.window())
        .isEqualTo(new WindowSpec.Hop(Duration.ofHours(3), Duration.ofHours(1), Duration.ZERO));
    assertThat(aggregate.aggregates())
        .extracting(call -> call.function())
        .containsExactly(AggregateFunction.COUNT, AggregateFunction.PERCENTILE);
    assertThat(aggregate.aggregates().get(1).fraction()).hasValue(0.95);
    assertThat(aggregate.properties()).containsExactly(WindowProperty.WINDOW_TIME);
    assertThat(aggregate.rowType().type(3))
        .isEqualTo(DataType.of(DataType.Kind.TIMESTAMP).withNullable(false));
  }

  @Test
  void insertsThatReadTheSameTableShareOneScan() {
    JobPlan plan =
        plan(
            Cases.session(),
            """
            BEGIN STATEMENT SET;
            INSERT INTO out1 SELECT origin, delay FROM flights;
            INSERT INTO out1 SELECT destination, distance FROM flights WHERE delay > 0;
            END;
            """);

    assertThat(plan.inserts()).hasSize(2);
    assertThat(plan.scans()).hasSize(1);
    assertThat(plan.scans().getFirst().rowType().size()).isEqualTo(5);
    assertThat(plan.name()).isEqualTo("out1");
  }

  @Test
  void currentWatermarkIsThatOfTheRowsPartition() {
    JobPlan plan =
        plan(
            Cases.session(),
            """
            CREATE VIEW late AS SELECT origin AS o, scheduled AS s, delay FROM flights
              WHERE delay > 15;
            SELECT o FROM late WHERE s <= CURRENT_WATERMARK(s)
            """);

    assertThat(plan.scans().getFirst().columns())
        .contains(new ScanColumn.PartitionWatermark(DataType.of(DataType.Kind.TIMESTAMP)));
  }

  @Test
  void recordTimestampCanBeWritten() {
    Insert insert =
        plan(Cases.session(), "INSERT INTO strict SELECT 'a', CAST(NULL AS TIMESTAMP_LTZ(3))")
            .inserts()
            .getFirst();

    assertThat(insert.metadata())
        .containsExactly(new Insert.MetadataColumn(1, ScanColumn.Metadata.Key.TIMESTAMP));
  }

  @Test
  void settingsReachTheJob() {
    JobPlan plan =
        plan(
            new SqlSession(),
            """
            SET 'pipeline.name' = 'board';
            SET 'table.local-time-zone' = 'Europe/Berlin';
            SET execution.checkpointing.interval = 10 s;
            SELECT 1
            """);

    assertThat(plan.name()).isEqualTo("board");
    assertThat(plan.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(plan.settings()).containsEntry("execution.checkpointing.interval", "10 s");
  }

  @Test
  void idleTimeoutOfTheSessionIsForTablesWithoutTheirOwn() {
    SqlSession session = Cases.session();
    session.execute("SET 'table.exec.source.idle-timeout' = '30 s'");

    assertThat(plan(session, "SELECT origin FROM flights").scans().getFirst().watermark())
        .get()
        .extracting(watermark -> watermark.idleTimeout())
        .isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void viewsThatDoubleDoNotMultiplyTheWork() {
    SqlSession session = Cases.session();
    session.execute("CREATE VIEW v0 AS SELECT delay FROM flights");
    for (int i = 1; i <= 40; i++) {
      session.execute(
          "CREATE VIEW v"
              + i
              + " AS SELECT delay FROM v"
              + (i - 1)
              + " UNION ALL SELECT delay FROM v"
              + (i - 1));
    }

    assertThat(plan(session, "SELECT * FROM v40").scans()).hasSize(1);
  }

  @Test
  void constantsAreFolded() {
    JobPlan plan = plan(new SqlSession(), "SELECT 1 + 2 * 3, 'a' || 'b', 7 / 2, 1.5 * 2, 1 = 2");

    PlanNode.Project project = (PlanNode.Project) plan.inserts().getFirst().input();
    assertThat(project.expressions()).allMatch(Expression.Literal.class::isInstance);
    assertThat(project.expressions())
        .extracting(expression -> String.valueOf(((Expression.Literal) expression).value()))
        .containsExactly("7", "ab", "3", "3.0", "false");
  }
}
