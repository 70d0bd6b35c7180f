package io.millrace.cdn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.EventStream;
import io.millrace.cdn.ManualClock;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.origin.EventSource;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.OriginRequest;
import io.millrace.cdn.origin.ResponseListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A viewer that does not read costs a bounded buffer, and nobody else an event. */
class SlowViewersTest {

  private static final EdgeLimits LIMITS =
      new EdgeLimits(
          100,
          HeadLimits.DEFAULT,
          1 << 20,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(20),
          Duration.ofSeconds(300),
          16 * 1024,
          Duration.ofSeconds(30),
          Duration.ofSeconds(15));

  private final ManualClock clock = new ManualClock();
  private final Feed feed = new Feed();
  private EdgeFixture edge;

  /** A stream of numbered events. */
  private static final class Feed implements Origin {

    private final List<EventSource.Viewer> viewers = new CopyOnWriteArrayList<>();
    private final AtomicInteger number = new AtomicInteger();

    /** Returns once all viewers have been offered the next event. */
    void tell(int padding) {
      byte[] event = event(number.incrementAndGet(), padding);
      for (EventSource.Viewer viewer : viewers) {
        viewer
            .loop()
            .submit(
                () -> {
                  viewer.offer(Unpooled.wrappedBuffer(event));
                  viewer.flush();
                })
            .syncUninterruptibly();
      }
    }

    private static byte[] event(int number, int padding) {
      return ("data: " + number + "x".repeat(padding) + "\n\n").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public EventSource events(RequestTarget target) {
      return new EventSource() {
        @Override
        public Runnable subscribe(Viewer viewer, @Nullable String lastEventId) {
          viewers.add(viewer);
          return () -> viewers.remove(viewer);
        }

        @Override
        public ByteBuf latest() {
          return Unpooled.copiedBuffer(
              "data: latest " + number.get() + "\n\n", StandardCharsets.US_ASCII);
        }
      };
    }

    @Override
    public OriginCall fetch(OriginRequest request, ResponseListener listener) {
      listener.onFailure(new HttpError(503, "there is nothing but events"));
      return OriginCall.DONE;
    }
  }

  @BeforeEach
  void start() {
    edge = new EdgeFixture(feed, clock, LIMITS);
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  private Socket deaf() throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), edge.edge.port()));
    socket
        .getOutputStream()
        .write("GET /live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void eventsThatAViewerHasNoRoomForAreSkippedAndTheLatestIsSentOnceItReads() throws Exception {
    try (Socket slow = deaf();
        EventStream quick = new EventStream(edge.connect(), "/live", null)) {
      await().until(() -> feed.viewers.size() == 2);
      int told = 0;
      while (edge.edge.figures().eventsSkipped.sum() == 0) {
        feed.tell(8000);
        told++;
        assertThat(quick.expect().data()).startsWith(told + "x");
      }
      for (int i = 0; i < 10; i++) {
        feed.tell(8000);
        quick.expect();
      }
      assertThat(edge.edge.figures().eventsSkipped.sum()).isGreaterThan(5);

      byte[] seen = new byte[1 << 16];
      StringBuilder tail = new StringBuilder();
      while (tail.indexOf("data: latest " + feed.number.get() + "\n") < 0) {
        int read = slow.getInputStream().read(seen);
        tail.append(new String(seen, 0, read, StandardCharsets.US_ASCII));
        tail.delete(0, Math.max(0, tail.length() - 200_000));
      }
    }
    await().until(feed.viewers::isEmpty);
  }

  @Test
  void aViewerThatStaysBehindIsDropped() throws Exception {
    try (Socket slow = deaf()) {
      await().until(() -> feed.viewers.size() == 1);
      while (edge.edge.figures().eventsSkipped.sum() == 0) {
        feed.tell(8000);
      }
      clock.advanceSeconds(31);

      await().until(() -> edge.edge.figures().viewersDropped.sum() == 1);
      await().until(feed.viewers::isEmpty);
      assertThat(slow.isClosed()).isFalse();
    }
  }

  @Test
  void aQuietStreamIsKeptOpenByComments() throws Exception {
    try (Socket socket = deaf()) {
      await().until(() -> feed.viewers.size() == 1);
      StringBuilder seen = new StringBuilder();
      await()
          .until(
              () -> {
                clock.advanceSeconds(16);
                while (socket.getInputStream().available() > 0) {
                  seen.append((char) socket.getInputStream().read());
                }
                return seen.indexOf("\r\n\r\n:\n\n") > 0;
              });
    }
    await().until(() -> edge.edge.figures().viewersNow() == 0);
  }
}
