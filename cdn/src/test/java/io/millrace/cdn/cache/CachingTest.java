package io.millrace.cdn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ManualClock;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.http.HttpDate;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the edge keeps, for how long, and for whom: RFC 9111 and its companions. */
class CachingTest {

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

  private HttpResponse<String> get(String... headers) throws Exception {
    return edge.get("/a", headers);
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return edge.client.send(
        HttpRequest.newBuilder(edge.uri(path)).method(method, BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  private String date(long secondsFromNow) {
    return HttpDate.format(clock.millis() + secondsFromNow * 1000);
  }

  private static String status(HttpResponse<String> response) {
    return response.headers().firstValue("Cache-Status").orElse("");
  }

  private static String age(HttpResponse<String> response) {
    return response.headers().firstValue("Age").orElse("none");
  }

  private int fetches() {
    return origin.requests.size();
  }

  // ---- freshness (section 4.2) ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Cache-Control: max-age=60                             | 59 | 61",
        "Cache-Control: max-age=\"60\"                         | 59 | 61",
        "Cache-Control: MAX-AGE=60, foo=\"a,b\"                | 59 | 61",
        "Cache-Control: max-age=600, s-maxage=60               | 59 | 61",
        "Cache-Control: s-maxage=60, max-age=0                 | 59 | 61",
        "Cache-Control: max-age=60, max-age=600                | 59 | 61",
        "Expires: +60                                          | 59 | 61",
        "Cache-Control: max-age=60; Expires: +600              | 59 | 61",
        "CDN-Cache-Control: max-age=60; Cache-Control: no-store| 59 | 61",
        "Last-Modified: -600                                   | 59 | 61",
        "Cache-Control: max-age=60; Age: 30                    | 29 | 31",
        "Cache-Control: max-age=60; Age: 0, old                | 59 | 61",
        "Cache-Control: max-age=60; Age: x                     | 59 | 61",
        "Cache-Control: max-age=60; Age: -7200                 | 59 | 61",
        "Cache-Control: max-age=60; Age: , 0                   | 59 | 61",
        "Cache-Control: max-age=60; Age: 30 , 0                | 29 | 31",
        "Cache-Control: max-age=60; Age: 30; Age: 50           | 29 | 31",
        "Cache-Control: public; Last-Modified: -600            | 59 | 61",
      })
  void aResponseIsFreshForAsLongAsItSays(String fields, int fresh, int stale) throws Exception {
    List<String> lines = new ArrayList<>(List.of("Date: " + date(0)));
    for (String field : fields.split(";", -1)) {
      String[] parts = field.strip().split(": ", 2);
      boolean relative = parts[1].matches("[+-]\\d+");
      lines.add(parts[0] + ": " + (relative ? date(Long.parseLong(parts[1])) : parts[1]));
    }
    origin.answers("x", lines.toArray(new String[0]));
    get();
    clock.advanceSeconds(fresh);
    assertThat(status(get())).contains("; hit");
    assertThat(fetches()).isEqualTo(1);

    clock.advanceSeconds(stale - fresh);
    get();

    assertThat(fetches()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cache-Control: no-store",
        "Cache-Control: private",
        "Cache-Control: private, max-age=60",
        "Cache-Control: no-cache",
        "Cache-Control: max-age=0",
        "Cache-Control: max-age=abc",
        "Cache-Control: s-maxage=0, max-age=60",
        "Expires: 0",
        "Cache-Control: max-age=60\r\nVary: *",
        "Cache-Control: max-age=60\r\nAge: 61",
        "Cache-Control: max-age=60\r\nAge: 61, 0",
        "Cache-Control: max-age=60\r\nSet-Cookie: a=b",
        "X-None: 1",
      })
  void whatMayNotBeReusedIsFetchedEachTime(String fields) throws Exception {
    origin.answers("x", "Date: " + date(0), fields);

    get();
    get();

    assertThat(fetches()).isEqualTo(2);
  }

  @Test
  void anAnswerFromTheCacheTellsItsAge() throws Exception {
    origin.answers("x", "Cache-Control: max-age=60", "Age: 5");
    assertThat(age(get())).isEqualTo("5");
    clock.advanceSeconds(7);

    HttpResponse<String> hit = get();

    assertThat(age(hit)).isEqualTo("12");
    assertThat(status(hit)).isEqualTo("millrace; hit; ttl=48");
    assertThat(hit.headers().firstValue("Date")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501, 302, 307, 418, 500})
  void anyFinalStatusCanBeStoredWhenItSaysForHowLong(int status) throws Exception {
    origin.answers(
        (request, out) ->
            out.write(ScriptedOrigin.response(status + " S", "", "Cache-Control: max-age=60")));

    get();
    HttpResponse<String> again = get();

    assertThat(again.statusCode()).isEqualTo(status);
    assertThat(fetches()).isEqualTo(1);
  }

  @Test
  void thatThereIsNothingIsRememberedForAMoment() throws Exception {
    origin.answers((request, out) -> out.write(ScriptedOrigin.response("404 Not Found", "no")));
    get();
    assertThat(get().body()).isEqualTo("no");
    assertThat(fetches()).isEqualTo(1);

    clock.advanceSeconds(2);
    get();

    assertThat(fetches()).isEqualTo(2);
  }

  // ---- validation (section 4.3) ----

  @Test
  void aStaleResponseIsValidatedAndRenewed() throws Exception {
    origin.answers("x", "Cache-Control: max-age=10", "ETag: \"1\"", "X-Old: kept", "X-New: a");
    get();
    clock.advanceSeconds(11);
    origin.answers(
        (request, out) ->
            out.write(
                ScriptedOrigin.response(
                    "304 Not Modified",
                    "",
                    "Cache-Control: max-age=20",
                    "ETag: \"1\"",
                    "X-New: b")));

    HttpResponse<String> renewed = get();

    assertThat(renewed.statusCode()).isEqualTo(200);
    assertThat(renewed.body()).isEqualTo("x");
    assertThat(renewed.headers().allValues("X-New")).containsExactly("b");
    assertThat(renewed.headers().allValues("X-Old")).containsExactly("kept");
    assertThat(origin.last().field("If-None-Match")).isEqualTo("\"1\"");
    clock.advanceSeconds(19);
    get();
    assertThat(fetches()).isEqualTo(2);
  }

  @Test
  void a304AboutAnotherResponseDoesNotRenewThisOne() throws Exception {
    origin.answers("old", "Cache-Control: max-age=10", "ETag: \"1\"");
    get();
    clock.advanceSeconds(11);
    origin.answers(
        (request, out) ->
            out.write(
                request.field("If-None-Match") != null
                    ? ScriptedOrigin.response("304 Not Modified", "", "ETag: \"2\"")
                    : ScriptedOrigin.response("200 OK", "new", "ETag: \"2\"")));

    assertThat(get().body()).isEqualTo("new");
  }

  @Test
  void clientsConditionsAreAnsweredFromTheCache() throws Exception {
    String changed = date(-3600);
    origin.answers("x", "Cache-Control: max-age=60", "ETag: \"1\"", "Last-Modified: " + changed);
    get();

    assertThat(get("If-None-Match", "\"0\", W/\"1\"").statusCode()).isEqualTo(304);
    assertThat(get("If-None-Match", "*").statusCode()).isEqualTo(304);
    assertThat(get("If-None-Match", "\"2\"").statusCode()).isEqualTo(200);
    assertThat(get("If-Modified-Since", changed).statusCode()).isEqualTo(304);
    assertThat(get("If-Modified-Since", date(-7200)).statusCode()).isEqualTo(200);
    assertThat(get("If-None-Match", "\"2\"", "If-Modified-Since", changed).statusCode())
        .isEqualTo(200);
    HttpResponse<String> notModified = get("If-None-Match", "\"1\"");
    assertThat(notModified.body()).isEmpty();
    assertThat(notModified.headers().firstValue("ETag")).hasValue("\"1\"");
    assertThat(notModified.headers().firstValue("Cache-Control")).hasValue("max-age=60");
    assertThat(fetches()).isEqualTo(1);
  }

  @Test
  void aClientsConditionsDoNotReachTheOriginOnAMiss() throws Exception {
    origin.answers("x", "Cache-Control: max-age=60", "ETag: \"1\"");

    assertThat(get("If-None-Match", "\"1\"").statusCode()).isEqualTo(304);

    assertThat(origin.last().field("If-None-Match")).isNull();
    assertThat(status(get())).contains("hit");
  }

  // ---- variants (section 4.1) ----

  @Test
  void variantsAreKeptApart() throws Exception {
    origin.answers(
        (request, out) ->
            out.write(
                ScriptedOrigin.response(
                    "200 OK",
                    "in " + request.field("Accept-Language"),
                    "Cache-Control: max-age=60",
                    "Vary: Accept-Language")));

    assertThat(get("Accept-Language", "de").body()).isEqualTo("in de");
    assertThat(get("Accept-Language", "fr").body()).isEqualTo("in fr");
    assertThat(get("Accept-Language", "DE ").body()).isEqualTo("in de");
    assertThat(get("Accept-Language", "fr").body()).isEqualTo("in fr");
    assertThat(get().body()).isEqualTo("in null");
    assertThat(fetches()).isEqualTo(3);
  }

  // ---- stale (section 4.2.4, RFC 5861) ----

  @Test
  void staleIsServedWhileTheNextOneIsFetched() throws Exception {
    origin.answers("old", "Cache-Control: max-age=10, stale-while-revalidate=30");
    get();
    clock.advanceSeconds(15);
    origin.answers("new", "Cache-Control: max-age=10");

    HttpResponse<String> stale = get();

    assertThat(stale.body()).isEqualTo("old");
    assertThat(status(stale)).contains("stale-while-revalidate");
    await().until(() -> get().body().equals("new"));
    assertThat(fetches()).isEqualTo(2);
  }

  @Test
  void afterThatTimeTheClientWaits() throws Exception {
    origin.answers("old", "Cache-Control: max-age=10, stale-while-revalidate=30");
    get();
    clock.advanceSeconds(41);
    origin.answers("new", "Cache-Control: max-age=10");

    assertThat(get().body()).isEqualTo("new");
  }

  @Test
  void sMaxageForbidsStaleUseUnlessItIsWelcomedInTheSameBreath() throws Exception {
    origin.answers("old", "Cache-Control: s-maxage=10, stale-while-revalidate=30");
    get();
    clock.advanceSeconds(15);
    assertThat(status(get())).contains("stale-while-revalidate");

    origin.answers("b", "Cache-Control: s-maxage=10");
    edge.get("/b");
    clock.advanceSeconds(15);
    origin.answers((request, out) -> out.write(ScriptedOrigin.response("503 S", "down")));
    assertThat(edge.get("/b").statusCode()).isEqualTo(503);
  }

  @Test
  void staleIsServedWhenTheOriginFails() throws Exception {
    origin.answers("old", "Cache-Control: max-age=10, stale-if-error=60");
    get();
    clock.advanceSeconds(15);
    origin.answers((request, out) -> out.write(ScriptedOrigin.response("500 S", "oops")));
    HttpResponse<String> stale = get();
    assertThat(stale.body()).isEqualTo("old");
    assertThat(status(stale)).contains("stale-if-error");

    clock.advanceSeconds(5);
    origin.answers(
        (request, out) -> {
          throw new IOException("gone");
        });
    assertThat(get().body()).isEqualTo("old");

    clock.advanceSeconds(60);
    assertThat(get().statusCode()).isEqualTo(502);
  }

  @ParameterizedTest
  @ValueSource(strings = {"must-revalidate", "proxy-revalidate", "no-cache"})
  void whereValidationIsAMustAFailureIsToldAsOne(String directive) throws Exception {
    origin.answers("old", "Cache-Control: max-age=10, " + directive, "ETag: \"1\"");
    get();
    clock.advanceSeconds(15);
    origin.answers((request, out) -> out.write(ScriptedOrigin.response("503 S", "down")));

    HttpResponse<String> answer = get();

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("down");
  }

  @Test
  void aDeadOriginIsLeftAloneForAMoment() throws Exception {
    origin.answers(
        (request, out) -> {
          throw new IOException("gone");
        });
    assertThat(get().statusCode()).isEqualTo(502);
    assertThat(get().statusCode()).isEqualTo(502);
    int before = fetches();
    assertThat(get().statusCode()).isEqualTo(502);
    assertThat(fetches()).isEqualTo(before);

    clock.advanceSeconds(2);
    origin.answers("back", "Cache-Control: max-age=60");

    assertThat(get().body()).isEqualTo("back");
  }

  // ---- what requests say (section 5.2.1) ----

  @Test
  void aClientCanAskForWhatIsFresher() throws Exception {
    origin.answers("x", "Cache-Control: max-age=60");
    get();
    clock.advanceSeconds(30);

    assertThat(status(get("Cache-Control", "max-age=40"))).contains("hit");
    assertThat(status(get("Cache-Control", "min-fresh=20"))).contains("hit");
    assertThat(fetches()).isEqualTo(1);
    get("Cache-Control", "max-age=20");
    clock.advanceSeconds(30);
    get("Cache-Control", "min-fresh=40");
    get("Cache-Control", "no-cache");
    get("Pragma", "no-cache");
    assertThat(fetches()).isEqualTo(5);
  }

  @Test
  void aClientCanBeContentWithWhatIsStale() throws Exception {
    origin.answers("x", "Cache-Control: max-age=10");
    get();
    clock.advanceSeconds(20);

    assertThat(status(get("Cache-Control", "max-stale=15"))).contains("max-stale");
    assertThat(status(get("Cache-Control", "max-stale"))).contains("max-stale");
    assertThat(get("Cache-Control", "only-if-cached").statusCode()).isEqualTo(504);
    assertThat(fetches()).isEqualTo(1);
    get("Cache-Control", "max-stale=5");
    assertThat(fetches()).isEqualTo(2);
  }

  @Test
  void aRouteCanLeaveRequestsNoSayInCaching() throws Exception {
    try (EdgeFixture deaf =
        EdgeFixture.before(
            origin, clock, new CachePolicy(1 << 20, Duration.ZERO, Duration.ZERO, false))) {
      origin.answers("x", "Cache-Control: max-age=60");
      deaf.get("/a", "Cache-Control", "no-store");
      deaf.get("/a", "Cache-Control", "no-cache");
      deaf.get("/a", "Pragma", "no-cache");
    }
    assertThat(fetches()).isEqualTo(1);
  }

  @Test
  void whatOneUserIsToldByNameIsNotToldToOthers() throws Exception {
    origin.answers(
        (request, out) ->
            out.write(
                ScriptedOrigin.response(
                    "200 OK",
                    "for " + request.field("Authorization"),
                    "Cache-Control: max-age=60")));

    assertThat(get("Authorization", "one").body()).isEqualTo("for one");
    assertThat(get("Authorization", "two").body()).isEqualTo("for two");
    assertThat(get().body()).isEqualTo("for null");

    origin.answers("for all", "Cache-Control: public, max-age=60");
    edge.get("/b", "Authorization", "one");
    assertThat(status(edge.get("/b"))).contains("hit");
  }

  // ---- HEAD, Range ----

  @Test
  void headIsAnsweredFromWhatIsStoredForGet() throws Exception {
    origin.answers("four", "Cache-Control: max-age=60");
    get();

    HttpResponse<String> head = send("HEAD", "/a");

    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length")).hasValue("4");
    assertThat(fetches()).isEqualTo(1);
  }

  @Test
  void headThatShowsAnotherResponseInvalidatesTheStoredOne() throws Exception {
    origin.answers("old", "Cache-Control: max-age=10", "ETag: \"1\"");
    get();
    clock.advanceSeconds(11);
    origin.answers(
        (request, out) ->
            out.write(
                (request.line().startsWith("HEAD")
                        ? "HTTP/1.1 200 OK\r\nETag: \"2\"\r\nContent-Length: 3\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nETag: \"2\"\r\nContent-Length: 3\r\n\r\nnew")
                    .getBytes(StandardCharsets.US_ASCII)));
    send("HEAD", "/a");

    assertThat(get().body()).isEqualTo("new");
    assertThat(origin.last().field("If-None-Match")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=0-2   | 206 | 012        | bytes 0-2/10",
        "bytes=7-    | 206 | 789        | bytes 7-9/10",
        "bytes=-3    | 206 | 789        | bytes 7-9/10",
        "bytes=-20   | 206 | 0123456789 | bytes 0-9/10",
        "bytes=5-99  | 206 | 56789      | bytes 5-9/10",
        "bytes=10-   | 416 | ''         | bytes */10",
        "bytes=-0    | 416 | ''         | bytes */10",
        "bytes=3-1   | 200 | 0123456789 | none",
        "bytes=0-1,3 | 200 | 0123456789 | none",
        "lines=0-1   | 200 | 0123456789 | none",
        "bytes=x     | 200 | 0123456789 | none",
      })
  void aPartOfWhatIsStoredCanBeHad(String range, int status, String body, String contentRange)
      throws Exception {
    origin.answers("0123456789", "Cache-Control: max-age=60", "ETag: \"1\"");
    get();

    HttpResponse<String> part = get("Range", range);

    assertThat(part.statusCode()).isEqualTo(status);
    assertThat(part.body()).isEqualTo(body);
    assertThat(part.headers().firstValue("Content-Range").orElse("none")).isEqualTo(contentRange);
    assertThat(fetches()).isEqualTo(1);
  }

  @Test
  void aRangeCountsOnlyForTheResponseThatIfRangeNames() throws Exception {
    origin.answers("0123456789", "Cache-Control: max-age=60", "ETag: \"1\"");
    get();

    assertThat(get("Range", "bytes=0-0", "If-Range", "\"1\"").statusCode()).isEqualTo(206);
    assertThat(get("Range", "bytes=0-0", "If-Range", "\"2\"").statusCode()).isEqualTo(200);
    assertThat(get("Range", "bytes=0-0", "If-Range", "W/\"1\"").statusCode()).isEqualTo(200);
  }

  @Test
  void aPartFromTheOriginIsPassedOnAndNotTakenForTheWhole() throws Exception {
    origin.answers(
        (request, out) ->
            out.write(
                request.field("Range") != null
                    ? ScriptedOrigin.response(
                        "206 Partial Content",
                        "01",
                        "Content-Range: bytes 0-1/10",
                        "Cache-Control: max-age=60")
                    : ScriptedOrigin.response(
                        "200 OK", "0123456789", "Cache-Control: max-age=60")));

    assertThat(get("Range", "bytes=0-1").body()).isEqualTo("01");
    assertThat(get().body()).isEqualTo("0123456789");
  }

  // ---- collapsing ----

  @Test
  void manyWhoAskAtOnceAreOneFetch() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    origin.answers(
        (request, out) -> {
          asked.countDown();
          go.await();
          out.write(ScriptedOrigin.response("200 OK", "x", "Cache-Control: max-age=60"));
        });
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(
          edge.client.sendAsync(
              HttpRequest.newBuilder(edge.uri("/a")).build(), BodyHandlers.ofString()));
    }
    asked.await();
    await().until(() -> edge.edge.cacheFigures().collapsed.sum() == 99);

