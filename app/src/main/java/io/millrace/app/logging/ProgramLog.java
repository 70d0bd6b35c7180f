package io.millrace.app.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up when the first logger is asked for; Logback finds it as a service. Until {@link
 * #use} says otherwise only warnings are written, as a command of the command line wants it. All
 * goes to standard error: standard output is for results.
 */
public final class ProgramLog extends ContextAwareBase implements Configurator {

  private static final String LINE = "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{24} - %msg%n";

  /** Made by Logback. */
  public ProgramLog() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    setUp(context, Level.WARN, false);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * Changes what is logged and how.
   *
   * @param level such as {@code info}
   * @param json one JSON object a line instead of text
   */
  public static void use(String level, boolean json) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      setUp(context, Level.toLevel(level, Level.INFO), json);
    }
  }

  private static void setUp(LoggerContext context, Level level, boolean json) {
    Encoder<ILoggingEvent> encoder = json ? jsonLines(context) : textLines(context);
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName("console");
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
    root.setLevel(Level.WARN.isGreaterOrEqual(level) ? Level.WARN : level);
    context.getLogger("io.millrace").setLevel(level);
    // A command prints why it failed itself; the client library would say so once for each attempt.
    context.getLogger("org.apache.kafka").setLevel(Level.ERROR);
  }

  private static Encoder<ILoggingEvent> textLines(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(LINE);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> jsonLines(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithArguments(false);
    encoder.setWithContext(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithFormattedMessage(true);
    encoder.setWithMessage(false);
    encoder.start();
    return encoder;
  }
}
