package io.millrace.cdn.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cdn.EdgeFixture;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderOriginTest {

  @TempDir Path temp;
  private EdgeFixture edge;

  @BeforeEach
  void start() throws Exception {
    Path site = Files.createDirectory(temp.resolve("site"));
    Files.writeString(site.resolve("index.html"), "<h1>board</h1>");
    Files.createDirectory(site.resolve("css"));
    Files.writeString(site.resolve("css/a b.css"), "p{}");
    Files.writeString(site.resolve(".secret"), "no");
    Files.writeString(temp.resolve("outside.txt"), "no");
    Files.createSymbolicLink(site.resolve("link.txt"), temp.resolve("outside.txt"));
    edge = new EdgeFixture(new FolderOrigin(site, "/"));
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void aFileIsServedWithItsTypeAndValidators() throws Exception {
    HttpResponse<String> page = edge.get("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).isEqualTo("<h1>board</h1>");
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("ETag")).isPresent();
    assertThat(page.headers().firstValue("Last-Modified")).isPresent();
    assertThat(edge.get("/css/a%20b.css").body()).isEqualTo("p{}");
  }

  @Test
  void aClientThatHasTheFileIsTold304() throws Exception {
    String tag = edge.get("/").headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> again = edge.get("/", "If-None-Match", tag);

    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../outside.txt",
        "/css/../../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/css/%2e%2e/%2e%2e/outside.txt",
        "/link.txt",
        "/.secret",
        "/%2esecret",
        "//etc/passwd",
        "/css",
        "/index.html%00.png",
        "/index.html/",
      })
  void noPathLeadsOutOfTheFolder(String path) throws Exception {
    String answer =
        edge.exchange("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answer).matches("(?s)HTTP/1.1 40[04] .*").doesNotContain("\r\n\r\nno");
  }

  @Test
  void onlyGetAndHeadAreAllowed() throws Exception {
    String answer = edge.exchange("DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 405 ").contains("Allow: GET, HEAD\r\n");
  }

  @Test
  void aFileThatIsTooLargeForTheCacheIsStreamedWhole() throws Exception {
    byte[] content = new byte[20 << 20];
    new Random(1).nextBytes(content);
    Files.write(temp.resolve("site/large.bin"), content);

    byte[] got =
        edge.client
            .send(
                java.net.http.HttpRequest.newBuilder(edge.uri("/large.bin")).build(),
                HttpResponse.BodyHandlers.ofByteArray())
            .body();

    assertThat(got).isEqualTo(content);
    assertThat(edge.edge.cachedBytes()).isLessThan(1 << 20);
  }
}
