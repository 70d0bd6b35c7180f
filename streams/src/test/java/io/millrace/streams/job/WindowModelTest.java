package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Clock;
import io.millrace.streams.Plans;
import io.millrace.streams.TestNode;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.WindowSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Windows over random events, out of order and in several partitions, against a plain model. */
class WindowModelTest {

  private static final long START = 978_307_200_000L; // 2001-01-01 00:00:00
  private static final int PARTITIONS = 3;

  /** Makes a record's batch larger than a visit, so that each visit reads one record. */
  private static final String PADDING = "x".repeat(1100);

  private static @Nullable Path folder;
  private static @Nullable TestNode node;
  private static int run;

  record Event(int partition, String key, int value, int time) {}

  /** A window and a key, in the order of emission. */
  record Group(long end, String key) implements Comparable<Group> {
    @Override
    public int compareTo(Group other) {
      int byEnd = Long.compare(end, other.end);
      return byEnd != 0 ? byEnd : key.compareTo(other.key);
    }
  }

  @BeforeContainer
  static void open() throws IOException {
    folder = Files.createTempDirectory("window-model");
    node = new TestNode(folder);
  }

  @AfterContainer
  static void close() throws IOException {
    node().close();
    Path root = folder;
    if (root != null) {
      try (var paths = Files.walk(root)) {
        paths.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }

  static TestNode node() {
    return java.util.Objects.requireNonNull(node);
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.integers().between(0, PARTITIONS - 1),
            Arbitraries.of("SFO", "LAX", "JFK"),
            Arbitraries.integers().between(-100, 100),
            Arbitraries.integers().between(0, 120_000))
        .as(Event::new)
        .list()
        .ofMaxSize(60);
  }

  @Provide
  Arbitrary<WindowSpec> windows() {
    return Arbitraries.of(
        new WindowSpec.Tumble(Duration.ofSeconds(10), Duration.ZERO),
        new WindowSpec.Tumble(Duration.ofSeconds(10), Duration.ofSeconds(3)),
        new WindowSpec.Hop(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ZERO),
        new WindowSpec.Hop(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(-4)));
  }

  @Property(tries = 60)
  void resultsAndLateRowsTogetherAreAllRows(
      @ForAll("events") List<Event> events,
      @ForAll("windows") WindowSpec window,
      @ForAll @IntRange(min = 1, max = 4) int parallelism) {
    Duration lag = Duration.ofSeconds(15);
    String topic = send(events, "");
    PlanNode scan = Plans.events(Plans.topic(topic, true), lag, Duration.ZERO);
    List<List<@Nullable Object>> results = new ArrayList<>();
    List<List<@Nullable Object>> late = new ArrayList<>();
    JobPlan plan =
        Plans.job(
            topic,
            Plans.toCaller(Plans.windows(Plans.late(scan, false), window)),
            Plans.toCaller(Plans.late(scan, true)));

    JobStatus end =
        run(plan, parallelism, (row, type) -> (type.size() == 4 ? late : results).add(row));

    List<Event> inTime = new ArrayList<>();
    List<Event> tooLate = new ArrayList<>();
    long[] watermarks = new long[PARTITIONS];
    java.util.Arrays.fill(watermarks, Long.MIN_VALUE);
    for (Event event : events) {
      int p = event.partition();
      (event.time() <= watermarks[p] ? tooLate : inTime).add(event);
      watermarks[p] = Math.max(watermarks[p], event.time() - lag.toMillis());
    }
    assertThat(end.lateRows()).isZero();
    assertThat(late).hasSameSizeAs(tooLate);
    assertThat(results).isEqualTo(model(inTime, window, false));
  }

  @Property(tries = 40)
  void dropsExactlyTheRowsWhoseLastWindowIsComplete(
      @ForAll("events") List<Event> random, @ForAll("windows") WindowSpec window) {
    List<Event> events =
        random.stream().map(e -> new Event(0, e.key(), e.value(), e.time())).toList();
    String topic = send(events, PADDING);
    PlanNode scan = Plans.events(Plans.topic(topic, true), Duration.ofSeconds(15), Duration.ZERO);
    List<List<@Nullable Object>> results = new ArrayList<>();

    JobStatus end =
        run(
            Plans.job(topic, Plans.toCaller(Plans.windows(scan, window))),
            1,
            (row, type) -> results.add(row));

    assertThat(results).isEqualTo(model(events, window, true));
    long counted = events.size() - end.lateRows();
    assertThat(end.operators().getFirst().rowsIn()).isEqualTo(events.size());
    assertThat(counted).isBetween(0L, (long) events.size());
  }

  /** Sends the events, each as a batch, into a topic of its own. */
  private static String send(List<Event> events, String padding) {
    String topic = "events-" + ++run;
    node().create(topic, PARTITIONS);
    for (Event event : events) {
      node()
          .send(
              topic,
              event.partition(),
              event.key(),
              "{\"k\":\"%s\",\"v\":%d,\"t\":\"%s\",\"padding\":\"%s\"}"
                  .formatted(
                      event.key(),
                      event.value(),
                      local(event.time()).toString().replace('T', ' ')
                          + (seconds(event) ? ":00" : ""),
                      padding));
    }
    return topic;
  }

  /** LocalDateTime leaves seconds out when they are zero. */
  private static boolean seconds(Event event) {
    return event.time() % 60_000 == 0;
  }

  private static LocalDateTime local(long millis) {
    return LocalDateTime.ofEpochSecond(
        (START + millis) / 1000, (int) ((START + millis) % 1000) * 1_000_000, ZoneOffset.UTC);
  }

  private static JobStatus run(JobPlan plan, int parallelism, RowListener rows) {
    JobSettings settings = JobSettings.defaults().withVisitBytes(1024).withParallelism(parallelism);
    try (StreamJob job =
        StreamJob.start(plan, node().broker(), settings, Clock.system(), node().timer(), rows)) {
      JobStatus end = job.ended().toCompletableFuture().join();
      assertThat(end.failure()).isNull();
      return end;
    }
  }

  /**
   * The rows that the windows give.
   *
   * @param oneByOne whether the watermark advances after each event, and completes windows
   */
  private static List<List<Object>> model(List<Event> events, WindowSpec window, boolean oneByOne) {
    long size = window.size().toMillis();
    long slide = window.slide().toMillis();
    TreeMap<Group, List<Integer>> groups = new TreeMap<>();
    long watermark = Long.MIN_VALUE;
    for (Event event : events) {
      long first =
          Math.floorDiv(event.time() - offset(window), slide) * slide + offset(window) + slide;
      for (long end = first; end < first + size; end += slide) {
        if (!oneByOne || watermark < end - 1) {
          groups
              .computeIfAbsent(new Group(end, event.key()), unused -> new ArrayList<>())
              .add(event.value());
        }
      }
      watermark = Math.max(watermark, event.time() - 15_000L);
    }
    List<List<Object>> rows = new ArrayList<>();
    groups.forEach(
        (group, values) -> {
          Collections.sort(values);
          double position = 0.95 * (values.size() - 1);
          int below = (int) position;
          int above = Math.min(below + 1, values.size() - 1);
          double p95 =
              values.get(below) + (position - below) * (values.get(above) - values.get(below));
          rows.add(
              List.of(
                  group.key(),
                  (long) values.size(),
                  values.stream().mapToInt(i -> i).sum(),
                  values.getFirst(),
                  values.getLast(),
                  p95,
                  (long) new TreeSet<>(values).size(),
                  local(group.end())));
        });
    return rows;
  }

  /** Alignment is to 1970; the model's zero, 2001-01-01, is aligned to ten seconds as well. */
  private static long offset(WindowSpec window) {
    return window.offset().toMillis();
  }
}
