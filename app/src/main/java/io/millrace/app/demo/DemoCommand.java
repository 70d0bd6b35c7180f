package io.millrace.app.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.app.cli.CommandException;
import io.millrace.app.cli.NodeOptions;
import io.millrace.app.cli.VersionCommand;
import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConfigurationFile;
import io.millrace.app.config.Keys;
import io.millrace.app.config.Kind;
import io.millrace.app.node.Listener;
import io.millrace.app.node.NodeSettings;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a departures board over 20,000 real flights, start to end: starts a node, sends the"
          + " flights by a Kafka producer in the order in which they were reported, windows them by"
          + " SQL (examples/flights/board.sql), lets viewers read the results through the edge, and"
          + " checks every result against a batch computation over the file.",
      "It stays up afterwards, so that you can look at the board, until Ctrl-C. What it stores is"
          + " deleted then, unless --data names a folder for it.",
      "",
      "Exit codes: 0 done and correct; 1 not correct, or failed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace demo",
      "  millrace demo --replay 5m --port-base 20000     slowly, on ports 20000 to 20003",
      "  millrace demo --lag 45m --viewers 2000          waits longer for delayed flights",
      "  millrace demo --exit --json                     for scripts: the summary as one JSON object"
    })
public final class DemoCommand implements Callable<Integer> {

  private static final int MOST_VIEWERS = 15_000;
  private static final Duration LONGEST_LAG = Duration.ofDays(7);
  private static final Duration LONGEST_REPLAY = Duration.ofDays(1);

  @Mixin private final NodeOptions options = new NodeOptions();

  @Option(
      names = "--viewers",
      paramLabel = "N",
      defaultValue = "500",
      description = "How many read the board through the edge (default: ${DEFAULT-VALUE}).")
  private int viewers;

  @Option(
      names = "--lag",
      paramLabel = "TIME",
      defaultValue = "30m",
      description =
          "How long windows wait for delayed flights, in whole minutes (default:"
              + " ${DEFAULT-VALUE}); later ones go to the topic late_flights.")
  private String lag = "";

  @Option(
      names = "--replay",
      paramLabel = "TIME",
      defaultValue = "25s",
      description =
          "How long the quarter takes to pass (default: ${DEFAULT-VALUE}); 0s for as fast as"
              + " flights are acknowledged.")
  private String replay = "";

  @Option(names = "--exit", description = "End after the summary instead of staying up.")
  private boolean exit;

  @Option(names = "--json", description = "Print the summary as one JSON object.")
  private boolean json;

  @Option(
      names = "--example",
      paramLabel = "DIR",
      description = "Folder of the flights, the SQL and the page (default: examples/flights).")
  private @Nullable Path example;

  private volatile @Nullable Demo running;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ScratchFolder scratch = ScratchFolder.create("millrace-demo");
    Thread ending = Thread.ofPlatform().name("shutdown").unstarted(() -> end(scratch));
    // Ctrl-C ends the process from anywhere in here: nothing may be left behind.
    Runtime.getRuntime().addShutdownHook(ending);
    try {
      return run(settings(scratch.path()));
    } catch (DemoException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()));
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(ending);
        end(scratch);
      } catch (IllegalStateException e) {
        // The process is ending, and the hook does it.
      }
    }
  }

  private int run(DemoSettings settings) throws IOException, InterruptedException {
    DemoProgress progress = progress();
    List<Listener> ports = new ArrayList<>();
    Demo demo = Demo.start(settings, VersionCommand.version(), ports::add);
    running = demo;
    tellPorts(progress, ports);
    DemoSummary summary = demo.run(progress);
    tell(summary);
    if (!exit) {
      progress.say("");
      progress.say("Still up; Ctrl-C ends it.");
      tellPorts(progress, ports);
      new CountDownLatch(1).await();
    }
    return summary.correct() ? 0 : 1;
  }

  private void end(ScratchFolder scratch) {
    Demo demo = running;
    if (demo != null) {
      demo.close();
    }
    scratch.close();
  }

  private DemoSettings settings(Path scratch) {
    if (viewers < 0 || viewers > MOST_VIEWERS) {
      throw CommandException.usage(
          "--viewers is " + viewers + "; allowed: a number from 0 to " + MOST_VIEWERS);
    }
    Path folder =
        example == null
            ? Path.of(System.getProperty("millrace.home", "."), "examples", "flights")
            : example;
    Configuration configuration =
        ConfigurationFile.read(folder.resolve("millrace.yaml"))
            .with(Keys.DATA, scratch.toString(), "the demo");
    return new DemoSettings(
        folder,
        NodeSettings.of(options.applyTo(configuration)),
        duration("--lag", lag, Duration.ofMinutes(1), LONGEST_LAG),
        duration("--replay", replay, Duration.ofMillis(1), LONGEST_REPLAY),
        viewers);
  }

  private static Duration duration(String flag, String text, Duration unit, Duration most) {
    Duration duration = text.equals("0") ? Duration.ZERO : Kind.DURATION.parse(text);
    if (duration == null
        || duration.compareTo(most) > 0
        || duration.toMillis() % unit.toMillis() != 0) {
      throw CommandException.usage(
          flag
              + " is \""
              + text
              + "\"; allowed: "
              + (unit.toMillis() == 1
                  ? "a time such as 10s or 5m, up to "
                  : "whole minutes such as 30m or 2h, up to ")
              + most.toDays()
              + "d");
    }
    return duration;
  }

  /** Standard output is for the summary alone when a script reads it. */
  private DemoProgress progress() {
    PrintStream out = json ? System.err : System.out;
    return new DemoProgress(out, isTerminal());
  }

  // Java 25 is back to null where there is no terminal; the check knows Java 22 to 24.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static void tellPorts(DemoProgress progress, List<Listener> ports) {
    for (Listener port : ports) {
      progress.say(String.format("  %-16s%s", port.name(), port.url()));
    }
  }

  private void tell(DemoSummary summary) throws JsonProcessingException {
    if (json) {
      System.out.println(JsonMapper.builder().build().writeValueAsString(summary.json()));
    } else {
      System.out.println();
      summary.lines().forEach(System.out::println);
    }
  }
}
