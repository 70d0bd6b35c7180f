package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.job.SqlRun.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** What queries come to over random events, out of order, against plain models of the same. */
class OperatorModelTest {

  private static final int LAG = 15;
  private static final int TRIES = 12;

  private static @Nullable SqlRun run;

  @BeforeContainer
  static void open() throws IOException {
    run = new SqlRun();
  }

  @AfterContainer
  static void close() throws IOException {
    run().close();
  }

  static SqlRun run() {
    return Objects.requireNonNull(run);
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.of("SFO", "LAX", "JFK"),
            Arbitraries.integers().between(0, 9),
            Arbitraries.integers().between(0, 120))
        .as(Event::new)
        .list()
        .ofMaxSize(40);
  }

  /** The rows of a query over the table {@code e} of these events. */
  private static List<List<@Nullable Object>> rows(List<Event> events, String query) {
    return run().select(SqlRun.table("e", run().topic(events), LAG, true) + query);
  }

  /** What is left when every change has been applied; the first column is the sign. */
  private static Map<List<@Nullable Object>, Integer> result(List<List<@Nullable Object>> changes) {
    Map<List<@Nullable Object>, Integer> result = new HashMap<>();
    for (List<@Nullable Object> change : changes) {
      boolean adds = "+I".equals(change.getFirst()) || "+U".equals(change.getFirst());
      List<@Nullable Object> row = change.subList(1, change.size());
      int count = result.merge(row, adds ? 1 : -1, Integer::sum);
      assertThat(count).as("rows taken back that are not there, by " + change).isNotNegative();
      result.remove(row, 0);
    }
    return result;
  }

  private static Map<List<@Nullable Object>, Integer> counted(List<List<@Nullable Object>> rows) {
    Map<List<@Nullable Object>, Integer> counted = new HashMap<>();
    rows.forEach(row -> counted.merge(row, 1, Integer::sum));
    return counted;
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  private static Object time(long second) {
    return SqlRun.time(SqlRun.START + second * 1000);
  }

  /** Those not behind the watermark that the events before them made. */
  private static List<Event> inTime(List<Event> events) {
    List<Event> inTime = new ArrayList<>();
    int watermark = Integer.MIN_VALUE;
    for (Event event : events) {
      if (event.second() > watermark) {
        inTime.add(event);
      }
      watermark = Math.max(watermark, event.second() - LAG);
    }
    return inTime;
  }

  // ---- windows ----

  /** A session of the model, in seconds. */
  private record Session(long start, long end, int count, int sum) {}

  @Property(tries = TRIES)
  void sessionsMergeWithEveryRowThatTouchesThemWhileTheyAreOpen(
      @ForAll("events") List<Event> events) {
    List<List<@Nullable Object>> rows =
        rows(
            events,
            """
            SELECT k, COUNT(*), SUM(v), window_start, window_end
            FROM SESSION(TABLE e PARTITION BY k, DESCRIPTOR(t), INTERVAL '10' SECOND)
            GROUP BY k, window_start, window_end""");

    Map<String, List<Session>> open = new HashMap<>();
    List<List<@Nullable Object>> expected = new ArrayList<>();
    double watermark = Double.NEGATIVE_INFINITY;
    for (Event event : events) {
      List<Session> sessions = open.computeIfAbsent(event.key(), unused -> new ArrayList<>());
      Session merged = new Session(event.second(), event.second() + 10, 1, event.value());
      boolean alone = true;
      for (Session each : List.copyOf(sessions)) {
        if (each.start() <= merged.end() && each.end() >= merged.start()) {
          sessions.remove(each);
          alone = false;
          merged =
              new Session(
                  Math.min(each.start(), merged.start()),
                  Math.max(each.end(), merged.end()),
                  each.count() + merged.count(),
                  each.sum() + merged.sum());
        }
      }
      if (!alone || merged.end() - 0.001 > watermark) {
        sessions.add(merged);
      }
      watermark = Math.max(watermark, event.second() - LAG);
      complete(open, watermark, expected);
    }
    complete(open, Double.POSITIVE_INFINITY, expected);
    assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static void complete(
      Map<String, List<Session>> open, double watermark, List<List<@Nullable Object>> rows) {
    open.forEach(
        (key, sessions) ->
            sessions.removeIf(
                session -> {
                  boolean done = session.end() - 0.001 <= watermark;
                  if (done) {
                    rows.add(
                        row(
                            key,
                            (long) session.count(),
                            session.sum(),
                            time(session.start()),
                            time(session.end())));
                  }
                  return done;
                }));
  }

  @Property(tries = TRIES)
  void cumulatingWindowsGrowByTheStepAndStartAnew(@ForAll("events") List<Event> random) {
    List<Event> events = random.stream().sorted(Comparator.comparingInt(Event::second)).toList();
    List<List<@Nullable Object>> rows =
        rows(
            events,
            """
            SELECT k, COUNT(*), SUM(v), window_start, window_end
            FROM CUMULATE(TABLE e, DESCRIPTOR(t), INTERVAL '10' SECOND, INTERVAL '30' SECOND)
            GROUP BY k, window_start, window_end""");

    TreeMap<List<Object>, int[]> model =
        new TreeMap<>(
            Comparator.<List<Object>>comparingInt(key -> (int) key.get(1))
                .thenComparing(key -> (String) key.get(0)));
    for (Event event : events) {
      int start = event.second() / 30 * 30;
      for (int end = event.second() / 10 * 10 + 10; end <= start + 30; end += 10) {
        int[] sums = model.computeIfAbsent(List.of(event.key(), end), unused -> new int[2]);
        sums[0]++;
        sums[1] += event.value();
      }
    }
    List<List<@Nullable Object>> expected = new ArrayList<>();
    model.forEach(
        (key, sums) -> {
          int end = (int) key.get(1);
          expected.add(
              row(key.get(0), (long) sums[0], sums[1], time((end - 1) / 30 * 30L), time(end)));
        });
    assertThat(rows).isEqualTo(expected);
  }

  @Property(tries = TRIES)
  void topOfAWindowIsPutOutOnceWhenTheWindowIsComplete(@ForAll("events") List<Event> random) {
    List<Event> events = random.stream().sorted(Comparator.comparingInt(Event::second)).toList();
    List<List<@Nullable Object>> rows =
        rows(
            events,
            """
            SELECT k, v, window_end, n FROM (
              SELECT *, ROW_NUMBER() OVER (
                  PARTITION BY window_start, window_end ORDER BY v DESC) AS n
              FROM TUMBLE(TABLE e, DESCRIPTOR(t), INTERVAL '20' SECOND))
            WHERE n <= 3""");

    TreeMap<Integer, List<Event>> windows = new TreeMap<>();
    events.forEach(
        event ->
            windows
                .computeIfAbsent(event.second() / 20 * 20 + 20, unused -> new ArrayList<>())
                .add(event));
    List<List<@Nullable Object>> expected = new ArrayList<>();
    windows.forEach(
        (end, members) -> {
          List<Event> best =
              members.stream().sorted(Comparator.comparingInt(Event::value).reversed()).toList();
          for (int i = 0; i < Math.min(3, best.size()); i++) {
            expected.add(row(best.get(i).key(), best.get(i).value(), time(end), i + 1L));
          }
        });
    assertThat(rows).isEqualTo(expected);
  }

  // ---- changelogs ----

  @Property(tries = TRIES)
  void groupsAndTheirTopConvergeToTheBatchResult(@ForAll("events") List<Event> events) {
    Map<List<@Nullable Object>, Integer> groups =
        result(rows(events, "SELECT k, COUNT(*), MAX(v), COUNT(DISTINCT v) FROM e GROUP BY k"));
    Map<List<@Nullable Object>, Integer> ofGroups =
        result(
            rows(
                events,
                "SELECT n, COUNT(*), MAX(k), SUM(DISTINCT n) FROM"
                    + " (SELECT k, COUNT(*) AS n FROM e GROUP BY k) GROUP BY n"));
    Map<List<@Nullable Object>, Integer> top =
        result(
            rows(
                events,
                "SELECT v, s, r FROM (SELECT v, s, ROW_NUMBER() OVER (ORDER BY s DESC, v) AS r"
                    + " FROM (SELECT v, COUNT(*) AS s FROM e GROUP BY v)) WHERE r BETWEEN 2 AND 3"));

    Map<String, List<Event>> byKey = new TreeMap<>();
    Map<Integer, Long> byValue = new TreeMap<>();
    for (Event event : events) {
      byKey.computeIfAbsent(event.key(), unused -> new ArrayList<>()).add(event);
      byValue.merge(event.value(), 1L, Long::sum);
    }
    List<List<@Nullable Object>> expected = new ArrayList<>();
    Map<Long, List<String>> bySize = new TreeMap<>();
    byKey.forEach(
        (key, members) -> {
          expected.add(
              row(
                  key,
                  (long) members.size(),
                  members.stream().mapToInt(Event::value).max().orElseThrow(),
                  members.stream().map(Event::value).distinct().count()));
          bySize.computeIfAbsent((long) members.size(), unused -> new ArrayList<>()).add(key);
        });
    assertThat(groups).isEqualTo(counted(expected));
    List<List<@Nullable Object>> sizes = new ArrayList<>();
    bySize.forEach((size, keys) -> sizes.add(row(size, (long) keys.size(), keys.getLast(), size)));
    assertThat(ofGroups).isEqualTo(counted(sizes));
    List<Map.Entry<Integer, Long>> ranked =
        byValue.entrySet().stream()
            .sorted(
                Map.Entry.<Integer, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .toList();
    List<List<@Nullable Object>> best = new ArrayList<>();
    for (int i = 1; i < Math.min(3, ranked.size()); i++) {
      best.add(row(ranked.get(i).getKey(), ranked.get(i).getValue(), i + 1L));
    }
    assertThat(top).isEqualTo(counted(best));
  }

  @Property(tries = TRIES)
  void deduplicationKeepsTheFirstOrTheLastRowByTime(@ForAll("events") List<Event> events) {
    String query =
        "SELECT k, v, t FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY t %s) AS n"
            + " FROM e) WHERE n = 1";
    Map<String, Event> first = new TreeMap<>();
    Map<String, Event> last = new TreeMap<>();
    for (Event event : events) {
      first.merge(event.key(), event, (a, b) -> b.second() < a.second() ? b : a);
      last.merge(event.key(), event, (a, b) -> b.second() >= a.second() ? b : a);
    }

    assertThat(result(rows(events, query.formatted("ASC")))).isEqualTo(rowsOf(first));
    assertThat(result(rows(events, query.formatted("DESC")))).isEqualTo(rowsOf(last));
    assertThat(result(rows(events, "SELECT DISTINCT k FROM e")))
        .isEqualTo(
            counted(first.keySet().stream().map(key -> OperatorModelTest.row(key)).toList()));
  }

  private static Map<List<@Nullable Object>, Integer> rowsOf(Map<String, Event> events) {
    return counted(
        events.values().stream()
            .map(event -> row(event.key(), event.value(), time(event.second())))
            .toList());
  }

  // ---- joins ----

  @Property(tries = TRIES)
  void outerJoinsOfChangingRowsConvergeToTheBatchResult(@ForAll("events") List<Event> events) {
    // Both sides are updated all the time: counts by key, and the keys of each count.
    Map<List<@Nullable Object>, Integer> joined =
        result(
            rows(
                events,
                """
                SELECT a.k, a.n, b.v, b.m
                FROM (SELECT k, COUNT(*) AS n FROM e GROUP BY k) a
                FULL JOIN (SELECT v, COUNT(*) AS m FROM e GROUP BY v) b ON a.n = b.m"""));

    Map<String, Long> left = new TreeMap<>();
    Map<Integer, Long> right = new TreeMap<>();
    for (Event event : events) {
      left.merge(event.key(), 1L, Long::sum);
      right.merge(event.value(), 1L, Long::sum);
    }
    List<List<@Nullable Object>> expected = new ArrayList<>();
    left.forEach(
        (k, n) -> {
          boolean found = false;
          for (Map.Entry<Integer, Long> b : right.entrySet()) {
            if (b.getValue().equals(n)) {
              found = true;
              expected.add(row(k, n, b.getKey(), b.getValue()));
            }
          }
          if (!found) {
            expected.add(row(k, n, null, null));
          }
        });
    right.forEach(
        (v, m) -> {
          if (!left.containsValue(m)) {
            expected.add(row(null, null, v, m));
          }
        });
    assertThat(joined).isEqualTo(counted(expected));
  }

  @Property(tries = TRIES)
  void intervalJoinPairsRowsWhoseTimesAreNear(@ForAll("events") List<Event> random) {
    List<Event> events = inTime(random);
    List<List<@Nullable Object>> rows =
        rows(
            events,
            """
            SELECT a.v, a.t, b.v, b.t FROM e a LEFT JOIN e b ON a.k = b.k AND b.v > a.v
              AND b.t BETWEEN a.t - INTERVAL '5' SECOND AND a.t + INTERVAL '20' SECOND""");

    List<List<@Nullable Object>> expected = new ArrayList<>();
    for (Event a : events) {
      boolean found = false;
      for (Event b : events) {
        if (a.key().equals(b.key())
            && b.value() > a.value()
            && b.second() >= a.second() - 5
            && b.second() <= a.second() + 20) {
          found = true;
          expected.add(row(a.value(), time(a.second()), b.value(), time(b.second())));
        }
      }
      if (!found) {
        expected.add(row(a.value(), time(a.second()), null, null));
      }
    }
    assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Property(tries = TRIES)
  void windowJoinPairsRowsOfTheSameWindow(@ForAll("events") List<Event> random) {
    List<Event> events = random.stream().sorted(Comparator.comparingInt(Event::second)).toList();
    List<List<@Nullable Object>> rows =
        rows(
            events,
            """
            WITH w AS (SELECT * FROM TUMBLE(TABLE e, DESCRIPTOR(t), INTERVAL '20' SECOND))
            SELECT a.k, b.k, a.window_end FROM w a JOIN w b
              ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.v = b.v
            WHERE a.k < b.k""");

    List<List<@Nullable Object>> expected = new ArrayList<>();
    for (Event a : events) {
      for (Event b : events) {
        if (a.second() / 20 == b.second() / 20
            && a.value() == b.value()
            && a.key().compareTo(b.key()) < 0) {
          expected.add(row(a.key(), b.key(), time(a.second() / 20 * 20L + 20)));
        }
      }
    }
    assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
  }

  // ---- over ----

  @Property(tries = TRIES)
  void aggregatesOverRowsAreInTheOrderOfTime(@ForAll("events") List<Event> random) {
    List<Event> events = inTime(random);
    List<List<@Nullable Object>> byRange =
        rows(
            events,
            """
            SELECT k, v, t, SUM(v) OVER w, MIN(v) OVER w, COUNT(*) OVER w FROM e
            WINDOW w AS (PARTITION BY k ORDER BY t
              RANGE BETWEEN INTERVAL '20' SECOND PRECEDING AND CURRENT ROW)""");
    List<List<@Nullable Object>> byRows =
        rows(
            events,
            "SELECT k, v, t, SUM(v) OVER (PARTITION BY k ORDER BY t"
                + " ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM e");
    List<List<@Nullable Object>> all =
        rows(events, "SELECT k, v, t, SUM(v) OVER (PARTITION BY k ORDER BY t) FROM e");

    List<List<@Nullable Object>> expectedRange = new ArrayList<>();
    List<List<@Nullable Object>> expectedRows = new ArrayList<>();
    List<List<@Nullable Object>> expectedAll = new ArrayList<>();
    List<Event> sorted = events.stream().sorted(Comparator.comparingInt(Event::second)).toList();
    for (int i = 0; i < sorted.size(); i++) {
      Event event = sorted.get(i);
      List<Event> same = sorted.stream().filter(e -> e.key().equals(event.key())).toList();
      List<Integer> near =
          same.stream()
              .filter(e -> e.second() >= event.second() - 20 && e.second() <= event.second())
              .map(Event::value)
              .toList();
      Object at = time(event.second());
      expectedRange.add(
          row(
              event.key(),
              event.value(),
              at,
              sum(near),
              near.stream().min(Comparator.naturalOrder()).orElseThrow(),
              (long) near.size()));
      int index = 0;
      for (int j = 0; j < i; j++) {
        index += sorted.get(j).key().equals(event.key()) ? 1 : 0;
      }
      List<Integer> values = same.stream().map(Event::value).toList();
      expectedRows.add(
          row(
              event.key(),
              event.value(),
              at,
              sum(values.subList(Math.max(0, index - 2), index + 1))));
      List<Integer> before =
          same.stream().filter(e -> e.second() <= event.second()).map(Event::value).toList();
      expectedAll.add(row(event.key(), event.value(), at, sum(before)));
    }
    assertThat(byRange).containsExactlyInAnyOrderElementsOf(expectedRange);
    assertThat(byRows).containsExactlyInAnyOrderElementsOf(expectedRows);
    assertThat(all).containsExactlyInAnyOrderElementsOf(expectedAll);
  }

  private static int sum(List<Integer> values) {
    return values.stream().mapToInt(value -> value).sum();
  }
}
