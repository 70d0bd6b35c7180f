package io.millrace.app.demo;

import io.millrace.app.demo.DemoSummary.Percentiles;
import io.millrace.app.node.Listener;
import io.millrace.app.node.Node;
import io.millrace.cdn.cache.CacheFigures;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * One run of the demo: {@link #start} brings up the node and its job, {@link #run} replays the
 * flights in front of the viewers and checks what came of it, {@link #close} ends all. Used by one
 * thread.
 */
final class Demo implements AutoCloseable {

  private static final Duration SETTLE = Duration.ofSeconds(60);
  private static final Duration STEADY = Duration.ofSeconds(1);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("MMM dd", Locale.ENGLISH);
  private static final long SEED = 20_010_101;
  private static final long LOOK_MILLIS = 50;

  private final DemoSettings settings;
  private final List<Flight> flights;
  private final Node node;
  private final BoardJob job;

  private Demo(DemoSettings settings, List<Flight> flights, Node node, BoardJob job) {
    this.settings = settings;
    this.flights = flights;
    this.node = node;
    this.job = job;
  }

  /**
   * Starts the node, makes the topics and starts the job.
   *
   * @param onOpen told of each port of the node
   * @throws IOException when the example cannot be read
   * @throws DemoException when the data folder has a board already, or the job cannot start
   */
  static Demo start(DemoSettings settings, String version, Consumer<Listener> onOpen)
      throws IOException, InterruptedException {
    Path example = settings.example();
    List<Flight> flights = FlightsFile.readInReportOrder(example.resolve("flights.csv.gz"));
    String script = BoardSql.read(example.resolve("board.sql"), settings.lag());
    Node node = Node.start(settings.node(), version, onOpen);
    try {
      BoardTopics.create(node.bootstrap());
      return new Demo(settings, flights, node, BoardJob.start(script, node.jobs()));
    } catch (RuntimeException | InterruptedException e) {
      node.close();
      throw e;
    }
  }

  /** What {@code bootstrap.servers} of a client is. */
  String bootstrap() {
    return node.bootstrap();
  }

  /** The edge's address, with a slash at its end. */
  URI board() {
    return node.listeners().stream()
        .filter(listener -> listener.name().equals("edge"))
        .map(listener -> URI.create(listener.url()))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Replays, waits for the last result, and compares.
   *
   * @throws DemoException when the job or a client of it failed, or results stay away
   */
  DemoSummary run(DemoProgress progress) throws InterruptedException {
    BatchComputation batch = BatchComputation.of(flights, settings.lag(), FlightsReplay.PARTITIONS);
    FlightsReplay replay = new FlightsReplay(flights, settings.replay());
    try (ResultTopics results = new ResultTopics(bootstrap());
        ViewerCrowd crowd =
            new ViewerCrowd(board(), settings.viewers(), flights, new Random(SEED))) {
      crowd.start();
      Duration taken = replay(replay, results, progress);
      awaitResults(results);
      ViewerCrowd.Figures viewers = crowd.figures();
      DemoSummary.Edge edge = edge();
      ResultLatency latency = ResultLatency.of(results.rows(), settings.lag(), bootstrap());
      BatchCheck check = BatchCheck.compare(batch.complete(), results.results());
      progress.end();
      return new DemoSummary(
          replay.acknowledged(),
          replay.acknowledged() / seconds(taken),
          seconds(taken),
          settings.lag().toMinutes(),
          results.windowCount(),
          batch.open(),
          results.lateCount(),
          percentiles(latency.toTopic()),
          percentiles(latency.toConsumer()),
          viewers,
          edge,
          ProcessMemory.read().residentBytes().stream()
              .map(bytes -> bytes >> 20)
              .findFirst()
              .orElse(-1),
          check.differences());
    }
  }

  private Duration replay(FlightsReplay replay, ResultTopics results, DemoProgress progress)
      throws InterruptedException {
    FutureTask<Duration> replaying = new FutureTask<>(() -> replay.run(bootstrap()));
    Thread thread = Thread.ofPlatform().daemon().name("demo-replay").start(replaying);
    try {
      while (!replaying.isDone()) {
        job.throwFailure();
        progress.show(
            (double) replay.acknowledged() / flights.size(), progressText(replay, results));
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
      return replaying.get();
    } catch (ExecutionException e) {
      throw DemoException.because("the replay failed", e);
    } finally {
      thread.interrupt();
    }
  }

  private String progressText(FlightsReplay replay, ResultTopics results) {
    LocalDateTime reached = replay.reached();
    return String.format(
        Locale.ROOT,
        "%s  %,d flights  %,d windows  %,d late  %.0f %% hits",
        reached == null ? "      " : DAY.format(reached),
        replay.acknowledged(),
        results.windowCount(),
        results.lateCount(),
        edge().hitRatio() * 100);
  }

  /**
   * Waits until the job has read all flights and all its rows are here. Its status is a little
   * behind it, so it has to say so for a while.
   */
  private void awaitResults(ResultTopics results) throws InterruptedException {
    long deadline = System.nanoTime() + SETTLE.toNanos();
    long steady = System.nanoTime() + STEADY.toNanos();
    int rows = -1;
    while (System.nanoTime() < steady) {
      job.throwFailure();
      int now = results.windowCount() + results.lateCount();
      if (now != rows || !job.isDone(flights.size(), now)) {
        rows = now;
        steady = System.nanoTime() + STEADY.toNanos();
      }
      if (System.nanoTime() > deadline) {
        throw new DemoException(
            "the job has not come to the last flight within " + SETTLE.toSeconds() + " s");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    results.awaitEnd(SETTLE);
  }

  private DemoSummary.Edge edge() {
    CacheFigures figures = node.edge().cacheFigures();
    long atOnce = figures.hits.sum() + figures.stale.sum();
    long answers = atOnce + figures.misses.sum();
    return new DemoSummary.Edge(
        answers,
        answers == 0 ? 0 : (double) atOnce / answers,
        figures.originFetches.sum(),
        figures.objects.sum(),
        node.edge().figures().eventsDelivered.sum());
  }

  private static Percentiles percentiles(Histogram millis) {
    return new Percentiles(millis.getValueAtPercentile(50), millis.getValueAtPercentile(99));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /** Ends the job and the node. */
  @Override
  public void close() {
    node.close();
  }
}
