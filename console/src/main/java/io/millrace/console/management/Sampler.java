package io.millrace.console.management;

import io.millrace.amqp.channel.ChannelStatus;
import io.millrace.amqp.connection.ConnectionStatus;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.management.Subject.Kind;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all counters at regular ticks, so that rates can be told. It begins with the first
 * request and ends {@value #LINGER} ticks after the last one, when it forgets what it has. Any
 * thread.
 */
final class Sampler implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
  private static final int LINGER = Series.TICKS;

  private final ManagementSources sources;
  private final Timer timer;
  private final Duration period;
  private final Map<Subject, Series> series = new ConcurrentHashMap<>();
  private final long[] times = new long[Series.TICKS];
  private volatile long lastTick = -1;
  private volatile boolean asked;

  private final ReentrantLock lock = new ReentrantLock();
  private int unasked;
  private volatile boolean sampling;
  private boolean closed;
  private Timer.@Nullable Timeout next;

  Sampler(ManagementSources sources, Timer timer, Duration period) {
    this.sources = sources;
    this.timer = timer;
    this.period = period;
  }

  /** Somebody asks: sampling begins, or goes on. */
  void asked() {
    asked = true;
    if (sampling) {
      return;
    }
    lock.lock();
    try {
      if (sampling || closed) {
        return;
      }
      sampling = true;
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().name("amqp-management-samples").start(this::tick);
  }

  /** Forgets all samples. */
  void forget() {
    series.clear();
  }

  /** The samples of something, or null when there are none yet. */
  @Nullable Series of(Subject subject) {
    return series.get(subject);
  }

  /** When a tick was, in milliseconds since the Unix epoch. */
  long timeOf(long tick) {
    return times[(int) (tick % Series.TICKS)];
  }

  private void tick() {
    try {
      sample();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("A sample of the AMQP counters is missing", e);
    }
    lock.lock();
    try {
      unasked = asked ? 0 : unasked + 1;
      asked = false;
      sampling = !closed && unasked < LINGER;
      if (sampling) {
        // The timer's thread is everybody's: it only starts the work.
        next =
            timer.after(
                period, () -> Thread.ofVirtual().name("amqp-management-samples").start(this::tick));
      } else {
        series.clear();
      }
    } finally {
      lock.unlock();
    }
  }

  private void sample() throws InterruptedException {
    long tick = lastTick + 1;
    times[(int) (tick % Series.TICKS)] = sources.clock().millis();
    Set<Subject> seen = new HashSet<>();
    List<ConnectionStatus> connections = LiveConnections.all(sources.amqp().connections());
    Totals all = Totals.none();
    for (VirtualHost host : sources.messaging().hosts()) {
      Totals totals = Totals.of(host, connections);
      all = all.plus(totals);
      add(seen, tick, Subject.host(host.name()), totals.values());
      sample(host, seen, tick);
    }
    add(seen, tick, Subject.all(), Metrics.join(all.values(), NodeFigures.churn(sources)));
    add(seen, tick, Subject.node(), NodeFigures.of(sources).values());
    for (ConnectionStatus connection : connections) {
      add(
          seen,
          tick,
          Subject.connection(connection.name()),
          new long[] {connection.bytesIn(), connection.bytesOut()});
      for (ChannelStatus channel : connection.channels()) {
        add(
            seen,
            tick,
            Subject.channel(connection.name(), channel.number()),
            Metrics.of(channel.counts()));
      }
    }
    lastTick = tick;
    series.keySet().retainAll(seen);
  }

  private void sample(VirtualHost host, Set<Subject> seen, long tick) {
    for (MessageQueue queue : host.queues()) {
      add(seen, tick, Subject.queue(host.name(), queue.name()), Metrics.of(queue));
    }
    for (Exchange exchange : host.exchanges()) {
      Subject subject = Subject.exchange(host.name(), exchange.name());
      add(seen, tick, subject, Metrics.of(exchange.traffic()));
    }
    add(seen, tick, new Subject(Kind.EXCHANGE, host.name(), ""), Metrics.of(host.defaultTraffic()));
  }

  private void add(Set<Subject> seen, long tick, Subject subject, long[] values) {
    seen.add(subject);
    series.computeIfAbsent(subject, unused -> new Series()).add(tick, values);
  }

  /** Ends the sampling. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (next != null) {
        next.cancel();
      }
    } finally {
      lock.unlock();
    }
  }
}
