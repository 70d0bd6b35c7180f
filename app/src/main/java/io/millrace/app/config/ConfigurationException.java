package io.millrace.app.config;

import java.util.Collection;

/**
 * A configuration that cannot be used. The message is one sentence for the person who wrote it,
 * with the place, what is wrong there and what is allowed.
 */
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With that sentence. */
  public ConfigurationException(String message) {
    super(message);
  }

  /** A key that does not exist, with the one that was probably meant, or all there are. */
  static ConfigurationException unknownKey(String place, String path, Collection<String> allowed) {
    String closest = Spelling.closest(path, allowed);
    return new ConfigurationException(
        place
            + ": there is no key "
            + path
            + "; "
            + (closest == null
                ? "allowed here: " + String.join(", ", allowed)
                : "did you mean " + closest + "?"));
  }
}
