package io.millrace.streams.sql;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.ChangelogMode;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.Field;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.plan.OperatorState;
import io.millrace.streams.plan.PlanNames;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.ScanColumn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Writes a plan for people: a line per node, its inputs below it and further in. A node that more
 * than one other reads is written once, marked {@code (1)}, and named by that mark elsewhere.
 */
public final class PlanText {

  private static final int MOST_ROWS_SHOWN = 3;

  private final IdentityHashMap<PlanNode, Integer> uses = new IdentityHashMap<>();
  private final IdentityHashMap<PlanNode, Integer> marks = new IdentityHashMap<>();
  private final List<String> lines = new ArrayList<>();

  private final Duration ttl;

  private PlanText(Duration ttl) {
    this.ttl = ttl;
  }

  /** The lines of a plan. */
  public static List<String> lines(JobPlan plan) {
    PlanText text = new PlanText(Durations.stateTtl(plan.settings()));
    plan.inserts().forEach(insert -> text.count(insert.input()));
    plan.inserts().forEach(text::insert);
    return List.copyOf(text.lines);
  }

  private void count(PlanNode node) {
    if (uses.merge(node, 1, Integer::sum) == 1) {
      node.inputs().forEach(this::count);
    }
  }

  private void insert(Insert insert) {
    boolean caller = insert.connector() instanceof Connector.Caller;
    lines.add(
        (caller ? "select" : "insert into " + PlanNames.identifier(insert.table()))
            + ": "
            + names(insert.rowType())
            + (caller ? "" : " → " + connector(insert.connector())));
    node(insert.input(), 1);
  }

  private void node(PlanNode node, int depth) {
    String indent = "  ".repeat(depth);
    Integer mark = marks.get(node);
    if (mark != null) {
      lines.add(indent + "(" + mark + ")");
      return;
    }
    String label = "";
    if (uses.getOrDefault(node, 0) > 1) {
      marks.put(node, marks.size() + 1);
      label = "(" + marks.size() + ") ";
    }
    lines.add(indent + label + describe(node));
    notes(node).forEach(note -> lines.add(indent + "  " + note));
    if (node instanceof PlanNode.Scan scan) {
      scan.watermark()
          .ifPresent(
              w ->
                  lines.add(
                      indent
                          + "  watermark of "
                          + w.column()
                          + ": "
                          + ExpressionText.of(w.expression(), scan.rowType())
                          + (w.idleTimeout().isZero()
                              ? ""
                              : ", idle after " + PlanNames.duration(w.idleTimeout()))));
    }
    node.inputs().forEach(input -> node(input, depth + 1));
  }

  private static String describe(PlanNode node) {
    return switch (node) {
      case PlanNode.Scan scan -> scan(scan);
      case PlanNode.Values values -> values(values);
      case PlanNode.Filter filter ->
          "filter " + ExpressionText.of(filter.condition(), filter.input().rowType());
      case PlanNode.Project project -> project(project);
      case PlanNode.WindowAggregate aggregate -> aggregate(aggregate);
      case PlanNode.Union union -> "union all";
      case PlanNode.AssignWindows assign -> PlanNames.assignment(assign);
      case PlanNode.GroupAggregate group ->
          PlanNames.groups(group)
              + (group.aggregates().isEmpty()
                  ? ""
                  : ": " + calls(group.aggregates(), group.input().rowType()));
      case PlanNode.Rank rank ->
          PlanNames.ranking(rank)
              + (rank.numbered()
                  ? ", numbered as " + PlanNames.column(rank.rowType(), rank.rowType().size() - 1)
                  : "");
      case PlanNode.Join join ->
          PlanNames.join(join)
              + join.condition()
                  .map(condition -> " where " + ExpressionText.of(condition, join.rowType()))
                  .orElse("");
      case PlanNode.OverAggregate over ->
          PlanNames.over(over) + ": " + calls(over.aggregates(), over.input().rowType());
      case PlanNode.Normalize normalize -> PlanNames.normalization(normalize);
    };
  }

  private static String calls(List<AggregateCall> calls, RowType below) {
    return calls.stream().map(call -> call(call, below)).collect(Collectors.joining(", "));
  }

