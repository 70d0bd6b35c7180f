package io.millrace.cdn.view;

import io.millrace.core.SettingException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a view shows, and its bounds.
 *
 * @param pathPrefix under which its documents lie, such as {@code /board}; without a slash at its
 *     end
 * @param topics what it shows; each with a member name of its own
 * @param maxKeys most keys; the key that changed longest ago makes room, from 1 to 100,000
 * @param maxBytes most memory for keys and values; from 64 KiB on
 * @param maxKeyBytes records with longer keys are skipped, from 1 to 1024
 * @param maxValueBytes records with longer values are skipped
 * @param maxAge how long caches may use a document
 * @param staleWhileRevalidate how much longer they may while they ask for the next one
 * @param notFoundMaxAge how long caches may hold that there is no such key
 * @param publishesPerSecond how often each key's document and events change at most: records that
 *     come faster are published together, and none is lost that the document still holds; 0 for as
 *     soon as they are read
 * @param replayEvents how many of the last events a viewer that comes back can be sent; one that
 *     was away for longer is sent the present state
 */
public record TopicViewSettings(
    String pathPrefix,
    List<ViewedTopic> topics,
    int maxKeys,
    long maxBytes,
    int maxKeyBytes,
    int maxValueBytes,
    Duration maxAge,
    Duration staleWhileRevalidate,
    Duration notFoundMaxAge,
    int publishesPerSecond,
    int replayEvents) {

  private static final int MOST_KEYS = 100_000;
  private static final int LEAST_BYTES = 64 * 1024;
  private static final int MOST_KEY_BYTES = 1024;
  private static final int MOST_VALUE_BYTES = 1 << 20;
  private static final int MOST_REPLAYED = 100_000;

  /** Checks the ranges. */
  public TopicViewSettings {
    topics = List.copyOf(topics);
    if (!pathPrefix.startsWith("/") || pathPrefix.endsWith("/")) {
      throw new SettingException(
          "edge.views.path",
          "is \"" + pathPrefix + "\"",
          "a path such as /board, which starts with a slash and ends without one");
    }
    Set<String> members = new HashSet<>();
    for (ViewedTopic topic : topics) {
      if (!members.add(topic.member())) {
        throw new SettingException(
            "edge.views.topics.member",
            "is \"" + topic.member() + "\" for two topics",
            "a name of its own for each topic");
      }
    }
    if (topics.isEmpty()) {
      throw new SettingException("edge.views.topics", "is empty", "one topic or more");
    }
    range("max-keys", maxKeys, 1, MOST_KEYS);
    range("max-bytes", maxBytes, LEAST_BYTES, Long.MAX_VALUE);
    range("max-key-bytes", maxKeyBytes, 1, MOST_KEY_BYTES);
    range("max-value-bytes", maxValueBytes, 1, MOST_VALUE_BYTES);
    range("max-age", maxAge.toSeconds(), 0, Integer.MAX_VALUE);
    range("stale-while-revalidate", staleWhileRevalidate.toSeconds(), 0, Integer.MAX_VALUE);
    range("not-found-max-age", notFoundMaxAge.toSeconds(), 0, Integer.MAX_VALUE);
    range("publishes-per-second", publishesPerSecond, 0, 1000);
    range("replay-events", replayEvents, 0, MOST_REPLAYED);
  }

  private static void range(String setting, long value, long least, long most) {
    if (value < least || value > most) {
      throw new SettingException(
          "edge.views." + setting,
          "is " + value,
          most == Long.MAX_VALUE ? least + " and more" : "a number from " + least + " to " + most);
    }
  }

  /**
   * The defaults: 10,000 keys in 64 MiB, documents fresh for a second and usable for five more, 20
   * changes of a key in a second, the last 1024 events for viewers that come back.
   */
  public static TopicViewSettings of(String pathPrefix, List<ViewedTopic> topics) {
    return new TopicViewSettings(
        pathPrefix,
        topics,
        10_000,
        64L << 20,
        256,
        64 * 1024,
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        20,
        1024);
  }
}
