package io.millrace.broker.topic;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The topics that are there. Any thread looks them up, one or all as they were at one moment; one
 * thread changes them, that of the controller. What a change costs does not depend on how many
 * topics there are: the image of all is made when somebody asks for it again.
 */
final class TopicTable {

  private final Map<String, Topic> byName = new ConcurrentHashMap<>();
  private final Map<UUID, Topic> byId = new ConcurrentHashMap<>();

  /** Null when there was a change since it was made last. */
  private volatile @Nullable TopicSnapshot image;

  @Nullable Topic find(String name) {
    return byName.get(name);
  }

  @Nullable Topic find(UUID id) {
    return byId.get(id);
  }

  /** Those that are there now, without an image. */
  Collection<Topic> all() {
    return byName.values();
  }

  /** All topics as they are now. */
  TopicSnapshot snapshot() {
    TopicSnapshot present = image;
    if (present != null) {
      return present;
    }
    synchronized (byName) {
      TopicSnapshot made = new TopicSnapshot(Map.copyOf(byName), Map.copyOf(byId));
      image = made;
      return made;
    }
  }

  /** Shows a topic, or what has become of it, to all who look. */
  void show(Topic topic) {
    synchronized (byName) {
      // Who finds it by its name finds it by its id, too.
      byId.put(topic.id(), topic);
      byName.put(topic.name(), topic);
      image = null;
    }
  }

  /** A topic is there no more. */
  void hide(Topic topic) {
    synchronized (byName) {
      byName.remove(topic.name());
      byId.remove(topic.id());
      image = null;
    }
  }
}
