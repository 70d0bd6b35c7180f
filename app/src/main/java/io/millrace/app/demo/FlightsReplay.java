package io.millrace.app.demo;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends all flights in report order by an idempotent producer with acks=all, keyed by origin. The
 * quarter passes at one pace: nights are as quiet as they were.
 *
 * <p>{@link #run} is called once, by any one thread; the figures may be read by any.
 */
final class FlightsReplay {

  /** The topic, and its partitions. */
  static final String TOPIC = "flights";

  static final int PARTITIONS = 6;

  private final List<Flight> flights;
  private final Duration length;
  private final LongAdder acknowledged = new LongAdder();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private volatile @Nullable LocalDateTime reached;

  /**
   * A replay to be run.
   *
   * @param flights in report order, at least one
   * @param length how long it takes; zero for as fast as they are acknowledged
   */
  FlightsReplay(List<Flight> flights, Duration length) {
    this.flights = flights;
    this.length = length;
  }

  /** Flights that are in the log. */
  long acknowledged() {
    return acknowledged.sum();
  }

  /** When the last flight sent was reported; null before the first. */
  @Nullable LocalDateTime reached() {
    return reached;
  }

  /**
   * Sends all flights.
   *
   * @return from the first send to the last acknowledgement
   * @throws ReplayException when a flight was refused
   */
  Duration run(String bootstrap) throws InterruptedException {
    Map<String, Object> settings =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrap,
            ProducerConfig.CLIENT_ID_CONFIG,
            "flights",
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            ProducerConfig.LINGER_MS_CONFIG,
            2,
            ProducerConfig.ENABLE_METRICS_PUSH_CONFIG,
            false);
    try (Producer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.partitionsFor(TOPIC);
      long began = System.nanoTime();
      LocalDateTime first = flights.getFirst().reported();
      long span = Math.max(1, Duration.between(first, flights.getLast().reported()).toMinutes());
      for (Flight flight : flights) {
        long minutes = Duration.between(first, flight.reported()).toMinutes();
        waitUntil(began + (long) ((double) length.toNanos() * minutes / span));
        send(producer, flight);
      }
      producer.flush();
      throwFailure();
      return Duration.ofNanos(System.nanoTime() - began);
    }
  }

  private void send(Producer<String, String> producer, Flight flight) {
    throwFailure();
    var unused =
        producer.send(
            new ProducerRecord<>(TOPIC, flight.origin(), flight.json()),
            (metadata, exception) -> {
              if (exception == null) {
                acknowledged.increment();
              } else {
                failure.compareAndSet(null, exception);
              }
            });
    reached = flight.reported();
  }

  private static void waitUntil(long nanoTime) throws InterruptedException {
    long left = nanoTime - System.nanoTime();
    if (left > 0) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }

  private void throwFailure() {
    Exception refused = failure.get();
    if (refused != null) {
      throw new ReplayException("a flight was not accepted: " + refused.getMessage(), refused);
    }
  }

  /** A flight was not acknowledged. */
  static final class ReplayException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ReplayException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
