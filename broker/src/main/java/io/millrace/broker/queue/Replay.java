package io.millrace.broker.queue;

import io.millrace.broker.BrokerException;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.RouteSet;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.Partition;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Publishes again what the topic of a queue still has of its history, acknowledged or not. Made by
 * {@link VirtualHost#replay}; runs on the thread that calls {@link #run}. Any thread may look at
 * its progress or stop it.
 *
 * <p>At most {@value #MOST_ON_THEIR_WAY} messages are on their way at once, and none while memory
 * or disk run out.
 */
public final class Replay {

  private static final int MOST_ON_THEIR_WAY = 1000;
  private static final Duration WHEN_FULL = Duration.ofMillis(50);

  private final Messaging messaging;
  private final VirtualHost host;
  private final Partition partition;
  private final CommittedReader reader;
  private final long from;
  private final long before;
  private final @Nullable Inbox queue;
  private final @Nullable Exchange exchange;
  private final Semaphore room = new Semaphore(MOST_ON_THEIR_WAY);
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile long at;
  private volatile boolean stopped;

  /**
   * Where messages go.
   *
   * @param name of a queue or an exchange
   * @param toExchange whether it is an exchange
   */
  public record Target(String name, boolean toExchange) {}

  /**
   * How far it is.
   *
   * @param from the first offset
   * @param before the offset at which it ends
   * @param at the offset that comes next
   * @param published messages that all their queues have taken
   * @param refused messages that no queue got, or that one refused
   */
  public record Progress(long from, long before, long at, long published, long refused) {}

  /**
   * A replay of a queue's history.
   *
   * @param queue where the messages go; null for an exchange
   * @param exchange where they go; null for the default one, or a queue
   */
  static Replay of(
      Messaging messaging,
      VirtualHost host,
      MessageQueue source,
      MessageRecordCodec codec,
      StreamOffset from,
      StreamOffset before,
      @Nullable Inbox queue,
      @Nullable Exchange exchange) {
    LogPartition partition = source.partition();
    if (partition == null) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          source.declaration().where() + " is not durable and has no history");
    }
    return new Replay(
        messaging,
        host,
        partition,
        new CommittedReader(partition, codec, StreamFilter.ALL, from.in(partition)),
        before.in(partition),
        queue,
        exchange);
  }

  private Replay(
      Messaging messaging,
      VirtualHost host,
      Partition partition,
      CommittedReader reader,
      long before,
      @Nullable Inbox queue,
      @Nullable Exchange exchange) {
    this.messaging = messaging;
    this.host = host;
    this.partition = partition;
    this.reader = reader;
    this.from = reader.next();
    this.at = from;
    this.before = Math.max(from, before);
    this.queue = queue;
    this.exchange = exchange;
  }

  /** How far it is. */
  public Progress progress() {
    return new Progress(from, before, at, published.get(), refused.get());
  }

  /** Ends it before the next message. */
  public void stop() {
    stopped = true;
  }

  /**
   * Publishes all, and returns once every message is taken or refused.
   *
   * @throws BrokerException when the topic has ended
   */
  public void run() throws InterruptedException {
    while (!stopped && at < before) {
      CommittedReader.Read next = reader.poll();
      if (next == null) {
        if (!reader.hasMore()) {
          at = before;
        } else {
          waitForRoom();
          reader.read();
          at = Math.max(at, partition.startOffset());
        }
      } else if (next.offset() >= before) {
        at = before;
      } else {
        room.acquire();
        publish(next.message());
        at = next.offset() + 1;
      }
    }
    room.acquire(MOST_ON_THEIR_WAY);
    room.release(MOST_ON_THEIR_WAY);
  }

  private void waitForRoom() throws InterruptedException {
    while (!stopped && messaging.alarms().isRaised()) {
      Thread.sleep(WHEN_FULL);
    }
  }

  private void publish(Message message) {
    RouteSet routes = new RouteSet();
    String named = message.exchange();
    if (queue != null) {
      routes.add(queue);
    } else if (exchange != null) {
      named = exchange.name();
    }
    Message again = new Message(named, message.routingKey(), message.properties(), message.body());
    if (queue == null) {
      host.route(exchange, again, routes);
    }
    Onward.publish(
        again,
        routes,
        taken -> {
          (taken ? published : refused).incrementAndGet();
          room.release();
        });
  }
}
