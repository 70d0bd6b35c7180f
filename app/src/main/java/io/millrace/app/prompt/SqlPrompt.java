package io.millrace.app.prompt;

import io.millrace.app.prompt.SqlAnswer.Done;
import io.millrace.app.prompt.SqlAnswer.End;
import io.millrace.app.prompt.SqlAnswer.JobStarted;
import io.millrace.app.prompt.SqlAnswer.Row;
import io.millrace.app.prompt.SqlAnswer.Select;
import io.millrace.app.prompt.SqlAnswer.Table;
import io.millrace.app.prompt.SqlAnswer.Unknown;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/**
 * Reads statements from a terminal, with history, completion and statements over several lines, and
 * shows what comes back: a table for what is complete, a table that is drawn anew for a SELECT.
 */
public final class SqlPrompt {

  private static final long REDRAW_MILLIS = 200;
  private static final String HELP =
      """
      A statement ends with a semicolon and may have many lines. Tab completes, the arrow keys find
      former statements, Ctrl-C stops a SELECT or drops a line, Ctrl-D or QUIT ends.

        CREATE TABLE orders (id STRING, amount DOUBLE) WITH ('connector' = 'kafka',
          'topic' = 'orders', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
        SELECT * FROM orders;          rows as they come, until Ctrl-C
        INSERT INTO big SELECT …;      a job that goes on when this prompt ends
        SHOW TABLES;
      """;

  private final Terminal terminal;
  private final ConsoleClient console;
  private final LineReader reader;
  private volatile List<String> tables = List.of();

  /**
   * A prompt on a terminal; both stay the caller's.
   *
   * @param history file of former statements, made when it does not exist
   */
  public SqlPrompt(Terminal terminal, ConsoleClient console, Path history) {
    this.terminal = terminal;
    this.console = console;
    this.reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("millrace")
            .parser(new StatementParser())
            .completer(new SqlCompleter(() -> tables))
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "     ... ")
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .build();
  }

  /** A line is accepted once the statement on it is whole. */
  private static final class StatementParser extends DefaultParser {

    StatementParser() {
      setQuoteChars(new char[0]);
      setEscapeChars(new char[0]);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == ParseContext.ACCEPT_LINE && !isCommand(line) && !SqlText.isComplete(line)) {
        throw new EOFError(-1, -1, "the statement goes on");
      }
      return super.parse(line, cursor, context);
    }
  }

  /** Reads and runs statements until the end of the input. */
  public void run() {
    terminal.writer().println("Millrace SQL. HELP; shows how, Ctrl-D ends.");
    refreshTables();
    while (true) {
      String line;
      try {
        line = reader.readLine("millrace> ");
      } catch (UserInterruptException e) {
        continue;
      } catch (EndOfFileException e) {
        return;
      }
      switch (command(line)) {
        case "quit", "exit" -> {
          return;
        }
        case "help" -> terminal.writer().print(HELP);
        case "" -> {}
        default -> execute(line);
      }
      terminal.flush();
    }
  }

  private static String command(String line) {
    return line.strip().replaceAll("[;\\s]+$", "").toLowerCase(Locale.ROOT);
  }

  private static boolean isCommand(String line) {
    return List.of("quit", "exit", "help").contains(command(line));
  }

  private void execute(String script) {
    AtomicReference<@Nullable LiveTable> live = new AtomicReference<>();
    Terminal.SignalHandler before =
        terminal.handle(Terminal.Signal.INT, signal -> console.cancel());
    try (ScheduledExecutorService redraw =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("redraw").factory())) {
      var unused =
          redraw.scheduleWithFixedDelay(
              () -> draw(live.get()), REDRAW_MILLIS, REDRAW_MILLIS, TimeUnit.MILLISECONDS);
      try {
        console.run(script, answer -> show(answer, live));
      } finally {
        redraw.shutdownNow();
      }
    } catch (SqlRefusedException e) {
      terminal.writer().println(e.getMessage());
    } finally {
      terminal.handle(Terminal.Signal.INT, before);
    }
    draw(live.get());
    refreshTables();
  }

  private static void draw(@Nullable LiveTable table) {
    if (table != null) {
      table.draw();
    }
  }

  private void show(SqlAnswer answer, AtomicReference<@Nullable LiveTable> live) {
    switch (answer) {
      case Done done -> terminal.writer().println(done.message());
      case JobStarted job ->
          terminal
              .writer()
              .println("job " + job.name() + " runs as " + job.id() + " until it is cancelled");
      case Table table ->
          LiveTable.lines(table.columns(), table.rows(), 0).forEach(terminal.writer()::println);
      case Select select -> live.set(new LiveTable(terminal, select.columns()));
      case Row row -> {
        LiveTable table = live.get();
        if (table != null) {
          table.add(row.values());
        }
      }
      case End end -> {
        if (end.failure() != null) {
          throw new SqlRefusedException(end.failure());
        }
      }
      case Unknown unused -> {}
    }
  }

  /** Names for the completion; nothing when they cannot be had. */
  private void refreshTables() {
    try {
      console.run(
          "SHOW TABLES;",
          answer -> {
            if (answer instanceof Table table) {
              tables = table.rows().stream().map(List::getFirst).toList();
            }
          });
    } catch (SqlRefusedException e) {
      tables = List.of();
    }
  }
}
