package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Clock;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes that append with {@code durability: commit} are killed at random moments: what
 * they were told is durable is there once, in order.
 */
final class KillTest {

  private static final int KILLS = 20;
  private static final LogConfig CONFIG =
      new LogConfig(
          64 * 1024,
          Duration.ofDays(7),
          1024,
          1_000_000,
          -1,
          Duration.ofDays(-1),
          LogConfig.Cleanup.DELETE,
          Durability.COMMIT,
          Duration.ofSeconds(1),
          false);

  /** What {@code "0 0-0"} takes with its line feed. */
  private static final long SHORTEST_LINE_BYTES = 6;

  /** The child: appends numbers, and prints each one with its offset once it is durable. */
  public static void main(String[] arguments) throws InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (LogStore store = LogStore.open(Path.of(arguments[0]), Clock.system())) {
      PartitionLog log = store.open("t-0", CONFIG);
      Semaphore inFlight = new Semaphore(32);
      for (long i = 0; ; i++) {
        String value = arguments[1] + "-" + i;
        inFlight.acquire();
        AppendInfo info = log.append(Batches.batch(value), 0);
        log.whenDurable(
            info.lastOffset() + 1,
            failure -> {
              if (failure == null) {
                out.println(info.baseOffset() + " " + value);
              }
              inFlight.release();
            });
      }
    }
  }

  @Test
  void whatWasAcknowledgedSurvivesKillsAtAnyMoment(@TempDir Path folder) throws Exception {
    Random random = new Random(7);
    List<String> acknowledged = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      acknowledged.addAll(runAndKill(folder, kill, random.nextInt(250)));
      try (LogStore store = LogStore.open(folder, Clock.system())) {
        PartitionLog log = store.open("t-0", CONFIG);
        List<Batches.Read> records = Batches.readAll(log, 0, 1 << 20);
        for (int i = 0; i < records.size(); i++) {
          assertThat(records.get(i).offset()).isEqualTo(i);
        }
        for (String line : acknowledged) {
          int space = line.indexOf(' ');
          int offset = Integer.parseInt(line.substring(0, space));
          assertThat(records.size()).isGreaterThan(offset);
          assertThat(records.get(offset).value()).isEqualTo(line.substring(space + 1));
        }
        assertThat(records.stream().map(Batches.Read::value).distinct()).hasSize(records.size());
      }
    }
    assertThat(acknowledged).hasSizeGreaterThan(KILLS);
  }

  private static List<String> runAndKill(Path folder, int run, int afterAcknowledgements)
      throws IOException, InterruptedException {
    // A file, since the JDK closes a pipe under its reader when the process at its other end dies.
    Path printed = Files.createTempFile("acknowledged", ".txt");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KillTest.class.getName(),
                folder.toString(),
                Integer.toString(run))
            .redirectOutput(printed.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(2))
          .until(() -> Files.size(printed) > afterAcknowledgements * SHORTEST_LINE_BYTES);
    } finally {
      child.destroyForcibly().waitFor();
    }
    List<String> lines = new ArrayList<>(Files.readAllLines(printed));
    Files.delete(printed);
    // The last line may be a part of one.
    if (!lines.isEmpty() && !lines.getLast().matches("\\d+ " + run + "-\\d+")) {
      lines.removeLast();
    }
    assertThat(lines).isNotEmpty();
    // A number cut short would look whole: the very last one is not claimed.
    lines.removeLast();
    return lines;
  }
}
