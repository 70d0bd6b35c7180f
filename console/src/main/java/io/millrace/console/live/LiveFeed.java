package io.millrace.console.live;

import io.millrace.console.ConsoleSources;
import io.millrace.console.http.Answer;
import io.millrace.console.http.BodySink;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /api/live}: Server-Sent Events (WHATWG HTML, section 9.2), first one {@code history}
 * with the snapshots of the last {@value #HISTORY} seconds that were taken, then a {@code snapshot}
 * each second. A viewer that reads too slowly misses snapshots, it does not queue them.
 *
 * <p>Sampling starts with the first viewer and stops {@value #LINGER} samples after the last one
 * went, so that a page that is loaded anew still has its charts.
 */
public final class LiveFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int HISTORY = 180;
  private static final int LINGER = 60;

  private final Sampler sampler;
  private final Timer timer;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final ArrayDeque<byte[]> history = new ArrayDeque<>();
  private long sequence;
  private int viewers;
  private int unwatched;
  private boolean sampling;
  private boolean closed;
  private Timer.@Nullable Timeout next;

  /** A feed of a node's figures. */
  public LiveFeed(ConsoleSources sources, Clock clock, Timer timer) {
    this.sampler = new Sampler(sources, clock);
    this.timer = timer;
  }

  /** {@code /api/live}. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(
            "GET", "/api/live", request -> Answer.stream("text/event-stream", this::follow)));
  }

  private void follow(BodySink out) throws IOException, InterruptedException {
    boolean starts;
    List<byte[]> before;
    long seen;
    lock.lockInterruptibly();
    try {
      viewers++;
      unwatched = 0;
      starts = !sampling;
      sampling = true;
      before = new ArrayList<>(history);
      seen = sequence;
    } finally {
      lock.unlock();
    }
    try {
      if (starts) {
        tick();
      }
      out.write(event("history", array(before)));
      while (true) {
        byte[] latest;
        lock.lockInterruptibly();
        try {
          while (sequence == seen && !closed && !out.isGone()) {
            news.await();
          }
          if (sequence == seen) {
            return;
          }
          seen = sequence;
          latest = history.getLast();
        } finally {
          lock.unlock();
        }
        out.write(event("snapshot", latest));
      }
    } finally {
      leave();
    }
  }

  private void leave() {
    lock.lock();
    try {
      viewers--;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a snapshot and arranges for the next one. Never two at a time. */
  private void tick() {
    byte[] snapshot = null;
    try {
      snapshot = Json.bytes(sampler.sample());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("A second of the live feed is missing", e);
    }
    lock.lock();
    try {
      if (snapshot != null) {
        history.addLast(snapshot);
        if (history.size() > HISTORY) {
          history.removeFirst();
        }
        sequence++;
      }
      news.signalAll();
      unwatched = viewers == 0 ? unwatched + 1 : 0;
      sampling = !closed && unwatched < LINGER;
      if (sampling) {
        // The timer's thread is everybody's: it only starts the work.
        next = timer.after(PERIOD, () -> Thread.ofVirtual().name("console-live").start(this::tick));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the streams and the sampling. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      news.signalAll();
      if (next != null) {
        next.cancel();
      }
    } finally {
      lock.unlock();
    }
  }

  private static byte[] event(String name, byte[] json) {
    byte[] head = ("event: " + name + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
    byte[] event = new byte[head.length + json.length + 2];
    System.arraycopy(head, 0, event, 0, head.length);
    System.arraycopy(json, 0, event, head.length, json.length);
    event[event.length - 2] = '\n';
    event[event.length - 1] = '\n';
    return event;
  }

  private static byte[] array(List<byte[]> documents) {
    int length = 2;
    for (byte[] document : documents) {
      length += document.length + 1;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length);
    out.write('[');
    for (int i = 0; i < documents.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      out.writeBytes(documents.get(i));
    }
    out.write(']');
    return out.toByteArray();
  }
}
