package io.millrace.broker.metadata;

import org.jspecify.annotations.Nullable;

/**
 * What a new topic is checked against: the controller's state, or the snapshot that readers see.
 */
public interface KnownTopics {

  /** Whether there is a topic of that name, also one on its way out. */
  boolean exists(String name);

  /** The name of a topic that metrics could not tell from one of this name, or null. */
  @Nullable String collidingWith(String name);

  /** Partitions of all topics. */
  int partitions();
}
