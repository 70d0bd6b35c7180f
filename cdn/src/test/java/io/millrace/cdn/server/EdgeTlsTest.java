package io.millrace.cdn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.store.DiskSettings;
import io.millrace.cdn.tls.EdgeTlsSettings;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The encrypted port, by unmodified clients. */
class EdgeTlsTest {

  @TempDir static Path folder;
  private static TestCertificate local;
  private static TestCertificate other;

  private ScriptedOrigin origin;
  private EdgeFixture edge;

  @BeforeAll
  static void makeCertificates() throws Exception {
    local = TestCertificate.make(folder, "local", "DNS:localhost,IP:127.0.0.1");
    other = TestCertificate.make(folder, "other", "DNS:other.example,DNS:*.wild.example");
  }

  @BeforeEach
  void start() throws Exception {
    origin = new ScriptedOrigin();
    origin.answers(
        (request, out) ->
            out.write(
                ScriptedOrigin.response("200 OK", request.line(), "Cache-Control: max-age=60")));
    edge = edge(EdgeTlsSettings.of(0, local.files(), other.files()));
  }

  private EdgeFixture edge(EdgeTlsSettings tls) {
    return new EdgeFixture(
        EdgeFixture.settings(16 << 20, null, tls, Duration.ofSeconds(10)),
        new RouteTable(
            List.of(
                new Route(
                    "*", "/", EdgeFixture.http(origin, Clock.system()), CachePolicy.DEFAULT))),
        Clock.system());
  }

  @AfterEach
  void stop() throws Exception {
    edge.close();
    origin.close();
  }

  private URI secure(String path) {
    return URI.create("https://localhost:" + edge.edge.securePort() + path);
  }

