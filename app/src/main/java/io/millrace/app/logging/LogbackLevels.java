package io.millrace.app.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.millrace.kafka.control.LogLevels;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The levels of the loggers that the program has made so far. */
public final class LogbackLevels implements LogLevels {

  private final LoggerContext context;

  private LogbackLevels(LoggerContext context) {
    this.context = context;
  }

  /** Those of this program, as far as Logback has set its logging up. */
  public static LogLevels ofProgram() {
    return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        ? new LogbackLevels(context)
        : LogLevels.NONE;
  }

  @Override
  public Map<String, String> all() {
    Map<String, String> levels = new TreeMap<>();
    for (Logger logger : context.getLoggerList()) {
      String name = logger.getName().equals(Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName();
      levels.put(name, spelled(logger.getEffectiveLevel()));
    }
    return levels;
  }

  /** Logback's scale goes on behind both ends of the one that Kafka's clients know. */
  private static String spelled(Level level) {
    if (level.toInt() < Level.TRACE_INT) {
      return Level.TRACE.toString();
    }
    return level.toInt() > Level.ERROR_INT ? Level.ERROR.toString() : level.toString();
  }

  @Override
  public void set(String logger, @Nullable String level) {
    context
        .getLogger(logger.equals(ROOT) ? Logger.ROOT_LOGGER_NAME : logger)
        .setLevel(level == null ? null : Level.valueOf(level));
  }
}
