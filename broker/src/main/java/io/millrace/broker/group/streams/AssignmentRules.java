package io.millrace.broker.group.streams;

import java.util.List;
import java.util.Map;

/**
 * By what a group's tasks are shared out. Immutable.
 *
 * @param standbyReplicas of each task that keeps state
 * @param rackTags the tags of members by which standby tasks are spread
 * @param warmupReplicas tasks that may be warmed up at a time; 0 to move tasks at once
 * @param acceptableLag records that a state may be behind when its task is moved
 */
public record AssignmentRules(
    int standbyReplicas, List<String> rackTags, int warmupReplicas, long acceptableLag) {

  /** Takes a copy. */
  public AssignmentRules {
    rackTags = List.copyOf(rackTags);
  }

  /** As Kafka names them in its records; a change of these shares tasks out anew. */
  public Map<String, String> named() {
    return Map.of(
        "num.standby.replicas",
        Integer.toString(standbyReplicas),
        "num.warmup.replicas",
        Integer.toString(warmupReplicas),
        "acceptable.recovery.lag",
        Long.toString(acceptableLag),
        "rack.aware.assignment.tags",
        String.join(",", rackTags));
  }
}
