package io.millrace.cdn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ManualClock;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.http2.Http2Limits;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client may do on an HTTP/2 connection in plain text, frame by frame. */
class Http2Test {

  private static final int INITIAL_WINDOW_SIZE = 4;

  private static final EdgeLimits LIMITS =
      new EdgeLimits(
          100,
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
                ScriptedOrigin.response(
                    "200 OK", request.line(), "Cache-Control: max-age=60", "ETag: \"e\"")));
    edge =
        new EdgeFixture(
            EdgeFixture.settings(LIMITS, Http2Limits.DEFAULT.withMaxStreams(8)),
            new RouteTable(
                List.of(new Route("*", "/", EdgeFixture.http(origin, clock), CachePolicy.DEFAULT))),
            clock);
  }

  @AfterEach
  void stop() throws Exception {
    edge.close();
    origin.close();
  }

  private Frames connect(int... settings) throws IOException {
    Socket socket = edge.connect();
    socket.setSoTimeout(60_000);
    return new Frames(socket, settings);
  }

  private static void get(Frames client, int stream, String path, String... more)
      throws IOException {
    client.send(
        Frames.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, stream, Frames.get(path, more));
  }

  @Test
  void aRequestIsAnsweredAndItsAnswerCached() throws Exception {
    try (Frames client = connect()) {
      get(client, 1, "/a");
      assertThat(client.head(1))
          .startsWith(":status: 200\n")
          .contains(
              "cache-status: millrace; fwd=uri-miss; stored; ttl=60\n", "content-length: 15\n");
      assertThat(client.body(1)).isEqualTo("GET /a HTTP/1.1");
      get(client, 3, "/a");
      assertThat(client.head(3)).contains("age: 0\n", "cache-status: millrace; hit; ttl=60\n");
      assertThat(client.body(3)).isEqualTo("GET /a HTTP/1.1");
    }
    assertThat(origin.requests).hasSize(1);
    assertThat(origin.last().field("Host")).isEqualTo("x");
    assertThat(edge.edge.figures().http2Requests.sum()).isEqualTo(2);
  }

  @Test
  void bothVersionsOfHttpShareTheCache() throws Exception {
    assertThat(edge.get("/shared").statusCode()).isEqualTo(200);
    try (Frames client = connect()) {
      get(client, 1, "/shared", "host", "127.0.0.1:" + edge.edge.port());
      assertThat(client.head(1)).startsWith(":status: 400\n");
      client.send(
          Frames.HEADERS,
          Frames.END_HEADERS | Frames.END_STREAM,
          3,
          Frames.block(
              ":method",
              "GET",
              ":scheme",
              "http",
              ":path",
              "/shared",
              "host",
              "127.0.0.1:" + edge.edge.port()));
      assertThat(client.head(3)).contains("millrace; hit");
    }
  }

  @Test
  void conditionsRangesAndHeadAreAnsweredAsInHttp1() throws Exception {
    try (Frames client = connect()) {
      get(client, 1, "/a");
      client.head(1);
      client.body(1);
      get(client, 3, "/a", "if-none-match", "\"e\"");
      assertThat(client.head(3)).startsWith(":status: 304\n").doesNotContain("content-length");
      get(client, 5, "/a", "range", "bytes=4-5");
      assertThat(client.head(5))
          .startsWith(":status: 206\n")
          .contains("content-range: bytes 4-5/15\n", "content-length: 2\n");
      assertThat(client.body(5)).isEqualTo("/a");
      client.send(
          Frames.HEADERS,
          Frames.END_HEADERS | Frames.END_STREAM,
          7,
          Frames.block(":method", "HEAD", ":scheme", "http", ":path", "/a", ":authority", "x"));
      Frames.Frame head = client.await(Frames.HEADERS, 7);
      assertThat(head.endsStream()).isTrue();
    }
  }

  @Test
  void aSlowAnswerHoldsUpNoOther() throws Exception {
    CountDownLatch wait = new CountDownLatch(1);
    origin.answers(
        (request, out) -> {
          if (request.line().contains("slow")) {
            wait.await(60, TimeUnit.SECONDS);
          }
          out.write(ScriptedOrigin.response("200 OK", request.line()));
        });
    try (Frames client = connect()) {
      get(client, 1, "/slow");
      get(client, 3, "/fast");
      assertThat(client.head(3)).startsWith(":status: 200\n");
      wait.countDown();
      assertThat(client.head(1)).startsWith(":status: 200\n");
    }
  }

  @Test
  void aBodyIsPassedOnWholeAndTrailersAreDropped() throws Exception {
    try (Frames client = connect()) {
      client.send(
          Frames.HEADERS,
          Frames.END_HEADERS,
          1,
          Frames.block(":method", "POST", ":scheme", "http", ":path", "/up", ":authority", "x"));
      client.send(Frames.DATA, 0, 1, "abc".getBytes(StandardCharsets.US_ASCII));
      client.send(Frames.DATA, 0, 1, "def".getBytes(StandardCharsets.US_ASCII));
      client.send(
          Frames.HEADERS,
          Frames.END_HEADERS | Frames.END_STREAM,
          1,
          Frames.block("x-checksum", "1"));
      assertThat(client.head(1)).startsWith(":status: 200\n");
    }
    assertThat(new String(origin.last().body(), StandardCharsets.US_ASCII)).isEqualTo("abcdef");
    assertThat(origin.last().field("Transfer-Encoding")).isEqualTo("chunked");
    assertThat(origin.last().field("X-Checksum")).isNull();
  }

  @Test
  void aClientThatAsksMayGoOnWithItsBody() throws Exception {
    try (Frames client = connect()) {
      client.send(
          Frames.HEADERS,
          Frames.END_HEADERS,
          1,
          Frames.block(
              ":method",
              "PUT",
              ":scheme",
              "http",
              ":path",
              "/up",
              ":authority",
              "x",
              "content-length",
              "3",
              "expect",
              "100-continue"));
      assertThat(client.head(1)).isEqualTo(":status: 100\n");
      client.send(Frames.DATA, Frames.END_STREAM, 1, "abc".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.head(1)).startsWith(":status: 200\n");
    }
    assertThat(origin.last().field("Content-Length")).isEqualTo("3");
  }

  @Test
  void aBodyOverTheLimitIsRefusedAndTheConnectionGoesOn() throws Exception {
    try (Frames client = connect()) {
      client.send(
          Frames.HEADERS,
          Frames.END_HEADERS,
          1,
          Frames.block(
              ":method",
              "PUT",
              ":scheme",
              "http",
              ":path",
              "/up",
              ":authority",
              "x",
              "content-length",
              "2000000"));
      assertThat(client.head(1)).startsWith(":status: 413\n");
      client.body(1);
      assertThat(client.await(Frames.RST_STREAM, 1).error()).isEqualTo(Frames.NO_ERROR);
      get(client, 3, "/a");
      assertThat(client.head(3)).startsWith(":status: 200\n");
    }
  }

  /** What RFC 9113 calls malformed, or what could be read in two ways once it is HTTP/1.1. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "two hosts            | :method GET :scheme http :path /smuggled :authority x host y",
        "a bad host           | :method GET :scheme http :path /smuggled :authority x/y",
        "a user in the host   | :method GET :scheme http :path /smuggled :authority u@x",
        "no host              | :method GET :scheme http :path /smuggled",
        "another scheme       | :method GET :scheme ftp :path /smuggled :authority x",
        "a path without slash | :method GET :scheme http :path smuggled :authority x",
        "a space in the path  | :method GET :scheme http :path /smuggled_a :authority x",
        "a line in the path   | :method GET :scheme http :path /smuggled^a :authority x",
        "a bad method         | :method G_T :scheme http :path /smuggled :authority x",
        "a line in a method   | :method GET^ :scheme http :path /smuggled :authority x",
        "CONNECT              | :method CONNECT :scheme http :path /smuggled :authority x",
        "an unknown pseudo    | :method GET :scheme http :path /smuggled :authority x :foo b",
        "a pseudo twice       | :method GET :method GET :scheme http :path /smuggled :authority x",
        "a pseudo behind      | :method GET :scheme http :path /smuggled a b :authority x",
        "a status             | :status 200 :method GET :scheme http :path /smuggled :authority x",
        "an upper-case name   | :method GET :scheme http :path /smuggled :authority x A b",
        "a name with a colon  | :method GET :scheme http :path /smuggled :authority x a:b c",
        "a line in a name     | :method GET :scheme http :path /smuggled :authority x a^b c",
        "a line in a value    | :method GET :scheme http :path /smuggled :authority x a b^c",
        "a NUL in a value     | :method GET :scheme http :path /smuggled :authority x a b~c",
        "space round a value  | :method GET :scheme http :path /smuggled :authority x a _b",
        "Transfer-Encoding    | :method POST :scheme http :path /smuggled :authority x transfer-encoding chunked",
        "Connection           | :method GET :scheme http :path /smuggled :authority x connection close",
        "Upgrade              | :method GET :scheme http :path /smuggled :authority x upgrade h2c",
        "TE                   | :method GET :scheme http :path /smuggled :authority x te gzip",
        "two lengths          | :method POST :scheme http :path /smuggled :authority x content-length 1 content-length 2",
        "a signed length      | :method POST :scheme http :path /smuggled :authority x content-length +3",
        "a length and no body | :method POST :scheme http :path /smuggled :authority x content-length 3",
      })
  void isRefusedOnItsStreamAlone(String what, String shown) throws Exception {
    String[] fields = shown.strip().split(" ");
    for (int i = 0; i < fields.length; i++) {
      fields[i] = fields[i].replace("^", "\r\n").replace("~", "\0");
      // What stands for a space must not be taken for one by the line above.
      fields[i] = fields[i].replace("_", what.startsWith("a bad method") ? "(" : " ");
    }
    try (Frames client = connect()) {
      client.send(Frames.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, 1, Frames.block(fields));
      get(client, 3, "/good");
      List<String> answers = new ArrayList<>();
      for (Frames.Frame frame = client.next(); frame != null; frame = client.next()) {
        if (frame.stream() == 1 && frame.type() == Frames.RST_STREAM) {
          answers.add("reset " + frame.error());
        } else if (frame.stream() == 1 && frame.type() == Frames.HEADERS) {
          answers.add(Frames.decode(frame.payload()).lines().findFirst().orElseThrow());
        } else if (frame.stream() == 3 && frame.type() == Frames.HEADERS) {
          assertThat(Frames.decode(frame.payload())).startsWith(":status: 200\n");
          break;
        } else if (frame.type() == Frames.GOAWAY) {
          throw new AssertionError("GOAWAY " + frame.text());
        }
      }
      assertThat(answers)
          .singleElement()
          .isIn("reset " + Frames.PROTOCOL_ERROR, ":status: 400", ":status: 501");
    }
    assertThat(origin.requests).noneMatch(request -> request.line().contains("smuggled"));
  }

  @Test
  void splitCookiesBecomeOne() throws Exception {
    try (Frames client = connect()) {
      get(client, 1, "/c", "cookie", "a=b", "cookie", "c=d");
      client.head(1);
    }
    assertThat(origin.last().field("Cookie")).isEqualTo("a=b; c=d");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"414, 9000, 0", "431, 1, 20000", "431, 1, 40000"})
  void headsThatAreTooLargeAreRefused(int status, int path, int field) throws Exception {
    try (Frames client = connect()) {
      byte[] block =
          Frames.get(
              "/" + "p".repeat(path), "a", "v".repeat(field), "b", "w".repeat(field), "c", "d");
      for (int at = 0; at < block.length; at += 16_000) {
        int end = Math.min(block.length, at + 16_000);
        byte[] part = Arrays.copyOfRange(block, at, end);
        int flags = end == block.length ? Frames.END_HEADERS : 0;
        client.send(
            at == 0 ? Frames.HEADERS : Frames.CONTINUATION,
            at == 0 ? flags | Frames.END_STREAM : flags,
            1,
            part);
      }
      if (field > 20_000) {
        // Beyond what is kept of a block, the connection's compression is lost with it.
        assertThat(client.await(Frames.GOAWAY, 0).error()).isEqualTo(Frames.PROTOCOL_ERROR);
      } else {
        assertThat(client.head(1)).startsWith(":status: " + status + "\n");
      }
    }
  }

  @Test
  void moreStreamsThanAllowedAreRefusedToBeTriedAgain() throws Exception {
    CountDownLatch wait = new CountDownLatch(1);
    origin.answers(
        (request, out) -> {
          wait.await(60, TimeUnit.SECONDS);
          out.write(ScriptedOrigin.response("200 OK", "x"));
        });
    try (Frames client = connect()) {
      for (int i = 0; i < 9; i++) {
        get(client, 1 + 2 * i, "/" + i);
      }
      assertThat(client.await(Frames.RST_STREAM, 17).error()).isEqualTo(Frames.REFUSED_STREAM);
      wait.countDown();
      assertThat(client.head(1)).startsWith(":status: 200\n");
    } finally {
      wait.countDown();
    }
  }

  @Test
  void rapidResetsEndTheConnection() throws Exception {
    try (Frames client = connect()) {
      Thread.ofVirtual()
          .start(
              () ->
                  flood(
                      2_000,
                      (stream) -> {
                        get(client, stream, "/r");
                        client.send(Frames.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
                      }));
      assertThat(client.await(Frames.GOAWAY, 0).error()).isEqualTo(Frames.ENHANCE_YOUR_CALM);
    }
    await().until(() -> edge.edge.figures().http2Floods.sum() == 1);
    await().until(() -> edge.edge.openConnections() == 0);
  }

  @ParameterizedTest
  @CsvSource({"PING", "SETTINGS", "PRIORITY", "EMPTY_DATA", "UNKNOWN", "CONTINUATION"})
  void floodsEndTheConnection(String kind) throws Exception {
    try (Frames client = connect()) {
      byte[] prioritised = {0, 0, 0, 0, 1};
      if (kind.equals("EMPTY_DATA")) {
        client.send(
            Frames.HEADERS,
            Frames.END_HEADERS,
            1,
            Frames.block(":method", "PUT", ":scheme", "http", ":path", "/", ":authority", "x"));
      } else if (kind.equals("CONTINUATION")) {
        client.send(Frames.HEADERS, Frames.END_STREAM, 1, Frames.get("/"));
      }
      Thread.ofVirtual()
          .start(
              () ->
                  flood(
                      40_000,
                      (stream) -> {
                        switch (kind) {
                          case "PING" -> client.send(Frames.PING, 0, 0, new byte[8]);
                          case "SETTINGS" -> client.send(Frames.SETTINGS, 0, 0);
                          case "PRIORITY" -> client.send(Frames.PRIORITY, 0, stream, prioritised);
                          case "EMPTY_DATA" -> client.send(Frames.DATA, 0, 1);
                          case "CONTINUATION" -> client.send(Frames.CONTINUATION, 0, 1);
                          default -> client.send(0x77, 0, 0, new byte[4]);
                        }
                      }));
      assertThat(client.await(Frames.GOAWAY, 0).error()).isEqualTo(Frames.ENHANCE_YOUR_CALM);
    }
    await().until(() -> edge.edge.figures().http2Floods.sum() == 1);
    await().until(() -> edge.edge.openConnections() == 0);
  }

  private interface Step {
    void on(int stream) throws IOException;
  }

  /** Goes on until the edge has had enough. */
  private static void flood(int times, Step step) {
    try {
      for (int i = 0; i < times; i++) {
        step.on(1 + 2 * i);
      }
    } catch (IOException e) {
      // It has.
    }
  }

  @Test
  void aClientThatOpensNoWindowHoldsTheOriginBackAndIsCutOff() throws Exception {
    AtomicLong sent = new AtomicLong();
    byte[] piece = new byte[64 * 1024];
    origin.answers(
        (request, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 268435456\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          while (true) {
            out.write(piece);
            sent.addAndGet(piece.length);
          }
        });
    try (Frames client = connect(INITIAL_WINDOW_SIZE, 1000)) {
      get(client, 1, "/large");
      assertThat(client.head(1)).startsWith(":status: 200\n");
      assertThat(client.await(Frames.DATA, 1).payload()).hasSize(1000);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                clock.advanceSeconds(5);
                return edge.edge.figures().tooSlow.sum() > 0;
              });
      assertThat(client.await(Frames.RST_STREAM, 1).error()).isEqualTo(8);
    }
    assertThat(sent.get()).isLessThan(32 << 20);
  }

  @Test
  void aStreamOfAnyLengthFlowsAsTheClientOpensWindows() throws Exception {
    String large = "x".repeat(300_000);
    origin.answers(large, "Cache-Control: max-age=60");
    try (Frames client = connect()) {
      for (int stream = 1; stream < 6; stream += 2) {
        get(client, stream, "/large");
        client.head(stream);
        int got = 0;
        while (got < large.length()) {
          Frames.Frame data = client.await(Frames.DATA, stream);
          got += data.payload().length;
          byte[] more = {0, 0, (byte) (data.payload().length >> 8), (byte) data.payload().length};
          if (data.payload().length > 0) {
            client.send(Frames.WINDOW_UPDATE, 0, 0, more);
            if (!data.endsStream()) {
              client.send(Frames.WINDOW_UPDATE, 0, stream, more);
            }
          }
        }
        assertThat(got).isEqualTo(large.length());
      }
    }
  }

  @Test
  void anIdleConnectionIsSentAwayAndClosed() throws Exception {
    try (Frames client = connect()) {
      get(client, 1, "/a");
      client.head(1);
      client.body(1);
      var away =
          Thread.ofVirtual()
              .start(
                  () ->
                      await()
                          .until(
                              () -> {
                                clock.advanceSeconds(61);
                                return edge.edge.openConnections() == 0;
                              }));
      assertThat(client.await(Frames.GOAWAY, 0).error()).isEqualTo(Frames.NO_ERROR);
      assertThat(client.next()).isNull();
      away.join();
    }
  }

  @Test
  void anOriginThatBreaksOffResetsItsStreamAlone() throws Exception {
    origin.answers(
        (request, out) -> {
          if (request.line().contains("broken")) {
            out.write(
                "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 100\r\n\r\nabc"
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            throw new IOException("enough");
          }
          out.write(ScriptedOrigin.response("200 OK", "whole"));
        });
    try (Frames client = connect()) {
      get(client, 1, "/broken");
      client.head(1);
      client.await(Frames.RST_STREAM, 1);
      get(client, 3, "/whole");
      client.head(3);
      assertThat(client.body(3)).isEqualTo("whole");
    }
  }

  @Test
  void aPrefaceThatComesSlowlyOrWronglyIsNoHarm() throws Exception {
    try (Socket socket = edge.connect()) {
      for (byte each : Frames.PREFACE) {
        socket.getOutputStream().write(each);
        socket.getOutputStream().flush();
      }
      socket.getOutputStream().write(Frames.frame(Frames.SETTINGS, 0, 0, new byte[0]));
      assertThat(socket.getInputStream().readNBytes(9)).hasSize(9);
    }
    assertThat(edge.exchange("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")).startsWith("HTTP/1.1 505 ");
  }
}
