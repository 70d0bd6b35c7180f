package io.millrace.app.cli;

import io.millrace.app.config.ConfigurationException;
import io.millrace.app.node.NodeStartException;
import io.millrace.core.SettingException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what a command throws into one sentence and an exit code. */
public final class Failures {

  /** Something outside was not as it has to be. */
  public static final int FAILED = 1;

  /** Arguments or configuration cannot be used. */
  public static final int USAGE = 2;

  private Failures() {}

  /** Makes a command line report by these rules. */
  public static CommandLine shownBy(CommandLine root) {
    root.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          CommandException told = tell(failure);
          command.getErr().println("millrace: " + told.getMessage());
          return told.exitCode();
        });
    root.setParameterExceptionHandler(
        (problem, arguments) -> {
          CommandLine command = problem.getCommandLine();
          command.getErr().println("millrace: " + problem.getMessage());
          suggest(problem, command);
          command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
          return USAGE;
        });
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setUsageHelpAutoWidth(true);
    return root;
  }

  private static void suggest(ParameterException problem, CommandLine command) {
    UnmatchedArgumentException.printSuggestions(problem, command.getErr());
  }

  private static CommandException tell(Exception failure) {
    Throwable cause = failure;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case CommandException told -> told;
      case ConfigurationException bad -> CommandException.usage(String.valueOf(bad.getMessage()));
      case NodeStartException notStarted ->
          CommandException.failed(String.valueOf(notStarted.getMessage()));
      case SettingException bad -> CommandException.usage(String.valueOf(bad.getMessage()));
      case KafkaException refused -> CommandException.failed(sentence(refused));
      default -> {
        cause.printStackTrace();
        yield CommandException.failed("failed unexpectedly, see above: " + cause);
      }
    };
  }

  private static String sentence(KafkaException refused) {
    String message = refused.getMessage();
    if (message == null) {
      return refused.getClass().getSimpleName();
    }
    Throwable cause = refused.getCause();
    return cause == null || cause.getMessage() == null
        ? message
        : message + ": " + cause.getMessage();
  }
}
