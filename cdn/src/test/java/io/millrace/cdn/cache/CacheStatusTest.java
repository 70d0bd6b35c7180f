package io.millrace.cdn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ManualClock;
import io.millrace.cdn.ScriptedOrigin;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What answers say of how they came about: Cache-Status (RFC 9211), Proxy-Status (RFC 9209). */
class CacheStatusTest {

  private final ManualClock clock = new ManualClock();
  private ScriptedOrigin origin;
  private EdgeFixture edge;

  @BeforeEach
  void start() throws Exception {
    origin = new ScriptedOrigin();
    edge = EdgeFixture.before(origin, clock, CachePolicy.DEFAULT);
  }

  @AfterEach
  void stop() throws Exception {
    edge.close();
    origin.close();
  }

  private String status(String... headers) throws Exception {
    return edge.get("/a", headers).headers().firstValue("Cache-Status").orElse("");
  }

  private String error() throws Exception {
    HttpResponse<String> answer = edge.get("/a");
    assertThat(answer.statusCode()).isGreaterThanOrEqualTo(500);
    return answer.headers().firstValue("Proxy-Status").orElse("");
  }

  @Test
  void anAnswerSaysWhyTheOriginWasAsked() throws Exception {
    origin.answers("x", "Cache-Control: max-age=60", "Vary: Colour", "ETag: \"a\"");

    assertThat(status()).startsWith("millrace; fwd=uri-miss; stored; ttl=60");
    assertThat(status()).startsWith("millrace; hit; ttl=60");
    assertThat(status("Colour", "red")).startsWith("millrace; fwd=vary-miss; stored");
    assertThat(status("Cache-Control", "no-cache")).startsWith("millrace; fwd=request; stored");
    clock.advanceSeconds(61);
    assertThat(status()).startsWith("millrace; fwd=stale; stored");
    origin.answers(
        (request, out) ->
            out.write(ScriptedOrigin.response("304 Not Modified", "", "ETag: \"a\"")));
    clock.advanceSeconds(61);
    assertThat(status()).startsWith("millrace; fwd=stale; fwd-status=304; ttl=60");
  }

  @Test
  void whatIsNotStoredIsNotSaidToBe() throws Exception {
    origin.answers("x", "Cache-Control: no-store");

    assertThat(status()).isEqualTo("millrace; fwd=uri-miss");
    HttpResponse<String> posted =
        edge.client.send(
            HttpRequest.newBuilder(edge.uri("/a")).POST(BodyPublishers.ofString("x")).build(),
            BodyHandlers.ofString());
    assertThat(posted.headers().firstValue("Cache-Status")).hasValue("millrace; fwd=method");
  }

  @Test
  void partsThatAreCompletedAreSaidToBe() throws Exception {
    origin.answers(
        (request, out) -> {
          boolean start = "bytes=0-1".equals(request.field("range"));
          out.write(
              ScriptedOrigin.response(
                  "206 Partial Content",
                  start ? "ab" : "cd",
                  "ETag: \"a\"",
                  "Cache-Control: max-age=60",
                  "Content-Range: bytes " + (start ? "0-1" : "2-3") + "/4"));
        });
    edge.get("/a", "Range", "bytes=0-1");

    assertThat(status()).startsWith("millrace; fwd=partial; stored");
  }

  @Test
  void theStatusOfAnEdgeBehindStandsBeforeOurs() throws Exception {
    origin.answers("x", "Cache-Control: max-age=60", "Cache-Status: parent; hit");
    edge.get("/a");

    assertThat(edge.get("/a").headers().allValues("Cache-Status"))
        .satisfiesExactly(
            behind -> assertThat(behind).isEqualTo("parent; hit"),
            ours -> assertThat(ours).startsWith("millrace; hit"));
  }

  @Test
  void anErrorSaysWhatKeptTheEdgeFromTheOrigin() throws Exception {
    origin.answers((request, out) -> request.connection().close());
    assertThat(error()).isEqualTo("millrace; error=connection_terminated");
    clock.advanceSeconds(5);
    origin.answers(
        (request, out) -> out.write("nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    assertThat(error()).isEqualTo("millrace; error=http_protocol_error");
    clock.advanceSeconds(5);
    origin.close();
    assertThat(error()).isEqualTo("millrace; error=connection_refused");
    assertThat(
            edge.get("/b", "Cache-Control", "only-if-cached").headers().firstValue("Proxy-Status"))
        .hasValue("millrace; error=proxy_internal_response");
  }
}
