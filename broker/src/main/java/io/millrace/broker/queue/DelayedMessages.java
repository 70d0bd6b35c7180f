package io.millrace.broker.queue;

import io.millrace.broker.exchange.Intake;
import io.millrace.broker.exchange.Routable;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.Topic;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The messages of exchanges of the type {@code x-delayed-message} that wait for their time. They
 * lie in a topic of the node's own, transient ones too, so that all are there after a crash; memory
 * holds for each one when it is due and where it lies. Any thread may call the public methods; the
 * rest is the topic's mailbox.
 *
 * <p>The topic is cut before the oldest message that waits.
 */
final class DelayedMessages {

  /** The topic's name. */
  static final String TOPIC = "__amqp_delayed";

  private static final String DELAY = "x-delay";

  // What a message is stored with, and not delivered with.
  private static final String DUE = "millrace-due";
  private static final String HOST = "millrace-vhost";

  private static final long MOST_DELAY_MILLIS = 0xffff_ffffL;
  private static final int MOST_WAITING = 10_000_000;
  private static final int MOST_ON_THEIR_WAY = 1000;
  private static final int READ_AT_ONCE = 1000;
  private static final Duration FLUSH_AFTER = Duration.ofMillis(5);

  private final QueueLog log;
  private final Mailbox mailbox;
  private final Clock clock;
  private final Timer timer;
  private final Way way;
  private final PriorityQueue<Due> waiting = new PriorityQueue<>();
  private int onTheirWay;
  private long wakeAt = Long.MAX_VALUE;
  private boolean flushScheduled;
  private boolean closed;

