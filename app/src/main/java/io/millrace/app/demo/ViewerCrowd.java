package io.millrace.app.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Viewers who read the board through the edge while it changes. Each looks at one airport, the
 * busier ones more often. Two of three ask for its document every second, with the entity tag of
 * the one they have; the third follows it live. Every viewer has a thread and keeps its connection.
 */
final class ViewerCrowd implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long HIGHEST_MICROS = TimeUnit.SECONDS.toMicros(60);

  private final URI edge;
  private final int viewers;
  private final List<Flight> flights;
  private final Random random;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(TIMEOUT)
          .executor(threads)
          .build();
  private final LongAdder requests = new LongAdder();
  private final LongAdder notModified = new LongAdder();
  private final LongAdder events = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final Histogram latencyMicros = new ConcurrentHistogram(HIGHEST_MICROS, 3);
  private volatile boolean leaving;

  /**
   * A crowd that has not come yet.
   *
   * @param edge the edge's address, such as {@code http://127.0.0.1:8080}
   * @param viewers how many, from 0
   * @param flights a viewer looks at the origin of one of them
   * @param random which one, and when each viewer comes
   */
  ViewerCrowd(URI edge, int viewers, List<Flight> flights, Random random) {
    this.edge = edge;
    this.viewers = viewers;
    this.flights = flights;
    this.random = random;
  }

  /**
   * What the viewers saw.
   *
   * @param requests for documents that were answered
   * @param notModified of these, those answered by 304
   * @param events of the live streams that arrived
   * @param failures requests without an answer, answers that no viewer should get, broken streams
   * @param latencyP50Millis of the requests, from asking to the whole answer
   */
  record Figures(
      int viewers,
      long requests,
      long notModified,
      long events,
      long failures,
      double latencyP50Millis,
      double latencyP99Millis) {}

  /** Lets the viewers come within a second. */
  void start() {
    for (int i = 0; i < viewers; i++) {
      String airport = flights.get(random.nextInt(flights.size())).origin();
      long arrivalMillis = random.nextInt((int) PAUSE.toMillis());
      boolean live = i % 3 == 2;
      threads.execute(() -> view(airport, arrivalMillis, live));
    }
  }

  Figures figures() {
    return new Figures(
        viewers,
        requests.sum(),
        notModified.sum(),
        events.sum(),
        failures.sum(),
        latencyMicros.getValueAtPercentile(50) / 1000.0,
        latencyMicros.getValueAtPercentile(99) / 1000.0);
  }

  private void view(String airport, long arrivalMillis, boolean live) {
    try {
      TimeUnit.MILLISECONDS.sleep(arrivalMillis);
      if (live) {
        follow(edge.resolve("/board/" + airport + "/live"));
      } else {
        poll(edge.resolve("/board/" + airport + ".json"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void poll(URI document) throws InterruptedException {
    String entityTag = null;
    while (!leaving) {
      long began = System.nanoTime();
      try {
        HttpResponse<byte[]> response =
            client.send(request(document, entityTag), BodyHandlers.ofByteArray());
        count(response, System.nanoTime() - began);
        entityTag = response.headers().firstValue("etag").orElse(entityTag);
      } catch (IOException e) {
        countFailure();
      }
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos() - (System.nanoTime() - began));
    }
  }

  private static HttpRequest request(URI document, @Nullable String entityTag) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(document).timeout(TIMEOUT);
    if (entityTag != null) {
      builder.header("If-None-Match", entityTag);
    }
    return builder.build();
  }

  private void count(HttpResponse<byte[]> response, long nanos) {
    requests.increment();
    latencyMicros.recordValue(Math.min(HIGHEST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos)));
    switch (response.statusCode()) {
      case 304 -> notModified.increment();
      // 404: no window of this airport is complete yet.
      case 200, 404 -> {}
      default -> failures.increment();
    }
  }

  /** Reads events until the viewer leaves; comes back after a stream that ended. */
  private void follow(URI live) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(live).header("Accept", "text/event-stream").build();
    while (!leaving) {
      try {
        var response = client.send(request, BodyHandlers.ofInputStream());
        try (var lines =
            new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("data:")) {
              events.increment();
            }
          }
        }
        countFailure();
      } catch (IOException e) {
        countFailure();
      }
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    }
  }

  private void countFailure() {
    if (!leaving) {
      failures.increment();
    }
  }

  /** Lets all viewers go and closes their connections. */
  @Override
  public void close() {
    leaving = true;
    client.shutdownNow();
    threads.shutdownNow();
  }
}
