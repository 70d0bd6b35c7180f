package io.millrace.broker.group.streams;

import java.util.Comparator;

/** A task: one partition of the input of a subtopology. */
public record TaskId(String subtopology, int partition) implements Comparable<TaskId> {

  private static final Comparator<TaskId> ORDER =
      Comparator.comparing(TaskId::subtopology).thenComparingInt(TaskId::partition);

  @Override
  public int compareTo(TaskId other) {
    return ORDER.compare(this, other);
  }
}
