package io.millrace.cdn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ManualClock;
import io.millrace.cdn.ScriptedOrigin;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which stored response answers which request, and what the origin is asked about it. */
class SelectionTest {

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

  private static String status(HttpResponse<String> response) {
    return response.headers().firstValue("Cache-Status").orElse("");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "de                     | true",
        "DE                     | true",
        "fr;q=0.5, de           | true",
        "fr;q=0.5, de;q=1.0     | true",
        "*;q=0.1, de;q=0.2      | true",
        "fr, de                 | false",
        "fr, de;q=0.9           | false",
        "*                      | false",
        "de-AT                  | false",
        "fr;q=2, de             | false",
      })
  void aResponseInTheLanguageThatIsWantedMostIsSelected(String accept, boolean hit)
      throws Exception {
    origin.answers(
        "hallo", "Cache-Control: max-age=60", "Vary: Accept-Language", "Content-Language: de");
    edge.get("/a", "Accept-Language", "en, de");

    assertThat(status(edge.get("/a", "Accept-Language", accept)).contains("hit")).isEqualTo(hit);
  }

  @Test
  void theOriginIsOfferedTheTagsOfAllVariants() throws Exception {
    origin.answers(
        (request, out) -> {
          String colour = String.valueOf(request.field("colour"));
          String tags = request.field("if-none-match");
          boolean known = tags != null && tags.contains("\"red\"") && "crimson".equals(colour);
          String tag = "crimson".equals(colour) ? "red" : colour;
          out.write(
              ScriptedOrigin.response(
                  known ? "304 Not Modified" : "200 OK",
                  known ? "" : tag,
                  "Cache-Control: max-age=60",
                  "Vary: Colour",
                  "ETag: \"" + tag + "\""));
        });
    edge.get("/a", "Colour", "red");
    edge.get("/a", "Colour", "blue");

    HttpResponse<String> found = edge.get("/a", "Colour", "crimson");

    assertThat(origin.last().field("if-none-match")).contains("\"red\"").contains("\"blue\"");
    assertThat(origin.last().field("if-modified-since")).isNull();
    assertThat(found.body()).isEqualTo("red");
    edge.get("/a", "Colour", "crimson");
    edge.get("/a", "Colour", "red");
    edge.get("/a", "Colour", "blue");
    assertThat(origin.requests).hasSize(3);
  }

  @Test
  void a304ThatNamesNoneOfTheVariantsIsNotBelieved() throws Exception {
    origin.answers(
        (request, out) -> {
          boolean asks = request.field("if-none-match") != null;
          out.write(
              ScriptedOrigin.response(
                  asks ? "304 Not Modified" : "200 OK",
                  asks ? "" : String.valueOf(request.field("colour")),
                  "Cache-Control: max-age=60",
                  "Vary: Colour",
                  "ETag: " + (asks ? "\"other\"" : "\"" + request.field("colour") + "\"")));
        });
    edge.get("/a", "Colour", "red");

    assertThat(edge.get("/a", "Colour", "green").body()).isEqualTo("green");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max-age=60 | /a      | true",
        "max-age=60 | a       | true",
        "           | /a      | false",
        "max-age=60 | /b      | false",
        "max-age=60 |         | false",
        "no-store   | /a      | false",
      })
  void thePostThatNamesItsResultAnswersGets(
      @Nullable String control, @Nullable String location, boolean stored) throws Exception {
    origin.answers(
        (request, out) ->
            out.write(
                ScriptedOrigin.response(
                    "200 OK",
                    request.line().startsWith("POST") ? "posted" : "got",
                    control == null ? "X-None: 1" : "Cache-Control: " + control,
                    location == null ? "X-None: 1" : "Content-Location: " + location)));
    edge.get("/a");
    edge.client.send(
        HttpRequest.newBuilder(edge.uri("/a")).POST(BodyPublishers.ofString("x")).build(),
        BodyHandlers.ofString());

    assertThat(edge.get("/a").body()).isEqualTo(stored ? "posted" : "got");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-cache=\"X-One, X-Two\"", "private=\"x-one,x-two\""})
  void fieldsThatAreNotForAllReachTheOneWhoAsked(String directive) throws Exception {
    origin.answers("x", "Cache-Control: max-age=60, " + directive, "X-One: 1", "X-Two: 2");

    HttpResponse<String> first = edge.get("/a");
    HttpResponse<String> second = edge.get("/a");

    assertThat(first.headers().firstValue("X-One")).hasValue("1");
    assertThat(second.headers().firstValue("X-One")).isEmpty();
    assertThat(second.headers().firstValue("X-Two")).isEmpty();
    assertThat(origin.requests).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max-age=60                 | true",
        "max-age=60, foo, bar=\"b\" | true",
        "max-age=60;x=1, a=(1 2)    | true",
        "max-age=60, &&&            | false",
        "max-age=\"60\"             | false",
        "max-age=60.5               | false",
        "max-age=-1                 | false",
        "max-age =60                | false",
        "MAX-AGE=60                 | false",
        "max-age=60,                | false",
      })
  void aMalformedTargetedFieldLeavesTheWordToCacheControl(String field, boolean counts)
      throws Exception {
    origin.answers("x", "CDN-Cache-Control: " + field, "Cache-Control: no-store");
    edge.get("/a");

    assertThat(status(edge.get("/a")).contains("hit")).isEqualTo(counts);
  }

  @Test
  void cookiesAreSharedOnlyByPolicy() throws Exception {
    try (EdgeFixture sharing =
        EdgeFixture.before(origin, clock, CachePolicy.DEFAULT.storingSetCookie(true))) {
      origin.answers("x", "Cache-Control: max-age=60", "Set-Cookie: a=b");

      edge.get("/a");
      assertThat(status(edge.get("/a"))).doesNotContain("hit");
      sharing.get("/a");
      assertThat(status(sharing.get("/a"))).contains("hit");
    }
  }
}
