package io.millrace.console.api;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.queue.Messaging;
import io.millrace.broker.queue.MessagingSettings;
import io.millrace.broker.queue.Replay;
import io.millrace.broker.queue.StreamOffset;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.http.Answer;
import io.millrace.console.http.BodySink;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.ProblemException;
import io.millrace.console.http.Request;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Publishing again what a queue's topic still has: one request is one replay, whose answer tells
 * how far it is, a line every {@link #TELL}, for as long as its client stays. A client that goes
 * stops the replay.
 */
public final class ReplaysApi {

  private static final Duration TELL = Duration.ofMillis(200);

  private final Broker broker;

  /** Over a broker's queues. */
  public ReplaysApi(Broker broker) {
    this.broker = broker;
  }

  /** {@code POST /api/replays}. */
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.of("POST", "/api/replays", this::start));
  }

  /**
   * What is to be replayed.
   *
   * @param vhost without it {@code /}
   * @param from beginning, end, an offset, or a time such as 2026-01-31T12:00:00Z
   * @param to the same; without it what is the end now
   * @param intoQueue where messages go; without this and the next the queue itself
   * @param intoExchange where messages go, with their routing keys
   */
  record Order(
      @Nullable String vhost,
      @Nullable String queue,
      @Nullable String from,
      @Nullable String to,
      @Nullable String intoQueue,
      @Nullable String intoExchange) {}

  /**
   * A line of the answer; the last one has {@code done}.
   *
   * @param error why it ended early, or null
   */
  record Line(
      long from,
      long to,
      long at,
      long published,
      long refused,
      boolean done,
      @Nullable String error) {}

  private Answer start(Request request) {
    Order order = Json.read(request, Order.class);
    Replay replay = replay(order);
    return Answer.stream("application/x-ndjson", out -> run(replay, out));
  }

  private Replay replay(Order order) {
    String queue = order.queue();
    String intoQueue = order.intoQueue();
    String intoExchange = order.intoExchange();
    if (queue == null || queue.isEmpty()) {
      throw new ProblemException(400, "The member \"queue\" is missing.");
    }
    if (intoQueue != null && intoExchange != null) {
      throw new ProblemException(
          400, "Only one of the members \"intoQueue\" and \"intoExchange\" is allowed.");
    }
    Replay.Target target =
        intoExchange == null
            ? new Replay.Target(intoQueue == null ? queue : intoQueue, false)
            : new Replay.Target(intoExchange, true);
    try {
      return host(order.vhost())
          .replay(queue, place("from", order.from()), place("to", order.to()), target);
    } catch (TopologyException e) {
      throw new ProblemException(
          e.reason() == TopologyException.Reason.NOT_FOUND ? 404 : 409,
          "The replay is refused: " + e.getMessage() + ".");
    }
  }

  private VirtualHost host(@Nullable String name) {
    Messaging messaging = broker.messaging();
    if (messaging == null) {
      throw new ProblemException(404, "This node serves no queues.");
    }
    String asked = name == null ? MessagingSettings.DEFAULT_VIRTUAL_HOST : name;
    VirtualHost host = messaging.find(asked);
    if (host == null) {
      throw new ProblemException(404, "There is no virtual host " + asked + ".");
    }
    return host;
  }

  private static StreamOffset place(String member, @Nullable String text) {
    if (text == null || text.equals("end")) {
      if (member.equals("from") && text == null) {
        throw new ProblemException(400, "The member \"from\" is missing.");
      }
      return new StreamOffset.Next();
    }
    if (text.equals("beginning")) {
      return new StreamOffset.First();
    }
    try {
      return !text.isEmpty() && text.chars().allMatch(Character::isDigit)
          ? new StreamOffset.At(Long.parseLong(text))
          : new StreamOffset.Since(Instant.parse(text).toEpochMilli());
    } catch (NumberFormatException | DateTimeParseException e) {
      throw new ProblemException(
          400,
          "The member \""
              + member
              + "\" is \""
              + text
              + "\"; allowed: beginning, end, an offset, or a time such as 2026-01-31T12:00:00Z.");
    }
  }

  private static byte[] line(Line line) {
    byte[] json = Json.bytes(line);
    byte[] ended = Arrays.copyOf(json, json.length + 1);
    ended[json.length] = '\n';
    return ended;
  }

  private static void run(Replay replay, BodySink out) throws IOException, InterruptedException {
    out.whenGone(replay::stop);
    AtomicReference<@Nullable String> failure = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(1);
    Thread runner =
        Thread.ofVirtual()
            .name("replay")
            .start(
                () -> {
                  try {
                    replay.run();
                  } catch (BrokerException e) {
                    failure.set(e.getMessage());
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    failure.set("interrupted");
                  } finally {
                    ended.countDown();
                  }
                });
    try {
      boolean done = false;
      while (!done) {
        done = ended.await(TELL.toMillis(), TimeUnit.MILLISECONDS);
        Replay.Progress progress = replay.progress();
        out.write(
            line(
                new Line(
                    progress.from(),
                    progress.before(),
                    progress.at(),
                    progress.published(),
                    progress.refused(),
                    done,
                    failure.get())));
      }
    } finally {
      replay.stop();
      runner.join();
    }
  }
}
