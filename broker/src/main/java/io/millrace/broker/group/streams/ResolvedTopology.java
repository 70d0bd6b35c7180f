package io.millrace.broker.group.streams;

import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A topology held against the topics that there are. Immutable.
 *
 * @param parts by the subtopologies' ids; empty when their tasks cannot be told
 * @param missing internal topics that have to be made, their partitions counted
 * @param problem why there are no tasks to share out, or null when all is there
 */
public record ResolvedTopology(
    SortedMap<String, Part> parts, List<InternalTopic> missing, @Nullable StreamsStatus problem) {

  /** Takes copies. */
  public ResolvedTopology {
    parts = new TreeMap<>(parts);
    missing = List.copyOf(missing);
  }

  /** Whether tasks can be shared out. */
  public boolean isReady() {
    return problem == null;
  }

  /** Whether there is such a task. */
  public boolean has(TaskId task) {
    Part part = parts.get(task.subtopology());
    return part != null && task.partition() >= 0 && task.partition() < part.tasks();
  }

  /** Whether there is such a task, and it keeps state. */
  public boolean isStateful(TaskId task) {
    Part part = parts.get(task.subtopology());
    return part != null && part.stateful();
  }

  /**
   * A subtopology.
   *
   * @param changelogs with their partitions counted
   * @param repartitionSources likewise
   */
  public record Part(
      int tasks,
      boolean stateful,
      List<String> sourceTopics,
      List<String> repartitionSinks,
      List<InternalTopic> changelogs,
      List<InternalTopic> repartitionSources) {}
}
