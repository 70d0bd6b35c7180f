package io.millrace.kafka.control;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The levels of the program's loggers, for clients that ask for them (KIP-412): whoever set logging
 * up can show and change them. Any thread.
 */
public interface LogLevels {

  /** The root's name. */
  String ROOT = "root";

  /** For a program whose logging cannot be changed. */
  LogLevels NONE =
      new LogLevels() {
        @Override
        public Map<String, String> all() {
          return Map.of();
        }

        @Override
        public void set(String logger, @Nullable String level) {
          throw new IllegalArgumentException("there is no logger " + logger);
        }
      };

  /** The level in force of each logger that is known, by name: ERROR, WARN, INFO, DEBUG, TRACE. */
  Map<String, String> all();

  /**
   * Changes a level until the program ends.
   *
   * @param logger one of {@link #all}
   * @param level one of those above; null for that of the logger above it
   */
  void set(String logger, @Nullable String level);
}
