package io.millrace.broker.topic;

import io.millrace.broker.metadata.KnownTopics;
import io.millrace.broker.metadata.TopicName;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All topics as readers see them; immutable. */
record TopicSnapshot(Map<String, Topic> byName, Map<UUID, Topic> byId)
    implements KnownTopics, TopicsImage {

  @Override
  public boolean exists(String name) {
    return byName.containsKey(name);
  }

  @Override
  public @Nullable String collidingWith(String name) {
    String form = TopicName.metricForm(name);
    return byName.keySet().stream()
        .filter(other -> TopicName.metricForm(other).equals(form))
        .findFirst()
        .orElse(null);
  }

  @Override
  public int partitions() {
    return byName.values().stream().mapToInt(topic -> topic.partitions().size()).sum();
  }

  @Override
  public @Nullable Shape shape(String name) {
    return shape(byName.get(name));
  }

  @Override
  public @Nullable Shape shape(UUID id) {
    return shape(byId.get(id));
  }

  private static @Nullable Shape shape(@Nullable Topic topic) {
    return topic == null ? null : new Shape(topic.name(), topic.id(), topic.partitions().size());
  }

  @Override
  public Collection<String> userTopics() {
    return byName.values().stream().filter(topic -> !topic.internal()).map(Topic::name).toList();
  }
}
