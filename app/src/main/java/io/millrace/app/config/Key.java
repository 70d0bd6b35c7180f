package io.millrace.app.config;

import org.jspecify.annotations.Nullable;

/**
 * One key of the configuration that holds one value.
 *
 * @param path from the top, such as {@code kafka.port}
 * @param usual the value when the key is absent, as it would be written; null for none
 * @param meaning one sentence
 */
public record Key<T>(String path, Kind<T> kind, @Nullable String usual, String meaning) {

  /**
   * The value that the text stands for.
   *
   * @param place where the text was written, to begin the sentence with, such as {@code
   *     millrace.yaml line 4}
   * @throws ConfigurationException when it stands for none
   */
  public T parse(String text, String place) {
    T value = kind.parse(text);
    if (value == null) {
      throw new ConfigurationException(
          place + ": " + path + " is \"" + text + "\"; allowed: " + kind.allowed());
    }
    return value;
  }
}
