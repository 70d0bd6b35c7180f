package io.millrace.streams.plan;

import java.util.Optional;

/**
 * What a node keeps from row to row.
 *
 * @param content in words, for people
 * @param unbounded whether no passing of event time lets it go
 */
public record OperatorState(String content, boolean unbounded) {

  /** The state of a node; empty when it keeps none. */
  public static Optional<OperatorState> of(PlanNode node) {
    return switch (node) {
      case PlanNode.Scan unused -> Optional.empty();
      case PlanNode.Values unused -> Optional.empty();
      case PlanNode.Filter unused -> Optional.empty();
      case PlanNode.Project unused -> Optional.empty();
      case PlanNode.Union unused -> Optional.empty();
      case PlanNode.AssignWindows unused -> Optional.empty();
      case PlanNode.WindowAggregate unused ->
          Optional.of(new OperatorState("the aggregates of open windows", false));
      case PlanNode.GroupAggregate group ->
          Optional.of(
              new OperatorState(
                  group.aggregates().isEmpty() ? "each key" : "the aggregates of each key", true));
      case PlanNode.Rank rank -> Optional.of(rank(rank));
      case PlanNode.Join join ->
          Optional.of(
              switch (join.time()) {
                case JoinTime.Unbounded unused ->
                    new OperatorState("all rows of both inputs", true);
                case JoinTime.Interval unused ->
                    new OperatorState("the rows of both inputs within the interval", false);
                case JoinTime.Window unused -> new OperatorState("the rows of open windows", false);
                case JoinTime.AsOf unused ->
                    new OperatorState("left rows that wait, and the versions of each key", false);
              });
      case PlanNode.OverAggregate over -> {
        String rows = over.preceding().isEmpty() ? "" : " and the rows in them";
        yield Optional.of(
            new OperatorState(
                "rows that wait, the aggregates of each partition" + rows,
                over.rows() || over.preceding().isEmpty()));
      }
      case PlanNode.Normalize unused ->
          Optional.of(new OperatorState("the rows of each key", true));
    };
  }

  private static OperatorState rank(PlanNode.Rank rank) {
    if (rank.windowTime().isPresent()) {
      return new OperatorState("the first rows of each partition of open windows", false);
    }
    if (rank.deduplicates()) {
      return new OperatorState("one row per partition", true);
    }
    boolean all = ChangelogMode.of(rank.input()) == ChangelogMode.RETRACT;
    return new OperatorState(
        all
            ? "all rows of each partition"
            : "up to " + rank.last() + (rank.last() == 1 ? " row" : " rows") + " of each partition",
        true);
  }
}
