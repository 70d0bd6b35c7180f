package io.millrace.broker.topic;

import java.util.List;
import java.util.UUID;

/**
 * A topic as it stands. Immutable: a change makes another one.
 *
 * @param id never used again, even for a later topic of the same name
 * @param internal true for those that hold the broker's own state
 */
public record Topic(
    String name, UUID id, TopicSettings settings, boolean internal, List<Partition> partitions) {

  /** Whether it has a partition of that number, which may be any. */
  public boolean has(int index) {
    return index >= 0 && index < partitions.size();
  }
}
