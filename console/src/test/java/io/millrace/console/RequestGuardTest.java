package io.millrace.console;

import static io.millrace.console.ConsoleFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pages of other sites, and clients that mean harm, get from the console: nothing. */
class RequestGuardTest {

  @TempDir Path folder;
  private ConsoleFixture node;

  @BeforeEach
  void start() throws Exception {
    node =
        new ConsoleFixture(
            folder,
            new ConsoleSettings("127.0.0.1", 0, Set.of("millrace.example"), 64 * 1024, 64),
            null);
    node.topic("orders", 1);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void aNameThatSomebodyElseMayResolveToThisMachineIsRefused() throws Exception {
    assertThat(raw("GET /api/topics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421 ")
        .contains("console.allowed-hosts")
        .doesNotContain("orders");
    assertThat(raw("GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421 ");
    assertThat(raw("GET / HTTP/1.1\r\nHost: localhost:8081\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(raw("GET / HTTP/1.1\r\nHost: [::1]:8081\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(raw("GET / HTTP/1.1\r\nHost: millrace.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aRequestOfAnotherOriginChangesNothing() throws Exception {
    HttpResponse<String> refused =
        node.send(
            node.request("/api/topics/orders").header("Origin", "http://evil.example").DELETE());

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(
            node.send(node.request("/api/topics/orders").header("Origin", "null").DELETE())
                .statusCode())
        .isEqualTo(403);
    assertThat(
            node.send(
                    node.request("/api/topics/orders")
                        .header("Origin", "http://127.0.0.1:" + (node.console.port() + 1))
                        .DELETE())
                .statusCode())
        .as("another port is another origin")
        .isEqualTo(403);
    assertThat(
            node.send(
                    node.request("/api/topics/orders")
                        .header("Sec-Fetch-Site", "cross-site")
                        .DELETE())
                .statusCode())
        .isEqualTo(403);
    assertThat(node.broker.topics().find("orders")).isNotNull();
  }

  @Test
  void theConsolesOwnPageMayChangeThings() throws Exception {
    HttpResponse<String> deleted =
        node.send(
            node.request("/api/topics/orders")
                .header("Origin", "http://127.0.0.1:" + node.console.port())
                .header("Sec-Fetch-Site", "same-origin")
                .DELETE());

    assertThat(deleted.statusCode()).isEqualTo(204);
  }

  @Test
  void whatAFormCanSendIsRefused() throws Exception {
    String topic = "{\"name\": \"made\"}";

    assertThat(
            node.send(
                    node.request("/api/topics")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(topic)))
                .statusCode())
        .isEqualTo(415);
    assertThat(
            node.send(node.request("/api/topics").POST(BodyPublishers.ofString(topic)))
                .statusCode())
        .isEqualTo(415);
    assertThat(node.broker.topics().find("made")).isNull();
  }

  @Test
  void nothingIsGrantedToOtherOrigins() throws Exception {
    HttpResponse<String> preflight =
        node.send(
            node.request("/api/topics")
                .header("Origin", "http://evil.example")
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody()));

    assertThat(preflight.statusCode()).isEqualTo(403);
    assertThat(preflight.headers().map().keySet())
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
    assertThat(node.get("/api/topics").headers().firstValue("Access-Control-Allow-Origin"))
        .isEmpty();
  }

  @Test
  void malformedBodiesAreRefusedWithTheirPlace() throws Exception {
    HttpResponse<String> cut = node.post("/api/topics", "{\"name\": \"a\",\n \"partitions\": }");
    assertThat(cut.statusCode()).isEqualTo(400);
    assertThat(json(cut).get("line").asInt()).isEqualTo(2);
    HttpResponse<String> unknown = node.post("/api/topics", "{\"nome\": \"a\"}");
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(json(unknown).get("detail").asText()).contains("nome").contains("name");
    assertThat(node.post("/api/topics", "").statusCode()).isEqualTo(400);
    assertThat(node.post("/api/topics", "null").statusCode()).isEqualTo(400);
    assertThat(node.post("/api/topics", "[]").statusCode()).isEqualTo(400);
    assertThat(node.post("/api/topics", "{\"name\":\"a\"} {}").statusCode()).isEqualTo(400);
    assertThat(node.post("/api/topics", "[".repeat(20_000)).statusCode()).isEqualTo(400);
    assertThat(node.post("/api/topics", "\u0000\u0001").statusCode()).isEqualTo(400);
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedWhateverItsFraming() throws Exception {
    String large = "{\"name\": \"" + "a".repeat(70_000) + "\"}";

    HttpResponse<String> declared = node.post("/api/topics", large);
    assertThat(declared.statusCode()).isEqualTo(413);
    assertThat(json(declared).get("detail").asText()).contains("65536");

    String chunks = "2000\r\n" + "a".repeat(0x2000) + "\r\n";
    assertThat(
            raw(
                "POST /api/topics HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
                    + chunks.repeat(9)))
        .startsWith("HTTP/1.1 413 ");
    assertThat(
            raw(
                "POST /api/topics HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 999999999999999\r\n\r\n{"))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void unknownPathsAndMethodsAreToldApart() throws Exception {
    assertThat(node.get("/api/nothing").statusCode()).isEqualTo(404);
    assertThat(node.get("/page/../../etc/passwd").statusCode()).isEqualTo(404);
    assertThat(node.get("/page/Main.class").statusCode()).isEqualTo(404);
    HttpResponse<String> put =
        node.send(
            node.request("/api/topics")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{}")));
    assertThat(put.statusCode()).isEqualTo(405);
    assertThat(put.headers().firstValue("Allow")).contains("GET, POST");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.console.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
