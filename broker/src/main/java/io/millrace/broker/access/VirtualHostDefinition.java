package io.millrace.broker.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A virtual host, but for what is in it.
 *
 * @param name 1 to 255 bytes of UTF-8
 * @param description for people; may be empty
 * @param tags for people
 * @param defaultQueueType of durable queues that are declared without {@code x-queue-type}; null
 *     for classic
 */
public record VirtualHostDefinition(
    String name,
    String description,
    Set<String> tags,
    @Nullable String defaultQueueType,
    VirtualHostLimits limits)
    implements AccessEntry {

  private static final Set<String> QUEUE_TYPES = Set.of("classic", "quorum", "stream");
  private static final int MOST_TAGS = 64;

  /** Checks the bounds. */
  public VirtualHostDefinition {
    AccessChecks.name("virtual host", name);
    AccessChecks.text("the description of virtual host '" + name + "'", description);
    tags = Set.copyOf(tags);
    if (tags.size() > MOST_TAGS) {
      throw AccessChecks.refused(
          "virtual host '" + name + "' has " + tags.size() + " tags; allowed: " + MOST_TAGS);
    }
    tags.forEach(tag -> AccessChecks.name("tag", tag));
    if (defaultQueueType != null && !QUEUE_TYPES.contains(defaultQueueType)) {
      throw AccessChecks.refused(
          "the default queue type of virtual host '"
              + name
              + "' is '"
              + defaultQueueType
              + "'; allowed: classic, quorum, stream");
    }
  }

  /** One that has a name and nothing else. */
  public static VirtualHostDefinition named(String name) {
    return new VirtualHostDefinition(name, "", Set.of(), null, VirtualHostLimits.NONE);
  }

  /** With other limits. */
  public VirtualHostDefinition withLimits(VirtualHostLimits others) {
    return new VirtualHostDefinition(name, description, tags, defaultQueueType, others);
  }

  @Override
  public Object identity() {
    return new Identity(name);
  }

  private record Identity(String virtualHost) {}
}