  @Test
  void theJdksClientSpeaksHttp2ByNegotiation() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(local.trusted()).build()) {
      // It opens a connection for each request until it has one that speaks HTTP/2.
      client.send(HttpRequest.newBuilder(secure("/0")).build(), BodyHandlers.ofString());
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(
            client.sendAsync(
                HttpRequest.newBuilder(secure("/" + i % 10)).build(), BodyHandlers.ofString()));
      }
      for (int i = 0; i < 100; i++) {
        HttpResponse<String> answer = answers.get(i).get();
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body()).isEqualTo("GET /" + i % 10 + " HTTP/1.1");
      }
      byte[] content = new byte[1 << 20];
      new Random(7).nextBytes(content);
      HttpResponse<String> put =
          client.send(
              HttpRequest.newBuilder(secure("/up"))
                  .PUT(BodyPublishers.ofByteArray(content))
                  .build(),
              BodyHandlers.ofString());
      assertThat(put.statusCode()).isEqualTo(200);
      assertThat(origin.last().body()).isEqualTo(content);
    }
    assertThat(edge.edge.figures().http2Connections.sum()).isEqualTo(1);
  }

  @Test
  void theJdksClientSpeaksHttp1IfItWants() throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(local.trusted())
            .build()) {
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(secure("/a")).build(), BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
      assertThat(answer.body()).isEqualTo("GET /a HTTP/1.1");
    }
    assertThat(edge.edge.figures().http2Connections.sum()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "--http1.1, 1.1, --tlsv1.2",
    "--http1.1, 1.1, --tlsv1.3",
    "--http2, 2, --tlsv1.3",
    "--http2, 2, --tls-max=1.2"
  })
  void curlSpeaksEveryVersion(String http, String spoken, String tls) throws Exception {
    assumeTrue(Command.isInstalled("curl"), "curl is not installed");
    String[] more = tls.contains("=") ? tls.split("=") : new String[] {tls};
    List<String> command = new ArrayList<>(List.of("curl", "-sS", http));
    command.addAll(List.of(more));
    command.addAll(
        List.of(
            "--cacert",
            local.certificate().toString(),
            "-w",
            " by %{http_version}",
            secure("/curl").toString()));
    assertThat(Command.output(command.toArray(String[]::new)))
        .isEqualTo("GET /curl HTTP/1.1 by " + spoken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2-prior-knowledge"})
  void curlSpeaksBothVersionsInPlainText(String version) throws Exception {
    assumeTrue(Command.isInstalled("curl"), "curl is not installed");
    Path upload = Files.writeString(folder.resolve("upload"), "u".repeat(500_000));

    String url = "http://127.0.0.1:" + edge.edge.port() + "/curl";
    assertThat(Command.output("curl", "-sS", version, url)).isEqualTo("GET /curl HTTP/1.1");
    assertThat(Command.output("curl", "-sSI", version, url))
        .containsIgnoringCase("content-length: 18");
    assertThat(Command.output("curl", "-sS", version, "-T", upload.toString(), url))
        .isEqualTo("PUT /curl HTTP/1.1");
    assertThat(origin.last().body()).hasSize(500_000);
  }

  @ParameterizedTest
  @CsvSource({
    "other.example, other",
    "a.wild.example, other",
    "localhost, local",
    "wild.example, local",
    "a.b.wild.example, local"
  })
  void theCertificateIsTheOneOfTheName(String name, String shown) throws Exception {
    assumeTrue(Command.isInstalled("curl"), "curl is not installed");
    int port = edge.edge.securePort();
    assertThat(
            Command.output(
                "curl",
                "-sSkv",
                "--resolve",
                name + ":" + port + ":127.0.0.1",
                "https://" + name + ":" + port + "/"))
        .contains("subject: CN=" + shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void aSessionIsResumedAlsoOnAnotherConnection(String version) throws Exception {
    assumeTrue(openssl(), "openssl is not installed");
    Path session = folder.resolve("session" + version);
    String to = "127.0.0.1:" + edge.edge.securePort();
    String request = "GET /s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    String first = sClient(request, version, "-connect", to, "-sess_out", session.toString());
    String second = sClient(request, version, "-connect", to, "-sess_in", session.toString());

    assertThat(first).contains("New, TLSv1.").contains("GET /s HTTP/1.1");
    assertThat(second).contains("Reused, TLSv1.").contains("GET /s HTTP/1.1");
  }

  private static boolean openssl() throws Exception {
    try {
      return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String sClient(String request, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-ign_eof"));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    process.waitFor();
    return output;
  }

  @Test
  void aNewCertificateIsTakenOverWithoutARestart() throws Exception {
    Path own = Files.createTempDirectory(folder, "renewed");
    TestCertificate before = TestCertificate.make(own, "site", "DNS:localhost");
    edge.close();
    edge =
        edge(
            new EdgeTlsSettings(
                0,
                List.of(before.files()),
                EdgeTlsSettings.Version.TLS_1_2,
                false,
                Duration.ZERO,
                Duration.ZERO));
    assertThat(statusBy(before)).isEqualTo(200);

    Files.writeString(before.key(), "half of it");
    assertThat(statusBy(before)).isEqualTo(200);
    TestCertificate after = TestCertificate.make(own, "site", "DNS:localhost");

    assertThat(statusBy(after)).isEqualTo(200);
    assertThat(edge.edge.certificates())
        .satisfies(used -> assertThat(used.failedReloads()).isPositive())
        .satisfies(used -> assertThat(used.reloads()).isPositive());
  }

  private int statusBy(TestCertificate trusted) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(trusted.trusted()).build()) {
      return client
          .send(HttpRequest.newBuilder(secure("/r")).build(), BodyHandlers.ofString())
          .statusCode();
    }
  }

  @Test
  void plainRequestsAreSentOnAndBrowsersToldToRemember() throws Exception {
    edge.close();
    edge = edge(EdgeTlsSettings.of(0, local.files()).withRedirects(Duration.ofDays(365)));

    HttpResponse<String> plain = edge.get("/a?b=c");
    assertThat(plain.statusCode()).isEqualTo(308);
    assertThat(plain.headers().firstValue("location"))
        .hasValue("https://127.0.0.1:" + edge.edge.securePort() + "/a?b=c");
    assertThat(plain.headers().firstValue("strict-transport-security")).isEmpty();
    assertThat(edge.get("/.well-known/acme-challenge/x").statusCode()).isEqualTo(200);

    for (HttpClient.Version version : HttpClient.Version.values()) {
      if (!version.name().equals("HTTP_3")) {
        try (HttpClient client =
            HttpClient.newBuilder().version(version).sslContext(local.trusted()).build()) {
          HttpResponse<String> answer =
              client.send(HttpRequest.newBuilder(secure("/a")).build(), BodyHandlers.ofString());
          assertThat(answer.headers().firstValue("strict-transport-security"))
              .hasValue("max-age=31536000");
        }
      }
    }
  }

  @Test
  void oldVersionsAreRefusedIfSet() throws Exception {
    edge.close();
    edge = edge(EdgeTlsSettings.of(0, local.files()).withOldest(EdgeTlsSettings.Version.TLS_1_3));
    assertThatThrownBy(
            () -> Command.output("curl", "-sSk", "--tls-max", "1.2", secure("/").toString()))
        .isInstanceOf(AssertionError.class);
    await().until(() -> edge.edge.figures().handshakesFailed.sum() == 1);
  }

  @Test
  void aKeyOfAnotherCertificateIsSaidSo() {
    assertThatThrownBy(
            () ->
                edge(
                    EdgeTlsSettings.of(
                        0, new EdgeTlsSettings.Files(local.certificate(), other.key()))))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("edge.tls.certificates[].certificate")
        .hasMessageContaining("is not that of the certificate");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h2loadIsAnsweredInFull(boolean secure) throws Exception {
    assumeTrue(Command.isInstalled("h2load"), "h2load is not installed");
    String url =
        secure ? secure("/load").toString() : "http://127.0.0.1:" + edge.edge.port() + "/load";
    assertThat(Command.output("h2load", "-n", "5000", "-c", "10", "-m", "50", url))
        .contains("5000 succeeded, 0 failed, 0 errored, 0 timeout");
    assertThat(origin.requests).hasSize(1);
  }

  @Test
  void whatLiesOnDiskComesWholeInBothVersions() throws Exception {
    edge.close();
    byte[] content = new byte[3_000_000];
    new Random(11).nextBytes(content);
    origin.answers(
        (request, out) -> {
          out.write(
              ("HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\nContent-Length: "
                      + content.length
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
          out.write(content);
        });
    edge =
        new EdgeFixture(
            EdgeFixture.settings(
                64 * 1024,
                new DiskSettings(Files.createTempDirectory(folder, "disk"), 256L << 20, 64 << 20),
                EdgeTlsSettings.of(0, local.files()),
                Duration.ZERO),
            new RouteTable(
                List.of(
                    new Route(
                        "*", "/", EdgeFixture.http(origin, Clock.system()), CachePolicy.DEFAULT))),
            Clock.system());
    for (HttpClient.Version version :
        List.of(HttpClient.Version.HTTP_2, HttpClient.Version.HTTP_1_1)) {
      try (HttpClient client =
          HttpClient.newBuilder().version(version).sslContext(local.trusted()).build()) {
        for (int i = 0; i < 3; i++) {
          HttpResponse<byte[]> answer =
              client.send(
                  HttpRequest.newBuilder(secure("/large")).build(), BodyHandlers.ofByteArray());
          assertThat(answer.version()).isEqualTo(version);
          assertThat(answer.body()).isEqualTo(content);
          await()
              .atMost(Duration.ofSeconds(60))
              .untilAsserted(
                  () ->
                      assertThat(edge.edge.disk())
                          .satisfies(disk -> assertThat(disk.objects()).isEqualTo(1)));
        }
      }
    }
    assertThat(origin.requests).hasSize(1);
  }

  @Test
  void whatIsUnderWayEndsBeforeTheEdgeDoes() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    origin.answers(
        (request, out) -> {
          asked.complete(null);
          goOn.join();
          out.write(ScriptedOrigin.response("200 OK", "whole"));
        });
    try (HttpClient client = HttpClient.newBuilder().sslContext(local.trusted()).build()) {
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(
              HttpRequest.newBuilder(secure("/slow")).build(), BodyHandlers.ofString());
      asked.get();
      Thread stopping = Thread.ofVirtual().start(() -> edge.edge.close());
      await().until(() -> !isListening(edge.edge.port()));
      goOn.complete(null);
      assertThat(answer.get().body()).isEqualTo("whole");
      stopping.join();
    }
  }

  private static boolean isListening(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
