package io.millrace.streams.plan;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the rows that a node puts out stand for good. */
public enum ChangelogMode {
  /** Rows are only added. */
  APPEND("insert only"),
  /** Rows may be updated and deleted later, each change with the row as it was before. */
  RETRACT("insert, update, delete");

  private final String description;

  ChangelogMode(String description) {
    this.description = description;
  }

  /** In words, for people. */
  public String description() {
    return description;
  }

  /** What a node does to the mode of its inputs. */
  private enum Effect {
    CHANGES,
    KEEPS,
    APPENDS
  }

  /** The mode of a node's output. */
  public static ChangelogMode of(PlanNode node) {
    return source(node) == null ? APPEND : RETRACT;
  }

  /** The node at or below this one whose rows are not for good; null when there is none. */
  public static @Nullable PlanNode source(PlanNode node) {
    Set<PlanNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<PlanNode> open = new ArrayDeque<>();
    open.push(node);
    while (!open.isEmpty()) {
      PlanNode next = open.pop();
      if (!seen.add(next)) {
        continue;
      }
      switch (effect(next)) {
        case CHANGES -> {
          return next;
        }
        case KEEPS -> next.inputs().forEach(open::push);
        case APPENDS -> {}
      }
    }
    return null;
  }

  private static Effect effect(PlanNode node) {
    return switch (node) {
      case PlanNode.Values unused -> Effect.APPENDS;
      case PlanNode.Scan unused -> Effect.APPENDS;
      case PlanNode.WindowAggregate unused -> Effect.APPENDS;
      case PlanNode.OverAggregate unused -> Effect.APPENDS;
      case PlanNode.Normalize unused -> Effect.CHANGES;
      case PlanNode.GroupAggregate unused -> Effect.CHANGES;
      case PlanNode.Rank rank -> rank.windowTime().isEmpty() ? Effect.CHANGES : Effect.APPENDS;
      case PlanNode.Join join -> {
        if (!(join.time() instanceof JoinTime.Unbounded)) {
          yield Effect.APPENDS;
        }
        yield join.type() == JoinType.INNER ? Effect.KEEPS : Effect.CHANGES;
      }
      case PlanNode.Filter unused -> Effect.KEEPS;
      case PlanNode.Project unused -> Effect.KEEPS;
      case PlanNode.AssignWindows unused -> Effect.KEEPS;
      case PlanNode.Union unused -> Effect.KEEPS;
    };
  }
}
