package io.millrace.cdn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.core.Clock;
import java.io.EOFException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSockets through the edge, by the JDK's client and by hand. */
class WebSocketTest {

  private ScriptedOrigin origin;
  private EdgeFixture edge;

  @BeforeEach
  void start() throws Exception {
    origin = new ScriptedOrigin();
    edge = EdgeFixture.before(origin, Clock.system(), CachePolicy.DEFAULT);
  }

  @AfterEach
  void stop() throws Exception {
    edge.close();
    origin.close();
  }

  private static String accept(@Nullable String key) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-1")
            .digest(
                (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
    return Base64.getEncoder().encodeToString(digest);
  }

  /** Answers each text of less than 126 bytes with the same text. */
  private void answersWithEchoes() {
    origin.answers(
        (request, out) -> {
          out.write(
              ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      + "Sec-WebSocket-Accept: "
                      + accept(request.field("Sec-WebSocket-Key"))
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
          out.flush();
          echo(request.connection().getInputStream(), out);
        });
  }

  private static void echo(InputStream in, OutputStream out) throws Exception {
    while (true) {
      int opcode = in.read();
      if (opcode < 0) {
        throw new EOFException();
      }
      int length = in.read() & 127;
      byte[] mask = in.readNBytes(4);
      byte[] text = in.readNBytes(length);
      for (int i = 0; i < length; i++) {
        text[i] ^= mask[i % 4];
      }
      out.write(opcode);
      out.write(length);
      out.write(text);
      out.flush();
    }
  }

  private URI uri() {
    return URI.create("ws://127.0.0.1:" + edge.edge.port() + "/socket?a=b");
  }

  @Test
  void textsGoBothWays() throws Exception {
    answersWithEchoes();
    BlockingQueue<String> came = new LinkedBlockingQueue<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .buildAsync(
                  uri(),
                  new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(
                        WebSocket from, CharSequence text, boolean last) {
                      came.add(text.toString());
                      from.request(1);
                      return null;
                    }
                  })
              .get(60, TimeUnit.SECONDS);
      for (int i = 0; i < 100; i++) {
        socket.sendText("text " + i, true).get(60, TimeUnit.SECONDS);
        assertThat(came.poll(60, TimeUnit.SECONDS)).isEqualTo("text " + i);
      }
      socket.abort();
    }
    assertThat(origin.last().line()).isEqualTo("GET /socket?a=b HTTP/1.1");
    assertThat(origin.last().field("X-Forwarded-For")).isEqualTo("127.0.0.1");
    await().until(() -> edge.edge.openConnections() == 0);
  }

  @Test
  void aRefusalOfTheOriginIsAnOrdinaryAnswer() throws Exception {
    origin.answers(
        (request, out) -> out.write(ScriptedOrigin.response("403 Forbidden", "not you")));
    try (HttpClient client = HttpClient.newHttpClient()) {
      Assertions.assertThatThrownBy(
              () ->
                  client
                      .newWebSocketBuilder()
                      .buildAsync(uri(), new WebSocket.Listener() {})
                      .join())
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
    }
  }

  @Test
  void anOriginThatCannotBeReachedIs502() throws Exception {
    origin.close();
    assertThat(
            edge.exchange(
                "GET /s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\n"
                    + "Upgrade: websocket\r\n\r\n"))
        .startsWith("HTTP/1.1 502 ");
  }

  @Test
  void aClientThatReadsNothingHoldsTheOriginBack() throws Exception {
    AtomicLong sent = new AtomicLong();
    byte[] piece = new byte[64 * 1024];
    origin.answers(
        (request, out) -> {
          out.write(
              "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          for (int i = 0; i < 4096; i++) {
            out.write(piece);
            sent.addAndGet(piece.length);
          }
        });
    try (Socket socket = edge.connect()) {
      socket
          .getOutputStream()
          .write(
              "GET /s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 101");
      long[] before = {-1};
      await()
          .pollInterval(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                long now = sent.get();
                boolean stands = now == before[0] && now > 0;
                before[0] = now;
                return stands;
              });
      assertThat(sent.get()).isLessThan(64 << 20);
    }
    await().until(() -> edge.edge.openConnections() == 0);
  }
}
