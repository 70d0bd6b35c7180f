package io.millrace.app.cli;

/** A command that could not do its work. The message is one sentence for the person. */
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int exitCode;

  private CommandException(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  /** Something outside was not as it has to be. */
  public static CommandException failed(String message) {
    return new CommandException(message, Failures.FAILED);
  }

  /** The arguments do not make sense. */
  public static CommandException usage(String message) {
    return new CommandException(message, Failures.USAGE);
  }

  int exitCode() {
    return exitCode;
  }
}
