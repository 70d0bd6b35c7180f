package io.millrace.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace} without a command. */
@Command(
    name = "millrace",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.Provider.class,
    description = "Events in over Kafka, windowed by SQL, results out through an HTTP edge.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace demo                      a departures board of real flights, start to end",
      "  millrace start                     Kafka on 9092, AMQP on 5672, edge on 8080, console on 8081",
      "  millrace topic create orders -p 6",
      "  echo hello | millrace produce orders",
      "  millrace consume orders --from beginning --until-end",
      "  millrace amqp list queues          of the AMQP port, by its management API",
      "  millrace sql board.sql             runs a streaming job on the node",
      "",
      "Exit codes: 0 done; 1 failed, such as a taken port or no answer; 2 bad arguments or"
          + " configuration."
    })
public final class RootCommand implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
