package io.millrace.broker.group.consumer;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Shares partitions out among the members of a group. A pure function: the same input gives the
 * same output. Every partition of a topic with a subscriber goes to one of its subscribers.
 */
public interface Assignor {

  /** The assignors there are. */
  List<Assignor> ALL = List.of(new UniformAssignor(), new RangeAssignor());

  /** The name by which members ask for it. */
  String name();

  /**
   * The partitions of each member.
   *
   * @param subscribers by member id
   * @param partitionCounts of the topics that exist, by topic id
   */
  Map<String, Set<TopicIdPartition>> assign(
      Map<String, Subscriber> subscribers, Map<UUID, Integer> partitionCounts);

  /**
   * A member.
   *
   * @param instanceId of a static member, else null
   * @param topics that it subscribes to
   * @param target what it was to have so far
   */
  record Subscriber(@Nullable String instanceId, Set<UUID> topics, Set<TopicIdPartition> target) {}

  /** The assignor of that name, or null. */
  static @Nullable Assignor named(String name) {
    return ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
  }
}
