package io.millrace.streams.job;

import io.millrace.broker.Broker;
import io.millrace.core.Clock;
import io.millrace.streams.connector.BlackholeSink;
import io.millrace.streams.connector.CallerSink;
import io.millrace.streams.connector.GeneratedSource;
import io.millrace.streams.connector.PartitionedSource;
import io.millrace.streams.connector.PrintSink;
import io.millrace.streams.connector.Sink;
import io.millrace.streams.connector.Source;
import io.millrace.streams.connector.TopicSink;
import io.millrace.streams.connector.TopicSource;
import io.millrace.streams.connector.TopicSources;
import io.millrace.streams.connector.ValuesSource;
import io.millrace.streams.expression.ExpressionCompiler;
import io.millrace.streams.expression.RowFunction;
import io.millrace.streams.operator.AsOfJoin;
import io.millrace.streams.operator.AssignWindows;
import io.millrace.streams.operator.Deduplicate;
import io.millrace.streams.operator.EmissionGate;
import io.millrace.streams.operator.FailedRows;
import io.millrace.streams.operator.FanOut;
import io.millrace.streams.operator.Filter;
import io.millrace.streams.operator.GroupAggregate;
import io.millrace.streams.operator.IntervalJoin;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.operator.JoinOperator;
import io.millrace.streams.operator.Materialize;
import io.millrace.streams.operator.Normalize;
import io.millrace.streams.operator.OperatorMetrics;
import io.millrace.streams.operator.OverAggregate;
import io.millrace.streams.operator.Project;
import io.millrace.streams.operator.Rank;
import io.millrace.streams.operator.RegularJoin;
import io.millrace.streams.operator.SessionAggregate;
import io.millrace.streams.operator.Stage;
import io.millrace.streams.operator.StatefulOperator;
import io.millrace.streams.operator.StatefulStage;
import io.millrace.streams.operator.Union;
import io.millrace.streams.operator.WindowAggregate;
import io.millrace.streams.operator.WindowJoin;
import io.millrace.streams.operator.WindowRank;
import io.millrace.streams.plan.ChangelogMode;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.plan.JoinTime;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.WindowSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * A plan as objects that run: sources that push into operators that push into sinks. A node that
 * several others read is built once and fans out. Confined to the job's thread.
 */
final class Dataflow {

  private final JobPlan plan;
  private final Broker broker;
  private final JobSettings settings;
  private final Clock clock;
  private final TopicSource.Context context;
  private final EmissionGate gate;
  private final RowListener caller;
  private final ExpressionCompiler compiler;

  /** How long state that no time bounds is kept; 0 for ever. */
  private final long ttl;

  private final IdentityHashMap<PlanNode, List<Stage>> consumers = new IdentityHashMap<>();
  private final List<Source> sources = new ArrayList<>();
  private final List<Sink> sinks = new ArrayList<>();
  private final List<StatefulOperator> stateful = new ArrayList<>();
  private final List<OperatorMetrics> metrics = new ArrayList<>();

  /** Builds everything; opens topics, and makes those that sinks miss. */
  Dataflow(
      JobPlan plan,
      Broker broker,
      JobSettings settings,
      Clock clock,
      TopicSource.Context context,
      EmissionGate gate,
      RowListener caller) {
    this.plan = plan;
    this.broker = broker;
    this.settings = settings;
    this.clock = clock;
    this.context = context;
    this.gate = gate;
    this.caller = caller;
    ttl = JobSettings.stateTtl(plan.settings()).toMillis();
    compiler = new ExpressionCompiler(plan.zone(), clock);
    for (Insert insert : plan.inserts()) {
      Sink sink = sink(insert);
      sinks.add(sink);
      feed(insert.input(), sink);
    }
    List<PlanNode> nodes = new PlanOrder(plan).nodes();
    List<String> names = StepNames.of(nodes);
    // Those that take rows are built before those that give them.
    for (int number = nodes.size() - 1; number >= 0; number--) {
      build(nodes.get(number), names.get(number));
    }
    Collections.reverse(sources);
    Collections.reverse(stateful);
    Collections.reverse(metrics);
  }

  private void feed(PlanNode input, Stage consumer) {
    consumers.computeIfAbsent(input, unused -> new ArrayList<>()).add(consumer);
  }

  private void build(PlanNode node, String name) {
    Stage next = FanOut.of(consumers.getOrDefault(node, List.of()));
    switch (node) {
      case PlanNode.Scan scan -> sources.add(source(scan, next));
      case PlanNode.Values values -> sources.add(new ValuesSource(values, next));
      case PlanNode.Filter filter ->
          feed(
              filter.input(),
              new Filter(
                  compiler.compile(filter.condition()), context.failedRows(), metrics(name), next));
      case PlanNode.Project project ->
          feed(
              project.input(),
              new Project(
                  RowFunction.compile(project.expressions(), plan.zone(), clock),
                  project.rowType().size(),
                  context.failedRows(),
                  metrics(name),
                  next));
      case PlanNode.WindowAggregate window ->
          stateful(
              window.input(),
              window.window() instanceof WindowSpec.Session
                  ? new SessionAggregate(window, plan.zone(), clock, gate, metrics(name), next)
                  : new WindowAggregate(window, plan.zone(), gate, metrics(name), next));
      case PlanNode.AssignWindows assign ->
          feed(assign.input(), new AssignWindows(assign, plan.zone(), metrics(name), next));
      case PlanNode.GroupAggregate group ->
          stateful(group.input(), new GroupAggregate(group, ttl, clock, metrics(name), next));
      case PlanNode.Rank rank -> stateful(rank.input(), rank(rank, metrics(name), next));
      case PlanNode.OverAggregate over ->
          stateful(over.input(), new OverAggregate(over, ttl, clock, gate, metrics(name), next));
      case PlanNode.Normalize normalize ->
          stateful(
              normalize.input(),
              normalize.retracts()
                  ? new Materialize(normalize, ttl, clock, metrics(name), next)
                  : new Normalize(normalize, ttl, clock, metrics(name), next));
      case PlanNode.Join join -> join(join, metrics(name), next);
      case PlanNode.Union union -> {
        Union operator = new Union(metrics(name), next);
        for (PlanNode input : union.inputs()) {
          feed(input, operator.addInput());
        }
      }
    }
  }

