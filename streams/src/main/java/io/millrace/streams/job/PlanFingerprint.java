package io.millrace.streams.job;

import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.plan.PlanNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * Says whether a checkpoint fits a plan: a hash over all that gives its state a meaning. Options
 * that may be changed between runs (what to do with bad records, where to start, the interval of
 * checkpoints) are left out.
 */
final class PlanFingerprint {

  private PlanFingerprint() {}

  static String of(JobPlan plan) {
    PlanOrder order = new PlanOrder(plan);
    StringBuilder text = new StringBuilder("1 ").append(plan.zone()).append('\n');
    for (PlanNode node : order.nodes()) {
      describe(node, text);
      for (PlanNode input : node.inputs()) {
        text.append(" <- ").append(order.number(input));
      }
      text.append('\n');
    }
    for (Insert insert : plan.inserts()) {
      text.append("insert ")
          .append(place(insert.connector()))
          .append(guarantee(insert.connector()))
          .append(insert.rowType())
          .append(" <- ")
          .append(order.number(insert.input()))
          .append('\n');
    }
    return hash(text.toString());
  }

  private static void describe(PlanNode node, StringBuilder text) {
    switch (node) {
      case PlanNode.Scan scan ->
          text.append("scan ")
              .append(place(scan.connector()))
              .append(scan.columns())
              .append(scan.watermark());
      case PlanNode.Values values -> text.append("values ").append(values.rows());
      case PlanNode.Filter filter -> text.append("filter ").append(filter.condition());
      case PlanNode.Project project -> text.append("project ").append(project.expressions());
      case PlanNode.WindowAggregate window ->
          text.append("window ")
              .append(window.window())
              .append(window.timeColumn())
              .append(window.keyColumns())
              .append(window.aggregates())
              .append(window.properties());
      case PlanNode.Union unused -> text.append("union");
      case PlanNode.AssignWindows assign ->
          text.append("assign ").append(assign.window()).append(assign.timeColumn());
      case PlanNode.GroupAggregate group ->
          text.append("group ").append(group.keyColumns()).append(group.aggregates());
      case PlanNode.Rank rank ->
          text.append("rank ")
              .append(rank.partitionColumns())
              .append(rank.order())
              .append(rank.first())
              .append(' ')
              .append(rank.last())
              .append(rank.numbered())
              .append(rank.deduplicates())
              .append(rank.windowTime());
      case PlanNode.Join join ->
          text.append("join ")
              .append(join.type())
              .append(join.leftKeys())
              .append(join.rightKeys())
              .append(join.condition())
              .append(join.time());
      case PlanNode.OverAggregate over ->
          text.append("over ")
              .append(over.partitionColumns())
              .append(over.timeColumn())
              .append(over.rows())
              .append(over.preceding())
              .append(over.aggregates());
      case PlanNode.Normalize normalize ->
          text.append("normalize ").append(normalize.keyColumns()).append(normalize.retracts());
    }
  }

  private static String place(Connector connector) {
    return switch (connector) {
      case Connector.Kafka kafka -> "topic " + kafka.topic() + " ";
      case Connector.UpsertKafka upsert -> "topic " + upsert.kafka().topic() + " by key ";
      // How many rows there are, and how fast they come, may change between runs.
      case Connector.Nexmark nexmark -> "nexmark " + nexmark.config().withEvents(0) + " ";
      case Connector.Datagen datagen -> "datagen " + new TreeMap<>(datagen.fields()) + " ";
      default -> connector.name() + " ";
    };
  }

  /** Decides which producer a sink has, and so whose sequence numbers a checkpoint keeps. */
  private static String guarantee(Connector connector) {
    Connector.Kafka kafka = Connector.topic(connector);
    return kafka == null ? "" : kafka.guarantee() + " ";
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
