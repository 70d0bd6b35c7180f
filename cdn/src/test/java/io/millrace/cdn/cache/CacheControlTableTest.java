package io.millrace.cdn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ManualClock;
import io.millrace.cdn.ScriptedOrigin;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The table of Cache-Control: what each directive of RFC 9111, section 5.2, RFC 5861 and RFC 8246
 * does to storing, reuse and validation in a shared cache.
 */
class CacheControlTableTest {

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

  private void originAnswers(String control) {
    origin.answers(
        (request, out) -> {
          boolean asksIfChanged = "\"v1\"".equals(request.field("if-none-match"));
          out.write(
              ScriptedOrigin.response(
                  asksIfChanged ? "304 Not Modified" : "200 OK",
                  asksIfChanged ? "" : "body",
                  "ETag: \"v1\"",
                  "Cache-Control: " + control));
        });
  }

  /** How an answer came about: reused, validated with the origin, or fetched as a whole. */
  private String how(HttpResponse<String> answer, int asked) {
    assertThat(answer.body()).isEqualTo("body");
    if (origin.requests.size() == asked) {
      return "reused";
    }
    return origin.requests.get(asked).field("if-none-match") == null ? "fetched" : "validated";
  }

  /**
   * Of a response: what becomes of a request 5 s later and one 15 s later, and whether the client
   * gets the stored body when the origin fails after 15 s.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // directive                                | after 5 s | after 15 s | when the origin fails
        "max-age=10                                 | reused    | validated  | served",
        "s-maxage=10                                | reused    | validated  | refused",
        "max-age=1000, s-maxage=10                  | reused    | validated  | refused",
        "max-age=10, public                         | reused    | validated  | served",
        "max-age=10, must-revalidate                | reused    | validated  | refused",
        "max-age=10, proxy-revalidate               | reused    | validated  | refused",
        "no-cache                                   | validated | validated  | refused",
        "max-age=10, no-cache                       | validated | validated  | refused",
        "max-age=10, no-cache=\"Set-Cookie\"        | reused    | validated  | served",
        "no-store                                   | fetched   | fetched    | refused",
        "max-age=10, no-store                       | fetched   | fetched    | refused",
        "private                                    | fetched   | fetched    | refused",
        "max-age=10, private                        | fetched   | fetched    | refused",
        "max-age=10, private=\"X-User\"             | reused    | validated  | served",
        "max-age=10, must-understand, no-store      | reused    | validated  | served",
        "max-age=10, no-transform                   | reused    | validated  | served",
        "max-age=10, immutable                      | reused    | validated  | served",
        "max-age=10, stale-while-revalidate=30      | reused    | reused     | served",
        "max-age=10, stale-while-revalidate=3       | reused    | validated  | served",
        "max-age=10, stale-if-error=60              | reused    | validated  | served",
        "max-age=10, stale-if-error=3               | reused    | validated  | refused",
        "max-age=0                                  | validated | validated  | served",
        "max-age=10, not-a-directive=7              | reused    | validated  | served",
      })
  void aDirectiveOfAResponse(String control, String after5, String after15, String onFailure)
      throws Exception {
    originAnswers(control);
    edge.get("/a");
    clock.advanceSeconds(5);
    int asked = origin.requests.size();
    assertThat(how(edge.get("/a"), asked)).isEqualTo(after5);

    edge.get("/b");
    clock.advanceSeconds(15);
    asked = origin.requests.size();
    HttpResponse<String> stale = edge.get("/b");
    if (after15.equals("reused")) {
      // While it is fetched in the background, which may have begun already.
      assertThat(stale.headers().firstValue("Cache-Status").orElse("")).contains("hit");
    } else {
      assertThat(how(stale, asked)).isEqualTo(after15);
    }

    edge.get("/c");
    clock.advanceSeconds(15);
    origin.answers((request, out) -> request.connection().close());
    HttpResponse<String> failed = edge.get("/c");
    assertThat(failed.statusCode()).isEqualTo(onFailure.equals("served") ? 200 : 502);
  }

  /** Of a request, for a response with {@code max-age=10} that was stored so many seconds ago. */
  @ParameterizedTest(name = "{0}, age {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        // directive     | age | answer
        "no-cache        |  5  | validated",
        "no-store        |  5  | reused",
        "no-transform    |  5  | reused",
        "max-age=0       |  5  | validated",
        "max-age=3       |  5  | validated",
        "max-age=8       |  5  | reused",
        "max-age=1000    | 15  | validated",
        "min-fresh=3     |  5  | reused",
        "min-fresh=8     |  5  | validated",
        "max-stale       | 15  | reused",
        "max-stale=8     | 15  | reused",
        "max-stale=3     | 15  | validated",
        "only-if-cached  |  5  | reused",
        "only-if-cached  | 15  | refused",
        "not-a-directive |  5  | reused",
      })
  void aDirectiveOfARequest(String control, int age, String answer) throws Exception {
    originAnswers("max-age=10");
    edge.get("/a");
    clock.advanceSeconds(age);

    HttpResponse<String> got = edge.get("/a", "Cache-Control", control);

    if (answer.equals("refused")) {
      assertThat(got.statusCode()).isEqualTo(504);
      assertThat(origin.requests).hasSize(1);
    } else {
      assertThat(got.body()).isEqualTo("body");
      assertThat(how(got, 1)).isEqualTo(answer);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"no-store, fetched", "no-cache, reused", "max-age=0, reused"})
  void whetherTheResponseToARequestIsStored(String control, String next) throws Exception {
    originAnswers("max-age=10");
    edge.get("/a", "Cache-Control", control);

    assertThat(how(edge.get("/a"), 1)).isEqualTo(next);
  }
}