    go.countDown();

    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.get().body()).isEqualTo("x");
    }
    assertThat(fetches()).isEqualTo(1);
  }

  @Test
  void whoWaitedForWhatMayNotBeSharedAsksForThemselves() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    origin.answers(
        (request, out) -> {
          go.await();
          out.write(
              ScriptedOrigin.response(
                  "200 OK", "for " + request.field("X-Name"), "Cache-Control: private"));
        });
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      answers.add(
          edge.client.sendAsync(
              HttpRequest.newBuilder(edge.uri("/a")).header("X-Name", "u" + i).build(),
              BodyHandlers.ofString()));
    }
    await().until(() -> edge.edge.cacheFigures().collapsed.sum() == 3);

    go.countDown();

    for (int i = 0; i < 4; i++) {
      assertThat(answers.get(i).get().body()).isEqualTo("for u" + i);
    }
  }

  @Test
  void whatGoesStaleWhileItComesIsAnsweredAllTheSame() throws Exception {
    origin.answers(
        (request, out) -> {
          long before = edge.edge.cacheFigures().originBytes.sum();
          byte[] response =
              ScriptedOrigin.response("200 OK", "xy", "Cache-Control: max-age=1, must-revalidate");
          out.write(response, 0, response.length - 1);
          out.flush();
          await().until(() -> edge.edge.cacheFigures().originBytes.sum() > before);
          clock.advance(Duration.ofMillis(1500));
          out.write(response, response.length - 1, 1);
        });

    HttpResponse<String> answer =
        edge.client.send(
            HttpRequest.newBuilder(edge.uri("/a")).timeout(Duration.ofSeconds(20)).build(),
            BodyHandlers.ofString());

    assertThat(answer.body()).isEqualTo("xy");
  }

  // ---- invalidation (section 4.4) ----

  @Test
  void anUnsafeRequestInvalidatesWhatItChanges() throws Exception {
    origin.answers("x", "Cache-Control: max-age=60");
    get();
    edge.get("/list?page=1");
    edge.get("/other");
    origin.answers(
        (request, out) ->
            out.write(
                ScriptedOrigin.response(
                    "200 OK",
                    "",
                    "Location: /list?page=1",
                    "Content-Location: //elsewhere/other")));
    send("POST", "/a");

    get();
    edge.get("/list?page=1");
    edge.get("/other");

    assertThat(origin.requests.stream().map(ScriptedOrigin.Request::line).skip(4))
        .containsExactly("GET /a HTTP/1.1", "GET /list?page=1 HTTP/1.1");
  }

  @Test
  void anUnsafeRequestThatFailedInvalidatesNothing() throws Exception {
    origin.answers("x", "Cache-Control: max-age=60");
    get();
    origin.answers((request, out) -> out.write(ScriptedOrigin.response("409 Conflict", "")));
    send("DELETE", "/a");

    assertThat(status(get())).contains("hit");
  }

  @Test
  void whatIsOnItsWayWhenItIsInvalidatedIsNotStored() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    origin.answers(
        (request, out) -> {
          if (request.line().startsWith("GET")) {
            asked.countDown();
            go.await();
          }
          out.write(ScriptedOrigin.response("200 OK", "x", "Cache-Control: max-age=60"));
        });
    CompletableFuture<HttpResponse<String>> early =
        edge.client.sendAsync(
            HttpRequest.newBuilder(edge.uri("/a")).build(), BodyHandlers.ofString());
    asked.await();
    send("PUT", "/a");
    go.countDown();
    assertThat(early.get().body()).isEqualTo("x");

    get();

    assertThat(fetches()).isEqualTo(3);
  }

  // ---- bounds ----

  @Test
  void whatIsTooLargeForOneObjectIsPassedOnUnstored() throws Exception {
    String large = "x".repeat((8 << 20) + 1);
    origin.answers(
        (request, out) -> {
          if (request.line().contains("chunks")) {
            out.write(
                ("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + Integer.toHexString(large.length())
                        + "\r\n"
                        + large
                        + "\r\n0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
          } else {
            out.write(ScriptedOrigin.response("200 OK", large, "Cache-Control: max-age=60"));
          }
        });

    assertThat(edge.get("/length").body()).isEqualTo(large);
    assertThat(edge.get("/chunks").body()).isEqualTo(large);

    assertThat(edge.edge.cachedObjects()).isZero();
  }

  @Test
  void theStoreIsBounded() throws Exception {
    origin.answers("x".repeat(1 << 20), "Cache-Control: max-age=60");
    for (int i = 0; i < 40; i++) {
      edge.get("/" + i);
    }

    assertThat(edge.edge.cachedBytes()).isLessThanOrEqualTo(16 << 20);
    assertThat(edge.edge.cacheFigures().evicted.sum()).isPositive();
  }

  @Test
  void equalPathsInAnotherSpellingAreOneResource() throws Exception {
    origin.answers("x", "Cache-Control: max-age=60");
    edge.get("/a/b~");

    assertThat(status(edge.get("/a/./b%7E"))).contains("hit");
    assertThat(status(edge.get("/a/c/../b%7e"))).contains("hit");
    assertThat(status(edge.get("/a%2Fb~"))).contains("-miss");
  }

  @Test
  void fieldsOfTheConnectionAreNeitherPassedNorStored() throws Exception {
    origin.answers(
        "x",
        "Cache-Control: max-age=60",
        "Connection: keep-alive, X-Hop",
        "X-Hop: 1",
        "Keep-Alive: timeout=5",
        "X-End: 2");

    HttpResponse<String> first = get();
    HttpResponse<String> hit = get();

    for (HttpResponse<String> response : List.of(first, hit)) {
      assertThat(response.headers().map()).doesNotContainKeys("x-hop", "keep-alive");
      assertThat(response.headers().firstValue("X-End")).hasValue("2");
    }
    assertThat(origin.last().field("Via")).isEqualTo("1.1 millrace");
    assertThat(origin.last().field("X-Forwarded-For")).isEqualTo("127.0.0.1");
    edge.get("/b", "X-Forwarded-For", "192.0.2.1");
    assertThat(origin.last().field("X-Forwarded-For")).isEqualTo("192.0.2.1, 127.0.0.1");
    assertThat(origin.last().field("Upgrade")).isNull();
  }
}
