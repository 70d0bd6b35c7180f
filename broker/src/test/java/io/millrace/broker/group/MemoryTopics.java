package io.millrace.broker.group;

import io.millrace.broker.topic.TopicsImage;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Topics that a test makes, widens and deletes. */
final class MemoryTopics {

  private volatile TopicsImage image = new Image(Map.of());

  private record Image(Map<String, TopicsImage.Shape> byName) implements TopicsImage {

    @Override
    public @Nullable Shape shape(String name) {
      return byName.get(name);
    }

    @Override
    public @Nullable Shape shape(UUID id) {
      return byName.values().stream().filter(each -> each.id().equals(id)).findFirst().orElse(null);
    }

    @Override
    public Collection<String> userTopics() {
      return byName.keySet();
    }
  }

  TopicsImage image() {
    return image;
  }

  /** Makes a topic, or gives it more partitions. */
  UUID set(String name, int partitions) {
    TopicsImage.Shape before = image.shape(name);
    UUID id = before == null ? UUID.randomUUID() : before.id();
    Map<String, TopicsImage.Shape> topics = new TreeMap<>(((Image) image).byName());
    topics.put(name, new TopicsImage.Shape(name, id, partitions));
    image = new Image(topics);
    return id;
  }

  void delete(String name) {
    Map<String, TopicsImage.Shape> topics = new TreeMap<>(((Image) image).byName());
    topics.remove(name);
    image = new Image(topics);
  }
}
