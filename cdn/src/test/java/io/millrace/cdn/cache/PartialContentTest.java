package io.millrace.cdn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ManualClock;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.ResponseHead;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of responses: kept, served, put together (RFC 9111, sections 3.3 and 3.4). */
class PartialContentTest {

  private static final String WHOLE = "0123456789";

  private final ManualClock clock = new ManualClock();
  private ScriptedOrigin origin;
  private EdgeFixture edge;
  private String etag = "\"v1\"";
  private String control = "max-age=60";

  @BeforeEach
  void start() throws Exception {
    origin = new ScriptedOrigin();
    edge = EdgeFixture.before(origin, clock, CachePolicy.DEFAULT);
    origin.answers(
        (request, out) -> {
          String range = request.field("range");
          String condition = request.field("if-range");
          ByteRange part =
              range == null || (condition != null && !condition.equals(etag))
                  ? null
                  : ByteRange.parse(range, WHOLE.length());
          String body =
              part == null ? WHOLE : WHOLE.substring((int) part.first(), (int) part.last() + 1);
          out.write(
              ScriptedOrigin.response(
                  part == null ? "200 OK" : "206 Partial Content",
                  body,
                  "ETag: " + etag,
                  "Cache-Control: " + control,
                  part == null
                      ? "X-Whole: yes"
                      : "Content-Range: bytes " + part.first() + "-" + part.last() + "/10"));
        });
  }

  @AfterEach
  void stop() throws Exception {
    edge.close();
    origin.close();
  }

