package io.millrace.broker.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Random transactions of some producers, compared with a model that keeps every record: where the
 * first open transaction begins, and which aborted ones a reader of any range is told.
 */
class StableOffsetModelTest {

  private static final int PRODUCERS = 4;

  private record Ended(long producer, long first, long marker) {}

  private ProducerStates states = new ProducerStates(100, () -> 1000);
  private final Map<Long, Long> open = new HashMap<>();
  private final List<Ended> aborted = new ArrayList<>();
  private final Set<String> abortedRecords = new HashSet<>();
  private final Map<Long, List<Long>> openRecords = new HashMap<>();
  private long end;

  @Property(tries = 500)
  void readersAreToldWhatTheyMustDrop(
      @ForAll @Size(max = 120) List<@IntRange(min = 0, max = 999) Integer> history)
      throws IOException {
    StableOffsetModelTest run = new StableOffsetModelTest();
    for (int step : history) {
      run.step(step);
      run.check();
    }
  }

  private void step(int number) throws IOException {
    long producer = number % PRODUCERS;
    switch (number / PRODUCERS % 8) {
      case 0, 1, 2, 3 -> {
        states.appendedUnnumbered(producer, (short) 0, end, 0);
        open.putIfAbsent(producer, end);
        openRecords.computeIfAbsent(producer, unused -> new ArrayList<>()).add(end);
        end++;
      }
      case 4, 5 -> end(producer, true);
      case 6 -> end(producer, false);
      default -> restart();
    }
  }

  private void end(long producer, boolean commit) {
    states.ended(producer, (short) 0, commit, end, 1, 0);
    Long first = open.remove(producer);
    List<Long> records = openRecords.remove(producer);
    if (first != null && records != null && !commit) {
      aborted.add(new Ended(producer, first, end));
      records.forEach(offset -> abortedRecords.add(producer + ":" + offset));
    }
    end++;
  }

  private void restart() throws IOException {
    Path folder = Files.createTempDirectory("stable");
    try {
      ProducerSnapshot.write(folder, states, end, false);
      states = new ProducerStates(100, () -> 1000);
      assertThat(ProducerSnapshot.read(folder, states)).isEqualTo(end);
    } finally {
      Files.deleteIfExists(folder.resolve(ProducerSnapshot.FILE_NAME));
      Files.delete(folder);
    }
  }

  private void check() {
    long undecided = open.values().stream().mapToLong(each -> each).min().orElse(Long.MAX_VALUE);
    assertThat(states.firstUndecided()).isEqualTo(undecided);
    AbortedTransactions.View index = states.aborted().now();
    long stable = Math.min(end, undecided);
    for (long offset = 0; offset < stable; offset++) {
      for (long producer = 0; producer < PRODUCERS; producer++) {
        String id = producer + ":" + offset;
        assertThat(index.contains(producer, offset)).as(id).isEqualTo(isWithin(producer, offset));
        assertThat(abortedRecords.contains(id) && !index.contains(producer, offset)).isFalse();
      }
    }
    for (long from = 0; from < stable; from += 3) {
      long to = Math.min(stable, from + 5);
      Set<String> told = new HashSet<>();
      index.visit(from, to, (producer, first) -> told.add(producer + ":" + first));
      Set<String> needed = new HashSet<>();
      for (Ended each : aborted) {
        if (each.marker() >= from && each.first() < to) {
          needed.add(each.producer() + ":" + each.first());
        }
      }
      assertThat(told).isEqualTo(needed);
    }
  }

  private boolean isWithin(long producer, long offset) {
    return aborted.stream()
        .anyMatch(
            each ->
                each.producer() == producer && each.first() <= offset && offset <= each.marker());
  }
}
