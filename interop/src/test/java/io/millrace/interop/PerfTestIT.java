package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** RabbitMQ's load generator, PerfTest, runs to its end, and gets all that it sent. */
@ExtendWith(SharedNode.class)
class PerfTestIT {

  private static final Pattern RECEIVED = Pattern.compile("receiving rate avg: (\\d+) msg/s");

  private static String run(MillraceNode node, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("--uri", node.amqpUri()));
    all.addAll(List.of(arguments));
    try (Program perfTest = Program.perfTest(all.toArray(String[]::new))) {
      return perfTest.await().succeeded();
    }
  }

  private static void assertReceived(String output) {
    Matcher rate = RECEIVED.matcher(output);
    assertThat(rate.find()).as("a rate in %s", output).isTrue();
    assertThat(Long.parseLong(rate.group(1))).as(output).isPositive();
  }

  @Test
  void transientMessagesWithoutAcknowledgements(MillraceNode node) throws IOException {
    assertReceived(
        run(node, "--autoack", "--size", "12", "--pmessages", "20000", "--cmessages", "20000"));
  }

  @Test
  void persistentMessagesWithConfirmsAcknowledgementsAndSeveralClients(MillraceNode node)
      throws IOException {
    assertReceived(
        run(
            node,
            "--producers",
            "2",
            "--consumers",
            "3",
            "--queue",
            "perf-test-quorum",
            "--quorum-queue",
            "--flag",
            "persistent",
            "--flag",
            "mandatory",
            "--confirm",
            "200",
            "--qos",
            "100",
            "--multi-ack-every",
            "20",
            "--size",
            "1024",
            "--time",
            "4"));
  }

  @Test
  void transactionsAndMessagesThatAreAskedForOneByOne(MillraceNode node) throws IOException {
    assertReceived(
        run(
            node,
            "--ptxsize",
            "20",
            "--ctxsize",
            "20",
            "--polling",
            "--queue",
            "perf-test-transactions",
            "--type",
            "topic",
            "--time",
            "3"));
  }
}
