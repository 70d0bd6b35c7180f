package io.millrace.cdn.view;

import io.millrace.cdn.http.RequestTarget;
import org.jspecify.annotations.Nullable;

/** What a path under a view's prefix names. */
sealed interface ViewPath {

  /** {@code PREFIX/index.json}: all keys with their newest values. */
  record Index() implements ViewPath {}

  /** {@code PREFIX/KEY.json}: the document of a key. */
  record Document(String key) implements ViewPath {}

  /**
   * {@code PREFIX/live} and {@code PREFIX/KEY/live}: events.
   *
   * @param key null for all keys
   */
  record Live(@Nullable String key) implements ViewPath {}

  /**
   * Reads a path.
   *
   * @return null when it names nothing. A slash that is part of a key is written {@code %2F}; the
   *     document of a key with the name {@code index} cannot be reached
   */
  static @Nullable ViewPath of(String prefix, RequestTarget target) {
    String path = target.path();
    int start = prefix.length() + 1;
    if (path.length() <= start || !path.startsWith(prefix) || path.charAt(start - 1) != '/') {
      return null;
    }
    String rest = path.substring(start);
    int slash = rest.indexOf('/');
    if (slash >= 0) {
      String key = RequestTarget.decode(rest.substring(0, slash));
      boolean live = rest.startsWith("/live", slash) && rest.length() == slash + 5;
      return live && key != null && !key.isEmpty() ? new Live(key) : null;
    }
    if (rest.equals("live")) {
      return new Live(null);
    }
    if (rest.equals("index.json")) {
      return new Index();
    }
    if (!rest.endsWith(".json")) {
      return null;
    }
    String key = RequestTarget.decode(rest.substring(0, rest.length() - 5));
    return key == null || key.isEmpty() ? null : new Document(key);
  }
}
