package io.millrace.streams;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.AggregateFunction;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Field;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.ScalarFunction;
import io.millrace.streams.plan.ScanColumn;
import io.millrace.streams.plan.WatermarkSpec;
import io.millrace.streams.plan.WindowProperty;
import io.millrace.streams.plan.WindowSpec;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Plans over events with the columns {@code k STRING, v INT, t TIMESTAMP(3)} and, last, the
 * partition's watermark.
 */
public final class Plans {

  /** Index of the key. */
  public static final int K = 0;

  /** Index of the value. */
  public static final int V = 1;

  /** Index of the time. */
  public static final int T = 2;

  /** Index of the partition's watermark. */
  public static final int WATERMARK = 3;

  private Plans() {}

  /** A type that may be NULL. */
  public static DataType type(Kind kind) {
    return DataType.of(kind);
  }

  /** Columns by name and kind. */
  public static RowType row(Object... namesAndKinds) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < namesAndKinds.length; i += 2) {
      fields.add(new Field((String) namesAndKinds[i], type((Kind) namesAndKinds[i + 1])));
    }
    return new RowType(fields);
  }

  /** A topic's JSON table, read from its start. */
  public static Connector.Kafka topic(String name, boolean bounded) {
    return new Connector.Kafka(
        name,
        Connector.Format.JSON,
        List.of(),
        Connector.Format.JSON,
        true,
        Connector.StartupMode.EARLIEST,
        0,
        bounded,
        Connector.OnParseError.FAIL,
        false,
        Connector.TimestampFormat.SQL,
        Connector.DeliveryGuarantee.EXACTLY_ONCE,
        Map.of());
  }

  /** Reads the events. */
  public static PlanNode.Scan events(Connector.Kafka connector, Duration lag, Duration idle) {
    RowType row = row("k", Kind.STRING, "v", Kind.INT, "t", Kind.TIMESTAMP, "w", Kind.TIMESTAMP);
    return new PlanNode.Scan(
        "events",
        connector,
        List.of(
            new ScanColumn.Payload("k", type(Kind.STRING)),
            new ScanColumn.Payload("v", type(Kind.INT)),
            new ScanColumn.Payload("t", type(Kind.TIMESTAMP)),
            new ScanColumn.PartitionWatermark(type(Kind.TIMESTAMP))),
        Optional.of(
            new WatermarkSpec(
                call(
                    ScalarFunction.ADD_INTERVAL,
                    Kind.TIMESTAMP,
                    column(T, Kind.TIMESTAMP),
                    literal(-lag.toMillis(), Kind.INTERVAL_MILLIS)),
                "t",
                idle)),
        row);
  }

  /** A column. */
  public static Expression.Column column(int index, Kind kind) {
    return new Expression.Column(index, type(kind));
  }

  /** A constant. */
  public static Expression.Literal literal(Object value, Kind kind) {
    return new Expression.Literal(value, type(kind));
  }

  /** A call. */
  public static Expression.Call call(ScalarFunction function, Kind kind, Expression... operands) {
    return new Expression.Call(function, List.of(operands), type(kind));
  }

  /** Only the rows that are past their own partition's watermark, or only those that are not. */
  public static PlanNode.Filter late(PlanNode input, boolean late) {
    Expression isLate =
        call(
            ScalarFunction.IS_TRUE,
            Kind.BOOLEAN,
            call(
                ScalarFunction.LESS_OR_EQUAL,
                Kind.BOOLEAN,
                column(T, Kind.TIMESTAMP),
                column(WATERMARK, Kind.TIMESTAMP)));
    return new PlanNode.Filter(
        input, late ? isLate : call(ScalarFunction.NOT, Kind.BOOLEAN, isLate));
  }

  /** Count, sum, least, greatest and 95th percentile of {@code v} per {@code k} and window. */
  public static PlanNode.WindowAggregate windows(PlanNode input, WindowSpec window) {
    return new PlanNode.WindowAggregate(
        input,
        window,
        T,
        List.of(K),
        List.of(
            aggregate(AggregateFunction.COUNT, OptionalInt.empty(), Kind.BIGINT),
            aggregate(AggregateFunction.SUM, OptionalInt.of(V), Kind.INT),
            aggregate(AggregateFunction.MIN, OptionalInt.of(V), Kind.INT),
            aggregate(AggregateFunction.MAX, OptionalInt.of(V), Kind.INT),
            new AggregateCall(
                AggregateFunction.PERCENTILE,
                OptionalInt.of(V),
                false,
                OptionalInt.empty(),
                OptionalDouble.of(0.95),
                type(Kind.DOUBLE)),
            new AggregateCall(
                AggregateFunction.COUNT,
                OptionalInt.of(V),
                true,
                OptionalInt.empty(),
                OptionalDouble.empty(),
                type(Kind.BIGINT))),
        List.of(WindowProperty.WINDOW_END),
        row(
            "k",
            Kind.STRING,
            "n",
            Kind.BIGINT,
            "sum",
            Kind.INT,
            "min",
            Kind.INT,
            "max",
            Kind.INT,
            "p95",
            Kind.DOUBLE,
            "distinct",
            Kind.BIGINT,
            "window_end",
            Kind.TIMESTAMP));
  }

  private static AggregateCall aggregate(
      AggregateFunction function, OptionalInt argument, Kind kind) {
    return new AggregateCall(
        function, argument, false, OptionalInt.empty(), OptionalDouble.empty(), type(kind));
  }

  /** All rows into a topic. */
  public static Insert into(String topic, PlanNode input) {
    return new Insert(topic, topic(topic, false), input, List.of(), input.rowType());
  }

  /** All rows into a topic, with another promise than exactly once. */
  public static Insert into(String topic, PlanNode input, Connector.DeliveryGuarantee guarantee) {
    Connector.Kafka exactly = topic(topic, false);
    Connector.Kafka connector =
        new Connector.Kafka(
            topic,
            exactly.keyFormat(),
            exactly.keyFields(),
            exactly.valueFormat(),
            exactly.keyInValue(),
            exactly.startup(),
            exactly.startupTimestampMillis(),
            exactly.boundedByLatest(),
            exactly.onParseError(),
            exactly.failOnMissingField(),
            exactly.timestampFormat(),
            guarantee,
            exactly.properties());
    return new Insert(topic, connector, input, List.of(), input.rowType());
  }

  /** All rows to the caller. */
  public static Insert toCaller(PlanNode input) {
    return new Insert("result", new Connector.Caller(), input, List.of(), input.rowType());
  }

  /** A job in UTC. */
  public static JobPlan job(String name, Insert... inserts) {
    return new JobPlan(name, List.of(inserts), ZoneId.of("UTC"), Map.of());
  }
}
