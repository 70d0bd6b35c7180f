package io.millrace.bench.amqp;

import io.millrace.bench.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One publisher and some consumers under full load, until closed. The publisher keeps a limit of
 * messages that are on their way, so that queues stay short and what is seen is a steady state.
 */
final class Traffic implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 18;
  private static final int MOST_AT_ONCE_BYTES = 1 << 16;
  private static final long PAUSE_NANOS = 20_000;

  private final Shape shape;
  private final Server server;
  private final List<LeanConnection> connections = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong confirmed = new AtomicLong();
  private volatile boolean closed;
  private volatile @Nullable Exception failure;

  private Traffic(Server server, Shape shape) {
    this.server = server;
    this.shape = shape;
  }

  /** Makes the shape's queues, and begins. */
  static Traffic start(Server server, Shape shape) throws IOException {
    Traffic traffic = new Traffic(server, shape);
    try {
      traffic.begin();
      return traffic;
    } catch (IOException | RuntimeException e) {
      traffic.close();
      throw e;
    }
  }

  private void begin() throws IOException {
    LeanConnection publisher = open();
    shape.declare(publisher);
    List<String> queues = shape.queues();
    for (int i = 0; i < shape.consumerConnections(); i++) {
      LeanConnection consumer = open();
      for (int queue = i; queue < queues.size(); queue += shape.consumerConnections()) {
        consumer.consume(queues.get(queue), shape.autoAcknowledge(), shape.prefetch());
      }
      run("consumer-" + i, () -> consume(consumer));
    }
    if (shape.confirmWindow() > 0) {
      publisher.selectConfirms();
    }
    run("publisher", () -> publish(publisher));
  }

  private LeanConnection open() throws IOException {
    LeanConnection connection = LeanConnection.open(server.amqpPort(), BUFFER_BYTES);
    connections.add(connection);
    return connection;
  }

  private interface Work {
    void run() throws IOException;
  }

  private void run(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException | RuntimeException e) {
                if (!closed) {
                  failure = e;
                }
              }
            },
            name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void publish(LeanConnection to) throws IOException {
    PublishFrames frames = shape.frames();
    int fan = shape.copies();
    int atOnce = Math.max(1, MOST_AT_ONCE_BYTES / (shape.bodyBytes() + 64));
    Confirmations confirms = new Confirmations();
    long published = 0;
    int at = 0;
    while (!closed) {
      long room = shape.mostOnTheWay() - (published - delivered.get() / fan);
      if (shape.confirmWindow() > 0) {
        room = Math.min(room, shape.confirmWindow() - (published - confirms.count()));
      }
      if (room > 0) {
        int count = (int) Math.min(room, Math.min(atOnce, frames.count() - at));
        to.send(frames.slice(at, count));
        published += count;
        at += count;
        if (at == frames.count()) {
          at = 0;
        }
      } else if (shape.confirmWindow() > 0 && published > confirms.count()) {
        to.fill();
        while (to.next()) {
          confirms.take(to);
        }
        confirmed.lazySet(confirms.count());
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void consume(LeanConnection from) throws IOException {
    int every = shape.acknowledgeEvery();
    long tag = 0;
    long acknowledged = 0;
    while (!closed) {
      from.fill();
      long before = tag;
      while (from.next()) {
        if (from.type() == LeanConnection.METHOD && from.method() == LeanConnection.BASIC_DELIVER) {
          tag++;
        }
      }
      delivered.addAndGet(tag - before);
      if (!shape.autoAcknowledge() && tag - acknowledged >= every) {
        from.acknowledge(tag);
        acknowledged = tag;
      }
    }
  }

  /** How many deliveries there were so far. */
  long delivered() {
    requireHealth();
    return delivered.get();
  }

  /** How many messages were confirmed so far. */
  long confirmed() {
    requireHealth();
    return confirmed.get();
  }

  private void requireHealth() {
    server.requireAlive();
    Exception broken = failure;
    if (broken != null) {
      throw new IllegalStateException("the load stopped: " + broken.getMessage(), broken);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (LeanConnection connection : connections) {
      connection.close();
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