  private HttpResponse<String> get(@Nullable String range, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(edge.uri("/a"));
    if (range != null) {
      request.header("Range", range);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return edge.client.send(request.build(), BodyHandlers.ofString());
  }

  private int fetches() {
    return origin.requests.size();
  }

  @ParameterizedTest
  @CsvSource({"bytes=4-7, 4567", "bytes=5-6, 56", "bytes=7-7, 7"})
  void aRangeWithinAStoredPartIsServedFromIt(String range, String body) throws Exception {
    get("bytes=4-7");

    HttpResponse<String> hit = get(range);

    assertThat(fetches()).isEqualTo(1);
    assertThat(hit.statusCode()).isEqualTo(206);
    assertThat(hit.body()).isEqualTo(body);
    assertThat(hit.headers().firstValue("Content-Range").orElse(""))
        .isEqualTo("bytes " + range.substring(6) + "/10");
    assertThat(hit.headers().firstValue("Age")).isPresent();
  }

  @Test
  void aRangeAtTheEndIsServedHoweverItIsWritten() throws Exception {
    get("bytes=-4");

    assertThat(get("bytes=6-").body()).isEqualTo("6789");
    assertThat(get("bytes=-2").body()).isEqualTo("89");
    assertThat(get("bytes=8-100").body()).isEqualTo("89");
    assertThat(fetches()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=3-5", "bytes=6-9", "bytes=0-", "bytes=5-5,6-6"})
  void aRangeThatIsNotAllStoredIsFetched(String range) throws Exception {
    get("bytes=4-7");

    get(range);

    assertThat(fetches()).isEqualTo(2);
  }

  @Test
  void partsThatTouchBecomeOne() throws Exception {
    get("bytes=0-3");
    get("bytes=4-7");

    assertThat(get("bytes=2-6").body()).isEqualTo("23456");
    assertThat(fetches()).isEqualTo(2);
  }

  @Test
  void partsThatMakeUpTheWholeServeTheWhole() throws Exception {
    get("bytes=0-5");
    get("bytes=4-9");

    HttpResponse<String> whole = get(null);

    assertThat(fetches()).isEqualTo(2);
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(WHOLE);
    assertThat(whole.headers().firstValue("Content-Range")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-3, bytes=4-",
    "bytes=6-9, bytes=0-5",
  })
  void forTheWholeOnlyWhatIsMissingIsFetched(String stored, String asked) throws Exception {
    get(stored);

    HttpResponse<String> whole = get(null);

    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(WHOLE);
    assertThat(whole.headers().firstValue("Content-Length")).hasValue("10");
    assertThat(origin.last().field("range")).isEqualTo(asked);
    assertThat(origin.last().field("if-range")).isEqualTo("\"v1\"");
    get(null);
    assertThat(fetches()).isEqualTo(2);
  }

  @Test
  void ofWhatIsTooLargeToBeStoredTheWholeIsFetched() throws Exception {
    edge.close();
    edge =
        EdgeFixture.before(
            origin, clock, new CachePolicy(5, Duration.ofSeconds(1), Duration.ofHours(1), true));
    get("bytes=0-1");

    HttpResponse<String> whole = get(null);

    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(WHOLE);
  }

  @Test
  void partsOfAnotherVersionAreNotCombined() throws Exception {
    get("bytes=0-3");
    etag = "\"v2\"";

    assertThat(get(null).body()).isEqualTo(WHOLE);
    assertThat(get(null).headers().firstValue("ETag")).hasValue("\"v2\"");
    assertThat(fetches()).isEqualTo(2);
  }

  @Test
  void withoutAStrongTagNothingIsCombined() throws Exception {
    etag = "W/\"v1\"";
    get("bytes=0-3");
    get("bytes=4-7");

    get("bytes=0-3");

    assertThat(fetches()).isEqualTo(3);
    get(null);
    assertThat(origin.last().field("range")).isNull();
  }

  @Test
  void whatIsStoredForTheWholeIsNotAskedForWithAnotherTagThanItHas() throws Exception {
    origin.answers(
        (request, out) -> {
          if (request.field("range") == null) {
            out.write(ScriptedOrigin.response("200 OK", WHOLE, "Cache-Control: max-age=60"));
          } else {
            // A liar: it does as if nothing had changed, and sends a part of something else.
            out.write(
                ScriptedOrigin.response(
                    "206 Partial Content",
                    "abcd",
                    "ETag: \"" + fetches() + "\"",
                    "Cache-Control: max-age=60",
                    "Content-Range: bytes 0-3/10"));
          }
        });
    get("bytes=0-3");

    assertThat(get(null).body()).isEqualTo(WHOLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 0-4/10",
        "bytes 0-3/*",
        "bytes 3-0/10",
        "bytes 0-3/3",
        "items 0-3/10",
        "bytes 0-3",
        "bytes 0-3/99999999999",
      })
  void aPartThatContradictsItselfIsPassedOnAndNotKept(String range) throws Exception {
    origin.answers(
        (request, out) ->
            out.write(
                ScriptedOrigin.response(
                    "206 Partial Content",
                    "abcd",
                    "Cache-Control: max-age=60",
                    "Content-Range: " + range)));

    assertThat(get("bytes=0-3").body()).isEqualTo("abcd");
    get("bytes=0-3");

    assertThat(fetches()).isEqualTo(2);
  }

  @Test
  void aStalePartIsNotServed() throws Exception {
    get("bytes=0-3");
    clock.advanceSeconds(61);

    get("bytes=0-3");

    assertThat(fetches()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-store", "private", "no-cache"})
  void aPartIsKeptByTheRulesOfTheWhole(String directive) throws Exception {
    control = directive;
    get("bytes=0-3");

    get("bytes=0-3");

    assertThat(fetches()).isEqualTo(2);
  }

  @Test
  void anUnsafeMethodInvalidatesPartsToo() throws Exception {
    get("bytes=0-3");
    edge.client.send(
        HttpRequest.newBuilder(edge.uri("/a")).PUT(BodyPublishers.ofString("x")).build(),
        BodyHandlers.ofString());

    get("bytes=0-3");

    assertThat(fetches()).isEqualTo(3);
  }

  @Test
  void aConditionalRangeOfAnotherVersionIsTheOriginsToAnswer() throws Exception {
    get("bytes=0-3");

    HttpResponse<String> whole = get("bytes=0-3", "If-Range", "\"v0\"");

    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(fetches()).isEqualTo(2);
  }

  /** Whatever ranges come in whatever order, what is held is what the whole has there. */
  @Property(tries = 300)
  void partsAlwaysHoldWhatTheWholeHas(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 99) Integer> starts,
      @ForAll @Size(min = 12, max = 12) List<@IntRange(min = 1, max = 40) Integer> lengths) {
    byte[] whole = new byte[100];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (byte) i;
    }
    ResponseHead head = new ResponseHead(206, Fields.of("ETag", "\"v\""));
    Freshness fresh = new Freshness(1000, 0, 0, 0);
    List<PartialResponse> brought = new ArrayList<>();
    boolean[] seen = new boolean[100];
    for (int i = 0; i < starts.size(); i++) {
      int first = starts.get(i);
      int last = Math.min(99, first + lengths.get(i) - 1);
      Arrays.fill(seen, first, last + 1, true);
      brought.add(
          PartialResponse.of(
              head,
              new ContentRange(first, last, 100),
              Arrays.copyOfRange(whole, first, last + 1),
              fresh,
              VaryKey.NONE));
    }
    PartialResponse held =
        brought.stream().reduce((old, next) -> old.with(next, 1000)).orElseThrow();
    int at = 0;
    for (PartialResponse.Part part : held.parts()) {
      assertThat(part.first()).isGreaterThanOrEqualTo(at);
      for (int i = 0; i < part.bytes().length; i++) {
        assertThat(part.bytes()[i]).isEqualTo((byte) (part.first() + i));
      }
      at = part.end() + 1;
    }
    for (int i = 0; i < 100; i++) {
      assertThat(held.holding(new ByteRange(i, i)) != null).isEqualTo(seen[i]);
    }
    ByteRange missing = held.missing();
    if (missing != null) {
      assertThat(
              held.completed(
                  Arrays.copyOfRange(whole, (int) missing.first(), (int) missing.last() + 1)))
          .isEqualTo(whole);
    }
  }
}
