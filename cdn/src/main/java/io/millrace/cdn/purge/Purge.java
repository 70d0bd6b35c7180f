package io.millrace.cdn.purge;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An order to use stored responses no more.
 *
 * @param what it names, as {@code scope} says; empty for everything
 * @param soft whether they become stale, rather than be given up
 * @param timeMillis when it was ordered
 */
public record Purge(Scope scope, String what, boolean soft, long timeMillis) {

  /** The longest {@code what}, in characters. */
  public static final int MOST_CHARACTERS = 8 * 1024;

  /** What a purge names. */
  public enum Scope {
    /** One resource: host, path and query. */
    URL,
    /** All resources whose host, path and query begin so. */
    PREFIX,
    /** All responses with this member of {@code Surrogate-Key} or {@code Cache-Tag}. */
    KEY,
    /** Everything. */
    ALL
  }

  /** Checks what it names. */
  public Purge {
    if ((scope == Scope.ALL) != what.isEmpty()) {
      throw new IllegalArgumentException(
          scope == Scope.ALL
              ? "a purge of everything names nothing"
              : "a purge by "
                  + scope.name().toLowerCase(Locale.ROOT)
                  + " needs a value that is not empty");
    }
    if (what.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "what is to be purged has "
              + what.length()
              + " characters; allowed: up to "
              + MOST_CHARACTERS);
    }
  }

  /** Of one resource, by its URL with or without the scheme, in any spelling (RFC 3986, 6.2.2). */
  public static Purge ofUrl(String url, boolean soft, long timeMillis) {
    RequestTarget target = target(resource(url));
    return new Purge(Scope.URL, target.host() + target.pathAndQuery(), soft, timeMillis);
  }

  /**
   * Of all resources whose URL begins so; with or without the scheme. Only the host is normalised.
   */
  public static Purge ofPrefix(String prefix, boolean soft, long timeMillis) {
    return new Purge(Scope.PREFIX, resource(prefix), soft, timeMillis);
  }

  private static RequestTarget target(String resource) {
    try {
      return RequestTarget.of(
          new RequestHead("GET", "http://" + resource, true, Fields.of("Host", "edge")));
    } catch (HttpError e) {
      throw new IllegalArgumentException("\"" + resource + "\" is no URL: " + e.sentence(), e);
    }
  }

  /** What a client asks for when it asks for the one resource that this names; null for others. */
  public @Nullable RequestTarget target() {
    return scope == Scope.URL ? target(what) : null;
  }

  /** The name of a resource in the cache: no scheme, the host in lower case, and a path. */
  private static String resource(String url) {
    String rest = url.strip();
    int scheme = rest.indexOf("://");
    if (scheme >= 0) {
      String name = rest.substring(0, scheme).toLowerCase(Locale.ROOT);
      if (!name.equals("http") && !name.equals("https")) {
        throw new IllegalArgumentException(
            "the URL begins with " + name + ":; allowed: http: and https:");
      }
      rest = rest.substring(scheme + 3);
    }
    int fragment = rest.indexOf('#');
    if (fragment >= 0) {
      rest = rest.substring(0, fragment);
    }
    int slash = rest.indexOf('/');
    if (slash == 0 || rest.isEmpty()) {
      throw new IllegalArgumentException(
          "the URL \"" + url + "\" has no host; allowed: http://HOST/PATH or HOST/PATH");
    }
    return slash < 0
        ? rest.toLowerCase(Locale.ROOT) + "/"
        : rest.substring(0, slash).toLowerCase(Locale.ROOT) + rest.substring(slash);
  }

  /** The key of its record: a later purge of the same takes its place. */
  String recordKey() {
    return scope.name().toLowerCase(Locale.ROOT) + ":" + (soft ? "soft:" : "hard:") + what;
  }

  /** The purge that a record stands for, or null when it is none. */
  static @Nullable Purge ofRecord(String key, long timeMillis) {
    String[] parts = key.split(":", 3);
    if (parts.length != 3 || !(parts[1].equals("soft") || parts[1].equals("hard"))) {
      return null;
    }
    try {
      return new Purge(
          Scope.valueOf(parts[0].toUpperCase(Locale.ROOT)),
          parts[2],
          parts[1].equals("soft"),
          timeMillis);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
