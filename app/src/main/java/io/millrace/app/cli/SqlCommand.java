package io.millrace.app.cli;

import io.millrace.app.prompt.AnswerPrinter;
import io.millrace.app.prompt.ConsoleClient;
import io.millrace.app.prompt.JobFollower;
import io.millrace.app.prompt.SqlAnswer;
import io.millrace.app.prompt.SqlPrompt;
import io.millrace.app.prompt.SqlRefusedException;
import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace sql}. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description = {
      "Runs streaming SQL on a node: a file, or statements at a prompt.",
      "Jobs of a file go on on the node when this command is ended by Ctrl-C."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace sql                                 a prompt; HELP; shows how",
      "  millrace sql examples/flights/board.sql      runs a file and shows how its jobs go on",
      "  millrace sql board.sql --detach              the same, and does not stay",
      "  millrace sql -e 'SHOW TABLES;'"
    })
public final class SqlCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Statements to run; without it a prompt, or what standard input holds.")
  private @Nullable Path file;

  @Option(
      names = {"-e", "--execute"},
      paramLabel = "SQL",
      description = "Statements to run.")
  private @Nullable String statements;

  @Mixin private final ConsoleOption console = new ConsoleOption();

  @Option(names = "--detach", description = "Leave when the jobs have started.")
  private boolean detach;

  @Override
  public Integer call() throws Exception {
    URI address = console.address();
    String script = script();
    try (ConsoleClient client = new ConsoleClient(address)) {
      if (script == null) {
        prompt(client);
      } else {
        run(client, script);
      }
    } catch (SqlRefusedException e) {
      throw CommandException.failed((file == null ? "" : file + ": ") + e.getMessage());
    }
    return 0;
  }

  /** What is to be run, or null for a prompt. */
  private @Nullable String script() throws IOException {
    if (statements != null) {
      return statements;
    }
    if (file != null) {
      try {
        return Files.readString(file);
      } catch (NoSuchFileException e) {
        throw CommandException.usage("there is no file " + file);
      }
    }
    return isTerminal() ? null : new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** There is a console object for a redirected process too, or none, by the JDK's own choice. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static void prompt(ConsoleClient client) throws IOException {
    Path history = Path.of(System.getProperty("user.home"), ".millrace_history");
    try (Terminal terminal = TerminalBuilder.builder().name("millrace").build()) {
      new SqlPrompt(terminal, client, history).run();
    }
  }

  private void run(ConsoleClient client, String script) throws InterruptedException {
    List<SqlAnswer.JobStarted> jobs = new ArrayList<>();
    AnswerPrinter printer = new AnswerPrinter(System.out, System.err);
    client.run(
        script,
        answer -> {
          printer.accept(answer);
          if (answer instanceof SqlAnswer.JobStarted job) {
            jobs.add(job);
          }
        });
    if (!detach) {
      JobFollower follower = new JobFollower(client, System.err, isTerminal() && jobs.size() == 1);
      for (SqlAnswer.JobStarted job : jobs) {
        follower.follow(job.id(), job.name());
      }
    }
  }
}
