package io.millrace.cdn.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.core.Clock;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests that two servers could read in two ways are refused and their connection is closed, so
 * that nothing can be smuggled past the edge to its origins (RFC 9112, section 11.2).
 */
class MalformedRequestsTest {

  private static ScriptedOrigin origin;
  private static EdgeFixture edge;

  @BeforeAll
  static void start() throws Exception {
    origin = new ScriptedOrigin();
    origin.answers("fine");
    edge = EdgeFixture.before(origin, Clock.system(), CachePolicy.DEFAULT);
  }

  @AfterAll
  static void stop() throws Exception {
    edge.close();
    origin.close();
  }

  private static String bytes(String shown) {
    return shown
        .replace("\\r", "\r")
        .replace("\\n", "\n")
        .replace("\\0", "\0")
        .replace("\\t", "\t")
        .replace("\\v", "\u000b");
  }

  /** In the requests, {@code ^} stands for CRLF. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      maxCharsPerColumn = 100_000,
      quoteCharacter = '`',
      value = {
        "both lengths           | 400 | POST / HTTP/1.1^Host: x^Content-Length: 3^Transfer-Encoding: chunked^^0^^",
        "both, the other way    | 400 | POST / HTTP/1.1^Host: x^Transfer-Encoding: chunked^Content-Length: 3^^0^^",
        "two lengths            | 400 | POST / HTTP/1.1^Host: x^Content-Length: 3^Content-Length: 4^^abcd",
        "two equal lengths      | 400 | POST / HTTP/1.1^Host: x^Content-Length: 3^Content-Length: 3^^abc",
        "a list of lengths      | 400 | POST / HTTP/1.1^Host: x^Content-Length: 3, 3^^abc",
        "a signed length        | 400 | POST / HTTP/1.1^Host: x^Content-Length: +3^^abc",
        "a negative length      | 400 | POST / HTTP/1.1^Host: x^Content-Length: -3^^abc",
        "a hexadecimal length   | 400 | POST / HTTP/1.1^Host: x^Content-Length: 0x3^^abc",
        "an empty length        | 400 | POST / HTTP/1.1^Host: x^Content-Length:^^abc",
        "a huge length          | 400 | POST / HTTP/1.1^Host: x^Content-Length: 99999999999999999999^^abc",
        "a long body            | 413 | POST / HTTP/1.1^Host: x^Content-Length: 999999999999^^abc",
        "another coding         | 501 | POST / HTTP/1.1^Host: x^Transfer-Encoding: gzip, chunked^^0^^",
        "a coding twice         | 501 | POST / HTTP/1.1^Host: x^Transfer-Encoding: chunked, chunked^^0^^",
        "two codings            | 501 | POST / HTTP/1.1^Host: x^Transfer-Encoding: chunked^Transfer-Encoding: identity^^0^^",
        "an unknown coding      | 501 | POST / HTTP/1.1^Host: x^Transfer-Encoding: xchunked^^0^^",
        "a quoted coding        | 501 | POST / HTTP/1.1^Host: x^Transfer-Encoding: \"chunked\"^^0^^",
        "a coding and a tab     | 400 | POST / HTTP/1.1^Host: x^Transfer-Encoding: \\vchunked^^0^^",
        "a coding in HTTP/1.0   | 400 | POST / HTTP/1.0^Host: x^Transfer-Encoding: chunked^^0^^",
        "space before the colon | 400 | POST / HTTP/1.1^Host: x^Transfer-Encoding : chunked^^0^^",
        "space before the name  | 400 | GET / HTTP/1.1^ Host: x^^",
        "a folded line          | 400 | GET / HTTP/1.1^Host: x^A: b^ c^^",
        "a folded line by tab   | 400 | GET / HTTP/1.1^Host: x^A: b^\\tc^^",
        "a bare LF              | 400 | GET / HTTP/1.1\\nHost: x\\n\\n",
        "a bare LF in fields    | 400 | GET / HTTP/1.1^Host: x\\nA: b^^",
        "a bare CR              | 400 | GET / HTTP/1.1^Host: x\\rA: b^^",
        "a CR at a line's end   | 400 | GET / HTTP/1.1^Host: x\\r^^",
        "a NUL in a value       | 400 | GET / HTTP/1.1^Host: x^A: b\\0c^^",
        "a NUL in a name        | 400 | GET / HTTP/1.1^Host: x^A\\0: b^^",
        "a line without colon   | 400 | GET / HTTP/1.1^Host: x^abc^^",
        "an empty name          | 400 | GET / HTTP/1.1^Host: x^: b^^",
        "no host                | 400 | GET / HTTP/1.1^A: b^^",
        "two hosts              | 400 | GET / HTTP/1.1^Host: x^Host: y^^",
        "an empty host          | 400 | GET / HTTP/1.1^Host:^^",
        "a host with a path     | 400 | GET / HTTP/1.1^Host: x/y^^",
        "a host with a user     | 400 | GET / HTTP/1.1^Host: u@x^^",
        "two spaces             | 400 | GET  / HTTP/1.1^Host: x^^",
        "space at the end       | 400 | GET / HTTP/1.1 ^Host: x^^",
        "a tab in between       | 400 | GET\\t/ HTTP/1.1^Host: x^^",
        "a space in the target  | 400 | GET /a b HTTP/1.1^Host: x^^",
        "no version             | 400 | GET /^Host: x^^",
        "HTTP/2                 | 505 | GET / HTTP/2.0^Host: x^^",
        "HTTP/0.9               | 505 | GET / HTTP/0.9^Host: x^^",
        "lower-case version     | 400 | GET / http/1.1^Host: x^^",
        "an odd version         | 400 | GET / HTTP/1.10^Host: x^^",
        "a relative target      | 400 | GET a HTTP/1.1^Host: x^^",
        "another scheme         | 400 | GET ftp://x/ HTTP/1.1^Host: x^^",
        "a fragment             | 400 | GET /a#b HTTP/1.1^Host: x^^",
        "a fragment in a query  | 400 | GET /a?b#c HTTP/1.1^Host: x^^",
        "a backslash            | 400 | GET /a\\b HTTP/1.1^Host: x^^",
        "half an escape         | 400 | GET /%4 HTTP/1.1^Host: x^^",
        "no escape              | 400 | GET /%zz HTTP/1.1^Host: x^^",
        "an escaped NUL         | 400 | GET /%00 HTTP/1.1^Host: x^^",
        "a bad method           | 400 | G(T / HTTP/1.1^Host: x^^",
        "a long method          | 501 | AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1^Host: x^^",
        "CONNECT                | 501 | CONNECT /x HTTP/1.1^Host: x^^",
        "TRACE                  | 501 | TRACE / HTTP/1.1^Host: x^^",
        "another expectation    | 417 | GET / HTTP/1.1^Host: x^Expect: wonders^^",
        "a TLS hello            | 400 | \\0\\0\\n",
      })
  void isRefused(String what, int status, String shown) throws Exception {
    int before = origin.requests.size();

    // A second request, which must never be taken for one.
    String answer =
        edge.exchange(
            bytes(shown.strip().replace("^", "\r\n").replace("\\b", "\\"))
                + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("Connection: close\r\n");
    assertThat(answer.split("HTTP/1.1 \\d", -1)).hasSize(2);
    assertThat(origin.requests.size()).isEqualTo(before);
  }

  /** What follows a head whose framing was fine. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "no size            | ;a^^",
        "a negative size    | -1^^",
        "a size with 0x     | 0x1^a^0^^",
        "sixteen digits     | 0000000000000001^a^0^^",
        "a space after it   | 1 ^a^0^^",
        "a bare LF          | 1\\na^0^^",
        "a bare LF in ext   | 1;a\\nb^a^0^^",
        "a CR in ext        | 1;a\\rb^a^0^^",
        "data too long      | 1^ab^0^^",
        "data without end   | 1^a0^^",
        "a NUL in ext       | 1;\\0^a^0^^",
      })
  void badChunksEndTheConnection(String what, String shown) throws Exception {
    String answer =
        edge.exchange(
            "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + bytes(shown.strip().replace("^", "\r\n"))
                + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400 ");
    assertThat(answer.split("HTTP/1.1 \\d", -1)).hasSize(2);
    assertThat(origin.requests).noneMatch(request -> request.line().contains("smuggled"));
  }

  @Test
  void goodChunksArePassedOnWhole() throws Exception {
    String answer =
        edge.exchange(
            "POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "3;name=\"value\"\r\nabc\r\n00A ; x\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 200 ");
    assertThat(new String(origin.last().body(), StandardCharsets.US_ASCII))
        .isEqualTo("abc0123456789");
    assertThat(origin.last().field("Trailer")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "414, GET /, 9000, ' HTTP/1.1\r\nHost: x\r\n\r\n'",
    "414, GET /, 100000, ''",
    "431, 'GET / HTTP/1.1\r\nHost: x\r\nA: ', 40000, '\r\n\r\n'",
    "431, 'GET / HTTP/1.1\r\nHost: x\r\nA: ', 100000, ''",
  })
  void headsThatAreTooLargeAreRefusedBeforeTheyEnd(int status, String start, int length, String end)
      throws Exception {
    assertThat(edge.exchange(start + "a".repeat(length) + end))
        .startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void headsWithTooManyFieldsAreRefused() throws Exception {
    assertThat(edge.exchange("GET / HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(101) + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void chunkLinesAndTrailersAreBounded() throws Exception {
    String head = "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    assertThat(edge.exchange(head + "1;" + "a".repeat(2000))).startsWith("HTTP/1.1 400 ");
    assertThat(edge.exchange(head + "0\r\n" + "A: b\r\n".repeat(2000))).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void aRequestSplitAnywhereIsTheSame() throws Exception {
    byte[] request =
        "\r\nGET /split HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    for (int at = 1; at < request.length; at += 3) {
      try (Socket socket = edge.connect()) {
        socket.setTcpNoDelay(true);
        socket.getOutputStream().write(request, 0, at);
        socket.getOutputStream().flush();
        socket.getOutputStream().write(request, at, request.length - at);
        InputStream in = socket.getInputStream();
        assertThat(EdgeFixture.readAll(in)).startsWith("HTTP/1.1 200 ");
      }
    }
  }

  @Test
  void theAbsoluteFormNamesTheHost() throws Exception {
    edge.exchange("GET http://Other:80/p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(origin.last().line()).isEqualTo("GET /p HTTP/1.1");
    assertThat(origin.last().field("Host")).isEqualTo("other:80");
  }
}