  private void stateful(PlanNode input, StatefulStage operator) {
    stateful.add(operator);
    feed(input, operator);
  }

  private StatefulStage rank(PlanNode.Rank rank, OperatorMetrics metrics, Stage next) {
    if (rank.windowTime().isPresent()) {
      return new WindowRank(rank, clock, gate, metrics, next);
    }
    return rank.deduplicates()
        ? new Deduplicate(rank, ttl, clock, metrics, next)
        : new Rank(rank, ttl, clock, metrics, next);
  }

  private void join(PlanNode.Join join, OperatorMetrics metrics, Stage next) {
    FailedRows failed = context.failedRows();
    JoinOperator operator =
        switch (join.time()) {
          case JoinTime.Unbounded unused ->
              new RegularJoin(join, ttl, clock, compiler, failed, metrics, next);
          case JoinTime.Interval interval ->
              new IntervalJoin(join, interval, clock, compiler, failed, gate, metrics, next);
          case JoinTime.Window window ->
              new WindowJoin(join, window, clock, compiler, failed, gate, metrics, next);
          case JoinTime.AsOf times ->
              new AsOfJoin(join, times, clock, compiler, failed, gate, metrics, next);
        };
    stateful.add(operator);
    feed(join.left(), operator.input(true));
    feed(join.right(), operator.input(false));
  }

  private OperatorMetrics metrics(String name) {
    OperatorMetrics made = new OperatorMetrics(name);
    metrics.add(made);
    return made;
  }

  private Source source(PlanNode.Scan scan, Stage next) {
    return switch (scan.connector()) {
      case Connector.Kafka options ->
          new TopicSources(broker, settings.addresses())
              .open(
                  scan,
                  options,
                  settings.parallelism(),
                  () -> new ExpressionCompiler(plan.zone(), clock),
                  context,
                  next);
      case Connector.UpsertKafka upsert ->
          new TopicSources(broker, settings.addresses())
              .open(
                  scan,
                  upsert.kafka(),
                  settings.parallelism(),
                  () -> new ExpressionCompiler(plan.zone(), clock),
                  context,
                  next);
      case Connector.Generator options ->
          GeneratedSource.open(scan, options, compiler, context, next);
      case Connector.Blackhole unused -> throw cannotBeRead(scan);
      case Connector.Print unused -> throw cannotBeRead(scan);
      case Connector.Caller unused -> throw cannotBeRead(scan);
    };
  }

  private static JobException cannotBeRead(PlanNode.Scan scan) {
    return new JobException(
        "Table "
            + scan.table()
            + " cannot be read: its connector '"
            + scan.connector().name()
            + "' is a sink only");
  }

  private Sink sink(Insert insert) {
    return switch (insert.connector()) {
      case Connector.Kafka options -> {
        settings.addresses().check(insert.table(), options);
        yield new TopicSink(insert, options, false, broker, clock);
      }
      case Connector.UpsertKafka upsert -> {
        settings.addresses().check(insert.table(), upsert.kafka());
        yield new TopicSink(insert, upsert.kafka(), true, broker, clock);
      }
      case Connector.Blackhole unused -> new BlackholeSink(insert.table());
      case Connector.Print print ->
          new PrintSink(insert.table(), print.identifier(), insert.rowType(), settings.printTo());
      case Connector.Generator unused ->
          throw new JobException(
              "Table "
                  + insert.table()
                  + " cannot be written: its connector '"
                  + insert.connector().name()
                  + "' is a source only");
      case Connector.Caller unused ->
          new CallerSink(
              insert.table(),
              insert.input().rowType(),
              ChangelogMode.of(insert.input()) == ChangelogMode.RETRACT,
              row -> caller.row(row, insert.rowType()));
    };
  }

  List<Source> sources() {
    return sources;
  }

  List<PartitionedSource> topicSources() {
    return sources.stream()
        .filter(PartitionedSource.class::isInstance)
        .map(PartitionedSource.class::cast)
        .toList();
  }

  List<Sink> sinks() {
    return sinks;
  }

  List<TopicSink> topicSinks() {
    return sinks.stream().filter(TopicSink.class::isInstance).map(TopicSink.class::cast).toList();
  }

  /** Those whose output is published only once the checkpoint knows of it. */
  List<TopicSink> exactlyOnceSinks() {
    return topicSinks().stream()
        .filter(sink -> sink.guarantee() == Connector.DeliveryGuarantee.EXACTLY_ONCE)
        .toList();
  }

  /** Operators with state, in the order of the plan. */
  List<StatefulOperator> stateful() {
    return stateful;
  }

  /** What each operator counted, in the order of the plan. */
  List<OperatorMetrics> metrics() {
    return metrics;
  }

  void close() {
    sources.forEach(Source::close);
  }
}
