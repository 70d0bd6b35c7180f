package io.millrace.cdn.topic;

import io.millrace.cdn.http.RequestTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a path under the prefix stands for. */
sealed interface ApiPath {

  /** {@code /openapi.json}. */
  record Description() implements ApiPath {}

  /** {@code /topics}. */
  record AllTopics() implements ApiPath {}

  /** {@code /topics/T}. */
  record OneTopic(String topic) implements ApiPath {}

  /**
   * {@code /topics/T/partitions/P/records}, or {@code /topics/T/records}.
   *
   * @param partition null when the path does not name one
   */
  record Records(String topic, @Nullable String partition) implements ApiPath {}

  /** {@code /topics/T/partitions/P/live}, or {@code /topics/T/live}. */
  record Live(String topic, @Nullable String partition) implements ApiPath {}

  /** Null when it stands for nothing. */
  static @Nullable ApiPath of(String prefix, RequestTarget target) {
    String path = target.decodedPath();
    if (path == null || !path.startsWith(prefix + "/")) {
      return null;
    }
    List<String> parts = List.of(path.substring(prefix.length() + 1).split("/", -1));
    if (parts.equals(List.of("openapi.json"))) {
      return new Description();
    }
    if (!parts.getFirst().equals("topics")) {
      return null;
    }
    return switch (parts.size()) {
      case 1 -> new AllTopics();
      case 2 -> new OneTopic(parts.get(1));
      case 3 -> leaf(parts.get(1), null, parts.get(2));
      case 5 ->
          parts.get(2).equals("partitions") ? leaf(parts.get(1), parts.get(3), parts.get(4)) : null;
      default -> null;
    };
  }

  private static @Nullable ApiPath leaf(String topic, @Nullable String partition, String last) {
    return switch (last) {
      case "records" -> new Records(topic, partition);
      case "live" -> new Live(topic, partition);
      default -> null;
    };
  }
}
