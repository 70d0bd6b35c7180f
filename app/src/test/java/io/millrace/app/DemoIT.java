package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.app.Launcher.Result;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** {@code ./millrace demo}, as a script runs it. */
class DemoIT {

  private static final String[] FREE_PORTS = {
    "--kafka-port", "0", "--amqp-port", "0", "--edge-port", "0", "--console-port", "0"
  };

  @Test
  void printsOneJsonObjectThatSaysItIsCorrect() throws Exception {
    Result result =
        demo("--exit", "--json", "--replay", "3s", "--viewers", "50", "--lag", "45m").succeeded();

    JsonNode summary = JsonMapper.builder().build().readTree(result.out());
    assertThat(summary.path("correct").asBoolean()).isTrue();
    assertThat(summary.path("events").asInt()).isEqualTo(20_000);
    assertThat(summary.path("lag_minutes").asInt()).isEqualTo(45);
    assertThat(summary.path("late").asInt()).isPositive();
    assertThat(summary.path("viewers").path("count").asInt()).isEqualTo(50);
    assertThat(summary.path("viewers").path("failures").asInt()).isZero();
  }

  @Test
  void namesTheTakenPortAndTheFlagThatMovesIt() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      Result result =
          Launcher.run(
              "",
              "demo",
              "--exit",
              "--kafka-port",
              "0",
              "--amqp-port",
              "0",
              "--console-port",
              "0",
              "--edge-port",
              port);

      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err()).contains("edge port " + port + " is taken").contains("--edge-port");
    }
  }

  @Test
  void refusesALagThatIsNoWholeNumberOfMinutes() throws Exception {
    Result result = demo("--exit", "--lag", "90s");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("--lag is \"90s\"; allowed: whole minutes such as 30m or 2h, up to 7d");
  }

  private static Result demo(String... arguments) throws Exception {
    String[] command = new String[1 + FREE_PORTS.length + arguments.length];
    command[0] = "demo";
    System.arraycopy(FREE_PORTS, 0, command, 1, FREE_PORTS.length);
    System.arraycopy(arguments, 0, command, 1 + FREE_PORTS.length, arguments.length);
    return Launcher.run("", command);
  }
}
