package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.TestNode;
import io.millrace.streams.TestNode.Received;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job whose process is killed at random moments writes each result exactly once, also when it
 * goes on with another number of threads that read.
 */
class JobKillTest {

  private static final int KILLS = 12;
  private static final int[] PARALLELISMS = {2, 4, 1, 2};
  private static final Pattern RESULT =
      Pattern.compile("\"k\":\"(k\\d+)\",\"n\":(\\d+),\"sum\":(\\d+).*\"window_end\":\"([^\"]+)\"");

  @TempDir Path folder;

  @Test
  void resultsAreThereExactlyOnceAfterKills() throws Exception {
    Random random = new Random(4711);
    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      Process process = start(PARALLELISMS[i % PARALLELISMS.length]);
      try (BufferedReader out = reader(process)) {
        assertThat(out.readLine()).isEqualTo("READY");
        if (!process.waitFor(20 + random.nextInt(300), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          process.waitFor();
          killed++;
        }
      }
    }
    Process last = start(2);
    try (BufferedReader out = reader(last)) {
      assertThat(out.readLine()).isEqualTo("READY");
      assertThat(out.readLine()).isEqualTo("DONE");
      last.waitFor();
    }

    assertThat(killed).isPositive();
    try (TestNode node = new TestNode(folder)) {
      List<Integer> all =
          IntStream.range(0, CrashedJob.PARTITIONS * (CrashedJob.EVENTS_EACH + 1)).boxed().toList();
      assertThat(node.records("copy"))
          .extracting(record -> number(record, "\"v\":(\\d+)"))
          .containsExactlyInAnyOrderElementsOf(all);
      assertThat(node.records("some-twice"))
          .extracting(record -> number(record, "\"v\":(\\d+)"))
          .containsAll(all);
      assertThat(results(node.records("windows"))).isEqualTo(model());
    }
  }

  private Process start(int parallelism) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener",
            "-cp",
            classPath,
            CrashedJob.class.getName(),
            folder.toString(),
            Integer.toString(parallelism))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static int number(Received record, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(Objects.requireNonNull(record.value()));
    assertThat(matcher.find()).isTrue();
    return Integer.parseInt(matcher.group(1));
  }

  /** Window end and key to count and sum; a result that comes twice fails. */
  private static Map<String, String> results(List<Received> records) {
    Map<String, String> results = new HashMap<>();
    for (Received record : records) {
      Matcher matcher = RESULT.matcher(Objects.requireNonNull(record.value()));
      assertThat(matcher.find()).as(record.value()).isTrue();
      String before =
          results.put(
              matcher.group(4) + " " + matcher.group(1), matcher.group(2) + " " + matcher.group(3));
      assertThat(before).as("an earlier result for " + record.value()).isNull();
    }
    return results;
  }

  /** What the windows give, by window end and key. */
  static Map<String, String> model() {
    Map<String, long[]> sums = new HashMap<>();
    for (int partition = 0; partition < CrashedJob.PARTITIONS; partition++) {
      for (int i = 0; i < CrashedJob.EVENTS_EACH; i++) {
        int value = CrashedJob.value(partition, i);
        int first = CrashedJob.time(i, value) / 10_000 * 10 + 10;
        for (int end : new int[] {first, first + 10}) {
          String key =
              "2001-01-01 00:%02d:%02d k%d".formatted(end / 60, end % 60, value % CrashedJob.KEYS);
          long[] sum = sums.computeIfAbsent(key, unused -> new long[2]);
          sum[0]++;
          sum[1] += value;
        }
      }
    }
    Map<String, String> model = new HashMap<>();
    sums.forEach((key, sum) -> model.put(key, sum[0] + " " + sum[1]));
    return model;
  }
}