  /** What the rows of a node are when they are not for good, and which state it keeps. */
  private List<String> notes(PlanNode node) {
    List<String> notes = new ArrayList<>();
    if (ChangelogMode.of(node) == ChangelogMode.RETRACT) {
      notes.add("changelog: " + ChangelogMode.RETRACT.description());
    }
    OperatorState.of(node)
        .ifPresent(
            state ->
                notes.add(
                    "state: "
                        + state.content()
                        + (state.unbounded()
                            ? ttl.isZero()
                                ? ", kept for ever unless 'table.exec.state.ttl' is set"
                                : ", kept for " + PlanNames.duration(ttl) + " after a change"
                            : "")));
    return notes;
  }

  private static String scan(PlanNode.Scan scan) {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < scan.columns().size(); i++) {
      Field field = scan.rowType().field(i);
      String origin =
          switch (scan.columns().get(i)) {
            case ScanColumn.Payload payload -> "";
            case ScanColumn.Metadata fact -> " from " + fact.what().sqlName();
            case ScanColumn.PartitionWatermark watermark -> " from the partition's watermark";
          };
      columns.add(PlanNames.identifier(field.name()) + " " + field.type() + origin);
    }
    return "scan "
        + PlanNames.identifier(scan.table())
        + " ("
        + String.join(", ", columns)
        + ") ← "
        + connector(scan.connector());
  }

  private static String values(PlanNode.Values values) {
    String rows =
        values.rows().stream()
            .limit(MOST_ROWS_SHOWN)
            .map(PlanText::row)
            .collect(Collectors.joining(", "));
    return "values "
        + rows
        + (values.rows().size() > MOST_ROWS_SHOWN
            ? " and " + (values.rows().size() - MOST_ROWS_SHOWN) + " more"
            : "");
  }

  private static String row(List<Literal> row) {
    return row.stream().map(ExpressionText::literal).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String project(PlanNode.Project project) {
    List<String> columns = new ArrayList<>();
    RowType below = project.input().rowType();
    for (int i = 0; i < project.expressions().size(); i++) {
      Expression expression = project.expressions().get(i);
      String text = ExpressionText.of(expression, below);
      String name = PlanNames.identifier(project.rowType().field(i).name());
      columns.add(text.equals(name) ? name : text + " AS " + name);
    }
    return "project " + String.join(", ", columns);
  }

  private static String aggregate(PlanNode.WindowAggregate aggregate) {
    RowType below = aggregate.input().rowType();
    List<String> outputs = new ArrayList<>();
    aggregate.aggregates().forEach(call -> outputs.add(call(call, below)));
    aggregate.properties().forEach(p -> outputs.add(p.name().toLowerCase(Locale.ROOT)));
    return "aggregate " + PlanNames.windows(aggregate) + ": " + String.join(", ", outputs);
  }

  private static String call(AggregateCall call, RowType below) {
    String argument =
        call.argument().isPresent() ? PlanNames.column(below, call.argument().getAsInt()) : "*";
    return call.function()
        + "("
        + (call.distinct() ? "DISTINCT " : "")
        + argument
        + (call.fraction().isPresent() ? ", " + call.fraction().getAsDouble() : "")
        + ")"
        + (call.filter().isPresent()
            ? " FILTER (WHERE " + PlanNames.column(below, call.filter().getAsInt()) + ")"
            : "");
  }

  private static String names(RowType row) {
    return row.fields().stream()
        .map(field -> PlanNames.identifier(field.name()))
        .collect(Collectors.joining(", "));
  }

  private static String connector(Connector connector) {
    return switch (connector) {
      case Connector.UpsertKafka upsert -> "upsert-" + connector(upsert.kafka());
      case Connector.Kafka kafka ->
          "kafka topic "
              + kafka.topic()
              + (kafka.keyFields().isEmpty()
                  ? ""
                  : ", key "
                      + String.join(", ", kafka.keyFields())
                      + " as "
                      + kafka.keyFormat().name().toLowerCase(Locale.ROOT))
              + ", value as "
              + kafka.valueFormat().name().toLowerCase(Locale.ROOT);
      case Connector.Generator generator ->
          generator.name()
              + (generator.rows() == Long.MAX_VALUE ? "" : ", " + generator.rows() + " rows");
      case Connector.Blackhole blackhole -> "blackhole";
      case Connector.Print print -> "print";
      case Connector.Caller caller -> "the caller";
    };
  }
}
