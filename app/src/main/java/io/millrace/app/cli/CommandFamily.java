package io.millrace.app.cli;

import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only holds others together, such as {@code millrace topic …}. */
public abstract class CommandFamily implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  /** For subclasses, which have nothing to add but their annotation. */
  protected CommandFamily() {}

  @Override
  public final void run() {
    throw new ParameterException(
        spec.commandLine(),
        spec.name()
            + " needs one of: "
            + spec.subcommands().keySet().stream().collect(Collectors.joining(", ")));
  }
}
