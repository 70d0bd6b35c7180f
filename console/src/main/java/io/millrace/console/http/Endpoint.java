package io.millrace.console.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests of a method and path, and who serves them.
 *
 * @param method {@code GET} also serves HEAD
 * @param pattern segments after the leading slash; {@code {name}} stands for any one segment
 */
public record Endpoint(String method, List<String> pattern, Handler handler) {

  /** Serves a request on a virtual thread, where it may block. */
  @FunctionalInterface
  public interface Handler {
    /**
     * @throws ProblemException when it cannot be served
     */
    Answer handle(Request request) throws InterruptedException;
  }

  /** An endpoint at a path such as {@code /api/topics/{topic}}. */
  public static Endpoint of(String method, String path, Handler handler) {
    return new Endpoint(method, List.of(path.substring(1).split("/", -1)), handler);
  }

  /** What the placeholders stand for, or null when the path is another. */
  @Nullable Map<String, String> match(List<String> path) {
    if (path.size() != pattern.size()) {
      return null;
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < path.size(); i++) {
      String expected = pattern.get(i);
      if (expected.startsWith("{")) {
        if (path.get(i).isEmpty()) {
          return null;
        }
        values.put(expected.substring(1, expected.length() - 1), path.get(i));
      } else if (!expected.equals(path.get(i))) {
        return null;
      }
    }
    return values;
  }
}
