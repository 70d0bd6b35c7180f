package io.millrace.cdn.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.core.Clock;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers behind the edge that are slow, break off, or say what is not so. */
class HttpOriginTest {

  private ScriptedOrigin origin;
  private EdgeFixture edge;

  @BeforeEach
  void start() throws Exception {
    origin = new ScriptedOrigin();
    edge =
        EdgeFixture.before(
            origin, Clock.system(), new CachePolicy(1 << 20, Duration.ZERO, Duration.ZERO, true));
  }

  @AfterEach
  void stop() throws Exception {
    edge.close();
    origin.close();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void connectionsAreUsedAgain() throws Exception {
    origin.answers("x", "Cache-Control: no-store");
    for (int i = 0; i < 5; i++) {
      assertThat(edge.get("/" + i).body()).isEqualTo("x");
    }
    // One for each event loop at most, as one request at a time was sent.
    assertThat(origin.connections.get()).isLessThanOrEqualTo(2);
    assertThat(origin.requests).hasSize(5);
  }

  @Test
  void anOriginThatDoesNotAnswerIsGivenUp() throws Exception {
    CountDownLatch forever = new CountDownLatch(1);
    origin.answers((request, out) -> forever.await());

    assertThat(edge.get("/").statusCode()).isEqualTo(504);

    forever.countDown();
  }

  @Test
  void anOriginThatIsNotThereIsTold() throws Exception {
    origin.close();

    HttpResponse<String> answer = edge.get("/");

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).isEqualTo("the origin cannot be reached\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nContent-Length: three\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\n\r\n",
        "nonsense",
      })
  void aMalformedResponseIsABadGateway(String response) throws Exception {
    origin.answers(
        (request, out) -> {
          out.write(ascii(response));
          out.flush();
          throw new IOException("no more");
        });

    assertThat(edge.get("/").statusCode()).isEqualTo(502);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nCache-Control: max-age=60\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n\r\n5\r\nabc",
      })
  void aResponseThatBreaksOffIsNotStored(String response) throws Exception {
    origin.answers(
        (request, out) -> {
          out.write(ascii(response));
          out.flush();
          throw new IOException("no more");
        });
    assertThat(edge.get("/").statusCode()).isEqualTo(502);

    origin.answers("whole");

    assertThat(edge.get("/").body()).isEqualTo("whole");
  }

  @Test
  void aStreamThatBreaksOffIsNotPassedOffAsWhole() throws Exception {
    origin.answers(
        (request, out) -> {
          out.write(
              ascii("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nCache-Control: no-store\r\n\r\nabc"));
          out.flush();
          throw new IOException("no more");
        });
    try (Socket socket = edge.connect()) {
      socket.getOutputStream().write(ascii("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
      String answer = EdgeFixture.readAll(socket.getInputStream());
      assertThat(answer).contains("Content-Length: 10\r\n").endsWith("abc");
    }
  }

  @Test
  void whatComesBehindAResponseIsNotTakenForTheNextOne() throws Exception {
    origin.answers(
        (request, out) ->
            out.write(
                ascii(
                    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")));
    assertThat(edge.get("/a").body()).isEqualTo("abc");

    assertThat(edge.get("/b").body()).isEqualTo("abc");
    assertThat(origin.connections.get()).isEqualTo(2);
  }

  @Test
  void aSafeRequestIsSentAgainWhenAnIdleConnectionWasClosed() throws Exception {
    origin.answers("x", "Cache-Control: no-store");
    for (int i = 0; i < 4; i++) {
      edge.get("/warm" + i);
    }
    int warm = origin.connections.get();
    origin.answers(
        (request, out) -> {
          if (origin.connections.get() == warm) {
            throw new IOException("closed as the request came");
          }
          out.write(ScriptedOrigin.response("200 OK", "again"));
        });

    assertThat(edge.get("/").body()).isEqualTo("again");
  }

  @Test
  void anUnsafeRequestIsNeverSentTwice() throws Exception {
    origin.answers("x", "Cache-Control: no-store");
    for (int i = 0; i < 4; i++) {
      edge.get("/warm" + i);
    }
    origin.answers(
        (request, out) -> {
          throw new IOException("closed as the request came");
        });
    int before = origin.requests.size();

    HttpResponse<String> answer =
        edge.client.send(
            HttpRequest.newBuilder(edge.uri("/")).POST(BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(origin.requests).hasSize(before + 1);
  }

  @Test
  void interimResponsesAreSteppedOver() throws Exception {
    origin.answers(
        (request, out) ->
            out.write(
                ascii(
                    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")));

    HttpResponse<String> answer = edge.get("/");

    assertThat(answer.body()).isEqualTo("x");
    assertThat(answer.headers().firstValue("Link")).isEmpty();
  }

  @Test
  void aRequestWhoseClientIsGoneIsTakenBack() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    origin.answers(
        (request, out) -> {
          asked.countDown();
          if (request.connection().getInputStream().read() < 0) {
            closed.countDown();
          }
        });
    try (Socket socket = edge.connect()) {
      socket
          .getOutputStream()
          .write(ascii("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
      asked.await();
    }

    await().until(() -> closed.getCount() == 0);
  }

  @Test
  void moreRequestsThanTheOriginsConnectionsCanTakeWaitAndThenAreRefused() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    origin.answers(
        (request, out) -> {
          go.await();
          out.write(ScriptedOrigin.response("200 OK", "x", "Cache-Control: no-store"));
        });
    var answers = new ArrayList<CompletableFuture<Integer>>();
    for (int i = 0; i < 64; i++) {
      answers.add(
          edge.client
              .sendAsync(
                  HttpRequest.newBuilder(edge.uri("/" + i)).build(), BodyHandlers.discarding())
              .thenApply(HttpResponse::statusCode));
    }
    // Two loops with four connections and eight waiting each.
    await()
        .until(
            () ->
                answers.stream().filter(answer -> answer.isDone() && answer.join() == 503).count()
                    >= 64 - 24);
    go.countDown();

    for (var answer : answers) {
      assertThat(answer.get()).isIn(200, 503);
    }
    assertThat(origin.connections.get()).isLessThanOrEqualTo(8);
  }
}
