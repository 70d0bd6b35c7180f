package io.millrace.streams.plan;

import java.time.ZoneId;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/**
 * One job: one or more inserts that run, are checkpointed and stop together.
 *
 * @param name what people call it: the setting {@code pipeline.name}, else made from the sinks
 * @param inserts the inserts; nodes common to several are the same instance
 * @param zone the session's time zone ({@code table.local-time-zone}, UTC unless set)
 * @param settings every SET option, by name, in the order set
 */
public record JobPlan(
    String name, List<Insert> inserts, ZoneId zone, Map<String, String> settings) {

  /** Takes unmodifiable copies. */
  public JobPlan {
    inserts = List.copyOf(inserts);
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** Every scan of the job, each once, in the order of first use. */
  public List<PlanNode.Scan> scans() {
    SequencedSet<PlanNode.Scan> scans = new LinkedHashSet<>();
    Set<PlanNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    inserts.forEach(insert -> collect(insert.input(), seen, scans));
    return List.copyOf(scans);
  }

  private static void collect(
      PlanNode node, Set<PlanNode> seen, SequencedSet<PlanNode.Scan> scans) {
    if (!seen.add(node)) {
      return;
    }
    if (node instanceof PlanNode.Scan scan) {
      scans.add(scan);
    }
    node.inputs().forEach(input -> collect(input, seen, scans));
  }
}
