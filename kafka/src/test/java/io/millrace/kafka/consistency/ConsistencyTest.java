package io.millrace.kafka.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.consistency.HistoryRun.Kind;
import io.millrace.kafka.consistency.HistoryRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever producers, consumers and transactions do while a node dies and comes back: nothing that
 * was acknowledged is lost, nothing is there twice, nothing uncommitted is shown, and everything is
 * in order. 500 random histories; more by {@code -Dhistories=N}, the same ones by {@code
 * -Dhistory.seed=N}. What is checked is in docs/consistency.md.
 */
class ConsistencyTest {

  private static final int HISTORIES = Integer.getInteger("histories", 500);
  private static final long SEED = Long.getLong("history.seed", System.nanoTime());

  private static final int OF_KAFKAS_CLIENTS = atLeastOne(HISTORIES / 10);
  private static final int OF_PROCESSES = atLeastOne(HISTORIES / 50);
  private static final int AT_ONCE = 6;
  private static final Duration PATIENCE_FOR_SHRINKING = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static int atLeastOne(int count) {
    return Math.max(1, count);
  }

  @Test
  void aNodeThatDiesKeepsItsPromises() throws Exception {
    run(Kind.WIRE, atLeastOne(HISTORIES - OF_KAFKAS_CLIENTS - OF_PROCESSES), AT_ONCE);
  }

  @Test
  void aNodeThatDiesKeepsItsPromisesToKafkasOwnClients() throws Exception {
    run(Kind.KAFKA_CLIENTS, OF_KAFKAS_CLIENTS, AT_ONCE);
  }

  @Test
  void aProcessThatIsKilledKeepsItsPromises() throws Exception {
    run(Kind.KILLED_PROCESS, OF_PROCESSES, 2);
  }

  private void run(Kind kind, int count, int atOnce) throws Exception {
    Map<String, Integer> totals = new TreeMap<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(atOnce)) {
      List<Future<Result>> results = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        long seed = SEED + i;
        results.add(pool.submit(() -> one(seed, kind, Reduction.NONE)));
      }
      try {
        for (Future<Result> each : results) {
          Result result = each.get();
          assertThat(result.violations()).as(() -> report(smallest(result))).isEmpty();
          result.operations().forEach(operation -> count(operation, totals));
        }
      } catch (ExecutionException e) {
        throw new AssertionError(String.valueOf(e.getCause()), e);
      } finally {
        pool.shutdownNow();
      }
    }
    System.out.printf("%d %s histories from seed %d: %s%n", count, kind, SEED, totals);
    assertThat(totals).containsKeys("Read", "Produce DONE");
    if (count >= 20) {
      assertThat(totals).containsKeys("Crash", "commit DONE", "abort DONE", "ListOffset");
      assertThat(totals).containsKeys("DeleteRecords");
    }
  }

  /** Whoever is to find out why has less to read. */
  private Result smallest(Result failed) {
    return failed.violations().isEmpty()
        ? failed
        : Shrinking.smallest(
            failed, less -> one(failed.seed(), failed.kind(), less), PATIENCE_FOR_SHRINKING);
  }

  private Result one(long seed, Kind kind, Reduction reduction) throws Exception {
    Path data = Files.createTempDirectory(folder, "history");
    try {
      return HistoryRun.run(seed, kind, reduction, data);
    } finally {
      delete(data);
    }
  }

  private static void delete(Path data) throws IOException {
    try (Stream<Path> all = Files.walk(data)) {
      for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static void count(Operation operation, Map<String, Integer> totals) {
    String name =
        switch (operation) {
          case Operation.Produce produce -> "Produce " + produce.outcome();
          case Operation.EndTransaction end ->
              (end.commit() ? "commit " : "abort ") + end.outcome();
          default -> operation.getClass().getSimpleName();
        };
    totals.merge(name, 1, Integer::sum);
  }

  private static String report(Result result) {
    return "%s history of seed %d, to be run again by -Dhistories=1 -Dhistory.seed=%d, here %s%n%s%n%s"
        .formatted(
            result.kind(),
            result.seed(),
            result.seed(),
            result.reduction(),
            result.violations().stream()
                .limit(20)
                .map(Violation::toString)
                .reduce("", (a, b) -> a + b + "\n"),
            History.print(result.operations()));
  }
}
