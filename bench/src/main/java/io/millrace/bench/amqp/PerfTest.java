package io.millrace.bench.amqp;

import io.millrace.bench.PeerJars;
import io.millrace.bench.Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** RabbitMQ's own load generator, in a JVM of its own. */
final class PerfTest {

  private static final Path FOLDER =
      Path.of(System.getProperty("millrace.root", "."), "bench/peers/perf-test");
  private static final Pattern RECEIVED = Pattern.compile("receiving rate avg: (\\d+) msg/s");
  private static final int SECONDS = 15;
  private static final int QUICK_SECONDS = 3;

  private PerfTest() {}

  /** Runs it, and returns how many messages it received in a second. */
  static double run(Server server, boolean quick, List<String> arguments)
      throws IOException, InterruptedException {
    PeerJars.gather(FOLDER);
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-cp",
                PeerJars.libraries(FOLDER) + "/*",
                "com.rabbitmq.perf.PerfTest",
                "--uri",
                "amqp://127.0.0.1:" + server.amqpPort(),
                "--time",
                Integer.toString(quick ? QUICK_SECONDS : SECONDS)));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher rate = RECEIVED.matcher(printed);
      if (process.waitFor() != 0 || !rate.find()) {
        throw new IOException("PerfTest failed: " + printed);
      }
      return Double.parseDouble(rate.group(1));
    } finally {
      process.destroyForcibly();
    }
  }
}
