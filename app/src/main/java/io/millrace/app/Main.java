package io.millrace.app;

import io.millrace.app.cli.ConsumeCommand;
import io.millrace.app.cli.Failures;
import io.millrace.app.cli.ProduceCommand;
import io.millrace.app.cli.RootCommand;
import io.millrace.app.cli.SqlCommand;
import io.millrace.app.cli.StartCommand;
import io.millrace.app.cli.VersionCommand;
import io.millrace.app.cli.access.AclCommand;
import io.millrace.app.cli.access.QuotaCommand;
import io.millrace.app.cli.access.UserCommand;
import io.millrace.app.cli.amqp.AmqpCommand;
import io.millrace.app.cli.cdn.CdnCommand;
import io.millrace.app.cli.config.ConfigCommand;
import io.millrace.app.cli.group.GroupCommand;
import io.millrace.app.cli.queue.QueueCommand;
import io.millrace.app.cli.topic.TopicCommand;
import io.millrace.app.demo.DemoCommand;
import io.millrace.app.training.TrainCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * The program's entrance. Exit codes: 0 for done, 1 for what went wrong outside (a taken port, no
 * answer, a failed job), 2 for arguments or a configuration that cannot be used.
 */
public final class Main {

  private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("demo", DemoCommand::new);
    COMMANDS.put("start", StartCommand::new);
    COMMANDS.put("topic", TopicCommand::new);
    COMMANDS.put("config", ConfigCommand::new);
    COMMANDS.put("amqp", AmqpCommand::new);
    COMMANDS.put("produce", ProduceCommand::new);
    COMMANDS.put("consume", ConsumeCommand::new);
    COMMANDS.put("group", GroupCommand::new);
    COMMANDS.put("queue", QueueCommand::new);
    COMMANDS.put("cdn", CdnCommand::new);
    COMMANDS.put("acl", AclCommand::new);
    COMMANDS.put("user", UserCommand::new);
    COMMANDS.put("quota", QuotaCommand::new);
    COMMANDS.put("sql", SqlCommand::new);
    COMMANDS.put("version", VersionCommand::new);
    COMMANDS.put("train", TrainCommand::new);
  }

  private Main() {}

  /** Runs one command and ends the process. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs one command and returns its exit code. */
  public static int run(String... arguments) {
    return commandLine(arguments).execute(arguments);
  }

  /** Knows all commands, or only the one that is asked for: each costs milliseconds to describe. */
  static CommandLine commandLine(String... arguments) {
    CommandLine root = new CommandLine(new RootCommand());
    String first = arguments.length == 0 ? "" : arguments[0];
    Supplier<Object> asked = COMMANDS.get(first);
    if (asked != null) {
      root.addSubcommand(first, asked.get());
    } else {
      COMMANDS.forEach((name, command) -> root.addSubcommand(name, command.get()));
    }
    return Failures.shownBy(root);
  }
}
