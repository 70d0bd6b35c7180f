package io.millrace.broker.topic;

import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All topics at one moment, as far as those care who share their partitions out. Immutable; a
 * change makes another image, so two looks that gave the same object saw no change in between.
 */
public interface TopicsImage {

  /** The topic of that name, or null. */
  @Nullable Shape shape(String name);

  /** The topic with that id, or null. */
  @Nullable Shape shape(UUID id);

  /** The names of all topics that are not the broker's own. */
  Collection<String> userTopics();

  /** What a topic consists of. */
  record Shape(String name, UUID id, int partitions) {}
}
