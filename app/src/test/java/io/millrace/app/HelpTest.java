package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {

  static Stream<CommandLine> commands() {
    return Stream.concat(Stream.of(Main.commandLine()), below(Main.commandLine()))
        .filter(command -> !command.getCommandSpec().usageMessage().hidden());
  }

  private static Stream<CommandLine> below(CommandLine command) {
    return command.getSubcommands().values().stream()
        .flatMap(each -> Stream.concat(Stream.of(each), below(each)));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithAnExample(CommandLine command) {
    String help = command.getUsageMessage();
    assertThat(help).contains("Example").contains("  millrace ").contains("--help");
    assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
    assertThat(command.getCommandSpec().options())
        .allSatisfy(option -> assertThat(option.description()).isNotEmpty());
  }

  @Test
  void aMistypedCommandEndsWithTwoAndASuggestion() {
    StringWriter err = new StringWriter();
    CommandLine root = Main.commandLine("strat");
    root.setErr(new PrintWriter(err, true));
    assertThat(root.execute("strat")).isEqualTo(2);
    assertThat(err.toString()).contains("strat").contains("millrace start").contains("--help");
  }

  @Test
  void aMissingArgumentEndsWithTwoAndIsNamed() {
    StringWriter err = new StringWriter();
    CommandLine root = Main.commandLine("topic");
    root.setErr(new PrintWriter(err, true));
    root.getSubcommands().values().forEach(each -> each.setErr(new PrintWriter(err, true)));
    assertThat(root.execute("topic", "create")).isEqualTo(2);
    assertThat(err.toString()).contains("TOPIC");
  }
}