  /** When a message is due, and where it lies. */
  private record Due(long atMillis, long offset) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime == 0 ? Long.compare(offset, other.offset) : byTime;
    }
  }

  /** Where messages go whose time has come. */
  interface Way {

    /** Sends a message on; {@code taken} is called once, on any thread, when its queues have it. */
    void send(String virtualHost, Message message, Runnable taken);
  }

  DelayedMessages(Topic topic, QueueTopics storage, Way way, Clock clock, Timer timer) {
    LogPartition partition = (LogPartition) topic.partitions().getFirst();
    this.log = storage.open(topic.id(), partition, Duration.ZERO);
    this.mailbox = log.mailbox();
    this.way = way;
    this.clock = clock;
    this.timer = timer;
  }

  /** Takes up what waits since before the node started. */
  void start() {
    mailbox.execute(() -> restore(log.floor()));
  }

  private void restore(long from) {
    long end = log.decidedEnd();
    long next = from;
    while (next < end) {
      next =
          log.read(
              next,
              READ_AT_ONCE,
              new QueueLog.Reading() {
                @Override
                public void record(QueueLog.Read read) {
                  if (!log.isAcked(read.offset())) {
                    found(read);
                  }
                }

                @Override
                public void nothing(long first, long before) {
                  for (long offset = first; offset < before; offset++) {
                    log.acknowledge(offset, null);
                  }
                }
              });
    }
    log.lookedAtTo(next);
    schedule();
  }

  private void found(QueueLog.Read read) {
    Message message = read.message();
    Object due = message == null ? null : message.headers().get(DUE);
    if (due instanceof Number number) {
      waiting.add(new Due(number.longValue(), read.offset()));
    } else {
      log.acknowledge(read.offset(), null);
    }
  }

  /** What stands before the bindings of a delayed exchange. */
  Intake intake(String virtualHost, String exchange) {
    return new DelayIntake(virtualHost, exchange);
  }

  /** Takes messages that say for how long they are to wait. */
  private final class DelayIntake implements Inbox, Intake {

    private final String virtualHost;
    private final String exchange;

    DelayIntake(String virtualHost, String exchange) {
      this.virtualHost = virtualHost;
      this.exchange = exchange;
    }

    @Override
    public String name() {
      return exchange;
    }

    @Override
    public boolean isDurable() {
      return true;
    }

    @Override
    public boolean sharesBodies() {
      return false;
    }

    @Override
    public boolean takes(Routable message) {
      return delayMillis(message.headers()) > 0;
    }

    @Override
    public void publish(List<Publication> batch) {
      mailbox.execute(() -> add(virtualHost, exchange, batch));
    }

    @Override
    public void whenTaken(Runnable task) {
      mailbox.execute(task);
    }
  }

  /** How long a message asks to wait; 0 when it does not. */
  private static long delayMillis(Map<String, Object> headers) {
    long delay =
        switch (headers.get(DELAY)) {
          case null -> 0;
          case Number number -> number.longValue();
          case String text -> {
            try {
              yield Long.parseLong(text);
            } catch (NumberFormatException e) {
              yield 0;
            }
          }
          default -> 0;
        };
    return Math.clamp(delay, 0, MOST_DELAY_MILLIS);
  }

  // ---- the mailbox ----

  private void add(String virtualHost, String exchange, List<Publication> batch) {
    if (closed || waiting.size() + batch.size() > MOST_WAITING) {
      batch.forEach(each -> each.settle(false));
      return;
    }
    long now = clock.millis();
    List<Message> stored = new ArrayList<>(batch.size());
    long[] due = new long[batch.size()];
    for (int i = 0; i < due.length; i++) {
      Message message = batch.get(i).message();
      due[i] = now + delayMillis(message.headers());
      Map<String, Object> headers = new LinkedHashMap<>(message.headers());
      headers.put(DUE, due[i]);
      headers.put(HOST, virtualHost);
      stored.add(
          new Message(
              exchange,
              message.routingKey(),
              message.properties().with(headers, false),
              message.body()));
    }
    log.append(
        stored,
        (index, offset) -> waiting.add(new Due(due[index], offset)),
        (first, after, failure) -> {
          for (int i = first; i < after; i++) {
            batch.get(i).settle(failure == null);
          }
        });
    schedule();
  }

  private void release() {
    long now = clock.millis();
    while (!closed && onTheirWay < MOST_ON_THEIR_WAY) {
      Due first = waiting.peek();
      if (first == null || first.atMillis > now) {
        break;
      }
      Due unused = waiting.poll();
      send(first.offset);
    }
    schedule();
  }

  private void send(long offset) {
    Message message = log.read(offset);
    Object host = message == null ? null : message.headers().get(HOST);
    if (message == null || host == null) {
      log.acknowledge(offset, null);
      return;
    }
    onTheirWay++;
    way.send(
        host.toString(),
        released(message),
        () ->
            mailbox.execute(
                () -> {
                  onTheirWay--;
                  log.acknowledge(offset, null);
                  scheduleFlush();
                  release();
                }));
  }

  /** As it is delivered: the delay is negative, which says that it has passed. */
  private static Message released(Message message) {
    Map<String, Object> headers = new LinkedHashMap<>(message.headers());
    long delay = delayMillis(headers);
    headers.remove(DUE);
    headers.remove(HOST);
    headers.put(DELAY, delay <= Integer.MAX_VALUE ? (Object) (int) -delay : (Object) (-delay));
    return message.with(headers);
  }

  private void schedule() {
    @Nullable Due first = waiting.peek();
    if (first == null || onTheirWay >= MOST_ON_THEIR_WAY || first.atMillis >= wakeAt) {
      return;
    }
    long at = first.atMillis;
    wakeAt = at;
    timer.after(
        Duration.ofMillis(Math.max(1, at - clock.millis())),
        () ->
            mailbox.execute(
                () -> {
                  if (wakeAt == at) {
                    wakeAt = Long.MAX_VALUE;
                  }
                  release();
                }));
  }

  private void scheduleFlush() {
    if (!flushScheduled && log.isDirty()) {
      flushScheduled = true;
      timer.after(
          FLUSH_AFTER,
          () ->
              mailbox.execute(
                  () -> {
                    flushScheduled = false;
                    if (!closed) {
                      log.flush();
                    }
                  }));
    }
  }

  /** Writes down the end of a clean run. */
  void close() {
    mailbox.execute(
        () -> {
          if (!closed) {
            closed = true;
            log.close();
          }
        });
  }
}
