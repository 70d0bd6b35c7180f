package io.millrace.cdn.route;

import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.origin.Origin;
import io.millrace.core.SettingException;

/**
 * Requests of a host whose path lies under a prefix go to an origin.
 *
 * @param host in lower case without a port, or {@code *} for all
 * @param pathPrefix whole segments: {@code /board} is {@code /board} and {@code /board/…}, not
 *     {@code /boards}
 */
public record Route(String host, String pathPrefix, Origin origin, CachePolicy policy) {

  /** Checks the prefix. */
  public Route {
    if (!pathPrefix.startsWith("/")) {
      throw new SettingException(
          "edge.routes.path", "is \"" + pathPrefix + "\"", "a path that starts with a slash");
    }
  }

  /** Whether it is for this request. */
  boolean matches(String hostName, String path) {
    return (host.equals("*") || host.equals(hostName)) && isUnder(path);
  }

  private boolean isUnder(String path) {
    if (!path.startsWith(pathPrefix)) {
      return false;
    }
    return path.length() == pathPrefix.length()
        || pathPrefix.endsWith("/")
        || path.charAt(pathPrefix.length()) == '/';
  }
}
