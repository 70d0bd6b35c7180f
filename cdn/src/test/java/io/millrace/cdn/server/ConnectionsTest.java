package io.millrace.cdn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.EdgeSettings;
import io.millrace.cdn.ManualClock;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client may do with its connection, and for how long. */
class ConnectionsTest {

  private static final EdgeLimits LIMITS =
      new EdgeLimits(
          8,
          HeadLimits.DEFAULT,
          1 << 20,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          16 * 1024,
          Duration.ofSeconds(30),
          Duration.ofSeconds(15));

  private final ManualClock clock = new ManualClock();
  private ScriptedOrigin origin;
  private EdgeFixture edge;

  @BeforeEach
  void start() throws Exception {
    origin = new ScriptedOrigin();
    origin.answers(
        (request, out) ->
            out.write(
                ScriptedOrigin.response("200 OK", request.line(), "Cache-Control: max-age=60")));
    edge =
        new EdgeFixture(
            new RouteTable(
                List.of(new Route("*", "/", EdgeFixture.http(origin, clock), CachePolicy.DEFAULT))),
            clock,
            LIMITS);
  }

  @AfterEach
  void stop() throws Exception {
    edge.close();
    origin.close();
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Reads one response with Content-Length. */
  private static String response(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed after " + head);
      }
      head.append((char) b);
    }
    String length = head.toString().replaceAll("(?s).*Content-Length: (\\d+).*", "$1");
    return head + new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.ISO_8859_1);
  }

  @Test
  void aQuestionAboutTheServerAsAWholeIsAnsweredByTheEdge() throws Exception {
    String answer = edge.exchange("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    assertThat(answer)
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\r\nAllow: GET, HEAD, ", "\r\nContent-Length: 0\r\n")
        .endsWith("\r\n\r\n");
    assertThat(origin.requests).isEmpty();
  }

  @Test
  void aConnectionServesManyRequests() throws Exception {
    try (Socket socket = edge.connect()) {
      for (int i = 0; i < 3; i++) {
        send(socket, "GET /" + i + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(response(socket)).endsWith("GET /" + i + " HTTP/1.1");
      }
    }
    assertThat(edge.edge.figures().connections.sum()).isEqualTo(1);
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      all.append("GET /").append(i % 7).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    try (Socket socket = edge.connect()) {
      send(socket, all.toString());
      for (int i = 0; i < 200; i++) {
        assertThat(response(socket)).endsWith("GET /" + i % 7 + " HTTP/1.1");
      }
    }
  }

  @Test
  void anOldClientIsAnsweredAndItsConnectionClosed() throws Exception {
    assertThat(edge.exchange("GET / HTTP/1.0\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .contains("Connection: close")
        .endsWith("GET / HTTP/1.1");
    try (Socket socket = edge.connect()) {
      send(socket, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertThat(response(socket)).contains("Connection: keep-alive");
      send(socket, "GET / HTTP/1.0\r\n\r\n");
      assertThat(EdgeFixture.readAll(socket.getInputStream())).contains("Connection: close");
    }
  }

  @Test
  void anOldClientGetsNoChunks() throws Exception {
    origin.answers(
        (request, out) ->
            out.write(
                ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII)));

    assertThat(edge.exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
        .doesNotContain("chunked")
        .contains("Connection: close")
        .endsWith("\r\n\r\nabc");
  }

  @Test
  void moreConnectionsThanAllowedAreTurnedAway() throws Exception {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        Socket socket = edge.connect();
        open.add(socket);
        send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        response(socket);
      }
      try (Socket extra = edge.connect()) {
        assertThat(EdgeFixture.readAll(extra.getInputStream()))
            .startsWith("HTTP/1.1 503 ")
            .endsWith("there are too many connections\n");
      }
      open.removeLast().close();
      await().until(() -> edge.edge.openConnections() == 7);
      try (Socket next = edge.connect()) {
        send(next, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(response(next)).startsWith("HTTP/1.1 200 ");
      }
      assertThat(edge.edge.figures().connectionsRefused.sum()).isEqualTo(1);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void aHeadThatComesTooSlowlyIsRefused() throws Exception {
    try (Socket socket = edge.connect()) {
      send(socket, "GET / HTTP/1.1\r\nHo");
      await().until(() -> edge.edge.openConnections() == 1);
      String answer = readWhileTimePasses(socket, Duration.ofSeconds(11));
      assertThat(answer).startsWith("HTTP/1.1 408 ");
    }
    assertThat(edge.edge.figures().tooSlow.sum()).isEqualTo(1);
  }

  @Test
  void aBodyThatComesTooSlowlyIsRefused() throws Exception {
    try (Socket socket = edge.connect()) {
      send(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
      await().until(() -> origin.connections.get() == 1);
      assertThat(readWhileTimePasses(socket, Duration.ofSeconds(21))).startsWith("HTTP/1.1 408 ");
    }
  }

  @Test
  void anIdleConnectionIsClosedWithoutAWord() throws Exception {
    try (Socket socket = edge.connect()) {
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      response(socket);
      assertThat(readWhileTimePasses(socket, Duration.ofSeconds(61))).isEmpty();
    }
  }

  /** What comes until the connection ends, which takes more than the given time of the clock. */
  private String readWhileTimePasses(Socket socket, Duration time) throws Exception {
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> answer = thread.submit(() -> EdgeFixture.readAll(socket.getInputStream()));
      await()
          .until(
              () -> {
                clock.advance(time);
                return answer.isDone();
              });
      return answer.get();
    }
  }

  @Test
  void aClientThatReadsNothingIsDropped() throws Exception {
    String large = "x".repeat(6 << 20);
    origin.answers(
        (request, out) ->
            out.write(ScriptedOrigin.response("200 OK", large, "Cache-Control: max-age=600000")));
    edge.get("/large");
    try (Socket socket = edge.connect()) {
      socket.setReceiveBufferSize(4096);
      send(socket, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n".repeat(4));
      await()
          .until(
              () -> {
                clock.advanceSeconds(10);
                return edge.edge.figures().tooSlow.sum() > 0;
              });
    }
    await().until(() -> edge.edge.openConnections() <= 1);
  }

  @Test
  void anUploadIsStreamedWhole() throws Exception {
    byte[] content = new byte[1 << 20];
    new Random(7).nextBytes(content);

    HttpResponse<String> answer =
        edge.client.send(
            HttpRequest.newBuilder(edge.uri("/up"))
                .PUT(BodyPublishers.ofByteArray(content))
                .build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(origin.last().body()).isEqualTo(content);
  }

  @Test
  void aBodyOverTheLimitIsRefusedAlsoWhenItComesInChunks() throws Exception {
    HttpResponse<String> known =
        edge.client.send(
            HttpRequest.newBuilder(edge.uri("/up"))
                .PUT(BodyPublishers.ofByteArray(new byte[(1 << 20) + 1]))
                .build(),
            BodyHandlers.ofString());
    assertThat(known.statusCode()).isEqualTo(413);

    String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
    assertThat(
            edge.exchange(
                "PUT /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + chunk.repeat(17)))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void aClientThatAsksMayGoOnWithItsBody() throws Exception {
    try (Socket socket = edge.connect()) {
      send(
          socket,
          "POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
      byte[] go = socket.getInputStream().readNBytes(25);
      assertThat(new String(go, StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      send(socket, "abc");
      assertThat(response(socket)).startsWith("HTTP/1.1 200 ");
    }
    assertThat(origin.last().body()).hasSize(3);
  }

  @Test
  void aSlowReaderHoldsTheOriginBackInsteadOfFillingMemory() throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch over = new CountDownLatch(1);
    byte[] piece = new byte[64 * 1024];
    long total = 256L << 20;
    origin.answers(
        (request, out) -> {
          out.write(
              ("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: "
                      + total
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
          try {
            for (long left = total; left > 0; left -= piece.length) {
              out.write(piece);
              sent.addAndGet(piece.length);
            }
          } finally {
            over.countDown();
          }
        });
    try (Socket socket = edge.connect()) {
      send(socket, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
      socket.getInputStream().readNBytes(1 << 20);
      long[] before = {-1};
      // It comes to a stand when the sockets' own buffers are full.
      await()
          .pollInterval(Duration.ofMillis(300))
          .until(
              () -> {
                boolean stands = sent.get() == before[0];
                before[0] = sent.get();
                return stands;
              });
      assertThat(sent.get()).isLessThan(64L << 20);
      for (long left = (200L << 20); left > 0; ) {
        left -= socket.getInputStream().readNBytes(1 << 20).length;
      }
      assertThat(sent.get()).isGreaterThan(190L << 20);
    }
    // Its client gone, the rest is not asked for.
    over.await();
  }

  @Test
  void aBodyOfUnknownLengthIsChunkedAndTheConnectionKept() throws Exception {
    origin.answers(
        (request, out) -> {
          out.write("HTTP/1.1 200 OK\r\n\r\nuntil the end".getBytes(StandardCharsets.US_ASCII));
          out.flush();
          throw new IOException("the end");
        });

    HttpResponse<String> answer = edge.get("/");

    assertThat(answer.body()).isEqualTo("until the end");
    assertThat(answer.headers().firstValue("Transfer-Encoding")).hasValue("chunked");
  }

  @Test
  void anotherRouteTableCountsForTheNextRequest() throws Exception {
    try (Socket socket = edge.connect()) {
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      response(socket);
      edge.edge.route(new RouteTable(List.of()));
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(response(socket)).startsWith("HTTP/1.1 404 ").contains("\r\nDate: ");
    }
  }

  @Test
  void aTakenPortIsNamed() {
    assertThatThrownBy(
            () ->
                new EdgeServer(
                    EdgeSettings.on("127.0.0.1", edge.edge.port()),
                    new RouteTable(List.of()),
                    Clock.system()))
        .isInstanceOf(SettingException.class)
        .hasMessageMatching(
            "edge\\.port is \\d+ on 127\\.0\\.0\\.1, which cannot be opened \\(.+\\);"
                + " allowed: a free port of this machine, or 0 for any");
  }

  @Test
  void closingEndsAllConnections() throws Exception {
    try (Socket socket = edge.connect()) {
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      response(socket);

      edge.edge.close();

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }
}
